"""The charts of the model card on the About page, by Altair: which emotion is taken for which, and what scores mean."""

from __future__ import annotations

from collections.abc import Sequence

from emotion.report.vega import TEXT_COLOR, alt, layered
from emotion.types import EMOTIONS

CELLS_PX, CURVE_PX = 320, 320
# The theme's primary colours lie on either side of it; on white and on near-black alike it carries black or white text.
BLUE = "#3B86C8"
NAMES = [emotion.value for emotion in EMOTIONS]


def confusion(counts: Sequence[Sequence[int]]) -> alt.LayerChart:
    """What was said (across) of faces that most annotators called something (down), as shares of each row."""
    rows = [
        {"truth": truth, "said": said, "share": count / max(sum(row), 1)}
        for truth, row in zip(NAMES, counts, strict=True)
        for said, count in zip(NAMES, row, strict=True)
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X(
            "said:N",
            sort=NAMES,
            title="said",
            axis=alt.Axis(labelAngle=-45, labelOverlap=False, ticks=False, domain=False),
        ),
        y=alt.Y("truth:N", sort=NAMES, title="seen by people", axis=alt.Axis(ticks=False, domain=False)),
    )
    # Opacity instead of a colour scale, so that an empty cell is the page, light or dark.
    cells = base.mark_rect(color=BLUE).encode(
        opacity=alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 1], range=[0, 0.85]), legend=None),
        tooltip=["truth:N", "said:N", alt.Tooltip("share:Q", format=".0%")],
    )
    numbers = base.mark_text(color=TEXT_COLOR, fontSize=12).encode(text=alt.Text("share:Q", format=".0%"))
    return layered([cells, numbers], height=CELLS_PX)


def reliability(points: Sequence[tuple[float, float, int]]) -> alt.LayerChart:
    """How often the highest score is right: pairs of mean score and share that is right, with the number of faces."""
    data = alt.InlineData(values=[{"score": score, "right": right, "faces": faces} for score, right, faces in points])
    ends = alt.Scale(domain=[0, 1])
    place = {
        "x": alt.X("score:Q", title="highest score", scale=ends, axis=alt.Axis(format=".0%", grid=False)),
        "y": alt.Y("right:Q", title="share that is right", scale=ends, axis=alt.Axis(format=".0%")),
    }
    ideal = alt.Chart(alt.InlineData(values=[{"score": end, "right": end} for end in (0, 1)]))
    line = ideal.mark_line(color=TEXT_COLOR, opacity=0.4, strokeDash=[2, 4], strokeWidth=1.5).encode(**place)
    tips = [alt.Tooltip("score:Q", format=".0%"), alt.Tooltip("right:Q", format=".0%"), alt.Tooltip("faces:Q")]
    curve = alt.Chart(data).mark_line(color=BLUE, strokeWidth=2, point=alt.OverlayMarkDef(color=BLUE, size=45))
    return layered([line, curve.encode(**place, tooltip=tips)], height=CURVE_PX)

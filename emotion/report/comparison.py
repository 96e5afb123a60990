"""Several recordings side by side: curves over each other, shares beside each other, means in a table.

A recording is told by its letter and its dashes, an emotion by its colour: neither by colour alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from emotion.notes import harmless
from emotion.palette import HEX
from emotion.report.charts import CLOCK, COLOR, TEXT_COLOR, Labels
from emotion.report.layout import spread
from emotion.report.vega import alt
from emotion.types import EMOTIONS, Emotion, Scores

LETTERS = "ABCDEF"
"""One for each recording: as many as can be told apart by their dashes."""
DASHES = ((1, 0), (7, 3), (2, 2), (9, 3, 2, 3), (4, 4), (12, 4))
LINES_PX, BAR_PX, GAP_PX = 180, 14, 12
NAME_PX, NAME_LENGTH = 15, 14
"""A name at the end of its line: its height, and its letters. Vega keeps room for it; more would leave a telephone none
for the curves."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One recording of several."""

    letter: str
    name: str
    times_s: Sequence[float]
    end_s: float
    scores: Sequence[Sequence[float | None]]
    """Seven rows, a number for each time; None without a face."""
    share: Mapping[Emotion, float]
    mean: Scores | None

    @property
    def short(self) -> str:
        """``A interview.mp4``, cut where it gets long."""
        name = self.name if len(self.name) <= NAME_LENGTH else self.name[: NAME_LENGTH - 1] + "…"
        return f"{self.letter} {name}"


def overlaid(recordings: Sequence[Compared], emotion: Emotion, *, by_share: bool = False) -> alt.LayerChart:
    """The scores of one emotion in all recordings, from a common start; ``by_share`` from a common end too."""
    row = EMOTIONS.index(emotion)
    parts = [_curve(recording, row, by_share=by_share) for recording in recordings]
    data = pd.concat(parts, ignore_index=True)
    axis = (
        alt.Axis(grid=False, tickCount=6, format="%")
        if by_share
        else alt.Axis(grid=False, tickCount=6, labelExpr=CLOCK)
    )
    time = alt.X("time:Q", title=None, axis=axis, scale=alt.Scale(nice=False, zero=False))
    scale = alt.Scale(domain=[0, 1])
    dash = alt.StrokeDash(
        "letter:N", legend=None, scale=alt.Scale(domain=list(LETTERS), range=[list(dash) for dash in DASHES])
    )
    value = alt.Y("value:Q", title=None, scale=scale, axis=alt.Axis(tickCount=3))
    color = alt.value(HEX[emotion])
    lines = alt.Chart(data).mark_line(strokeWidth=2).encode(x=time, y=value, strokeDash=dash, color=color)
    ends = alt.Chart(_ends(parts, recordings))
    place = alt.Y("place:Q", scale=scale)
    # A line may end in the middle: its name stands at the right edge all the same, after a piece of its dashes.
    pieces = ends.mark_rule(strokeWidth=2, xOffset=4, x2Offset=28).encode(
        x=time, x2="time:Q", y=place, strokeDash=dash, color=color
    )
    texts = ends.mark_text(align="left", dx=33, color=TEXT_COLOR, fontSize=12).encode(x=time, y=place, text="name:N")
    return _finished([lines, pieces, texts], LINES_PX)


def shares(recordings: Sequence[Compared], labels: Labels) -> alt.LayerChart:
    """How long each emotion was the strongest: a group of bars for each emotion, a bar for each recording."""
    names = [labels.get(emotion, emotion.value) for emotion in EMOTIONS]
    rows = [
        (emotion.value, name, recording.letter, recording.share.get(emotion, 0.0))
        for emotion, name in zip(EMOTIONS, names, strict=True)
        for recording in recordings
    ]
    data = pd.DataFrame(rows, columns=["emotion", "name", "letter", "value"])
    data["text"] = [
        f"{letter}  {value:.0%}".replace("%", " %") for letter, value in zip(data.letter, data.value, strict=True)
    ]
    place = alt.Y("name:N", sort=names, title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=160))
    offset = alt.YOffset("letter:N", scale=alt.Scale(paddingOuter=0.25))
    length = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, 1]))
    base = alt.Chart(data)
    bars = base.mark_bar(cornerRadius=3).encode(x=length, y=place, yOffset=offset, color=COLOR)
    texts = base.mark_text(align="left", dx=6, color=TEXT_COLOR, fontSize=12)
    height = len(EMOTIONS) * (len(recordings) * BAR_PX + GAP_PX)
    return _finished([bars, texts.encode(x=length, y=place, yOffset=offset, text="text:N")], height)


def means(recordings: Sequence[Compared], labels: Labels) -> list[dict[str, object]]:
    """A row per recording: its name, its length, the main face's mean score of each emotion (None without a face)."""
    return [
        {
            "Recording": f"{recording.letter} {recording.name}",
            "Length (s)": round(recording.end_s, 3),
            **{
                labels.get(emotion, emotion.value): None
                if recording.mean is None
                else round(recording.mean[emotion], 4)
                for emotion in EMOTIONS
            },
        }
        for recording in recordings
    ]


def means_csv(recordings: Sequence[Compared]) -> str:
    """Means and shares as CSV: ``recording,seconds,mean_angry,…,share_angry,…``."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    names = [f"{what}_{emotion.value}" for what in ("mean", "share") for emotion in EMOTIONS]
    writer.writerow(["recording", "seconds", *names])
    for one in recordings:
        mean = ["" if one.mean is None else round(one.mean[emotion], 4) for emotion in EMOTIONS]
        share = [round(one.share.get(emotion, 0.0), 4) for emotion in EMOTIONS]
        writer.writerow([harmless(one.name), round(one.end_s, 3), *mean, *share])
    return file.getvalue()


def _curve(recording: Compared, row: int, *, by_share: bool) -> pd.DataFrame:
    times = np.asarray([*recording.times_s, recording.end_s], dtype=np.float64)
    values = np.asarray([*recording.scores[row], (recording.scores[row] or [None])[-1]], dtype=np.float64)
    if by_share and recording.end_s > 0:
        times = times / recording.end_s
    return pd.DataFrame({"letter": recording.letter, "time": times, "value": values})


def _ends(parts: Sequence[pd.DataFrame], recordings: Sequence[Compared]) -> pd.DataFrame:
    """Where each name stands: at the chart's right edge, apart by a line's height."""
    last = [float(part["value"].ffill().iloc[-1]) for part in parts]
    end = max(float(part["time"].iloc[-1]) for part in parts)
    places = spread([-(value if value == value else 0.0) for value in last], NAME_PX / (LINES_PX - 30), -1.0, 0.0)
    names = [recording.short for recording in recordings]
    letters = [recording.letter for recording in recordings]
    return pd.DataFrame({"letter": letters, "name": names, "time": end, "place": [-place for place in places]})


def _finished(layers: list[alt.Chart], height: int) -> alt.LayerChart:
    padding = {"left": 4, "top": 8, "right": 8, "bottom": 4}
    finished: alt.LayerChart = alt.LayerChart(layer=layers).properties(
        width="container", height=height, padding=padding
    )
    finished.config = alt.Config(background="transparent")
    return finished

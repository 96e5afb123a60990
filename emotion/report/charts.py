"""The charts of the pages, by Altair.

All that changes between two updates lies in the data; the specification keeps its shape, so that a chart which is
redrawn twice a second updates in place. Text and background take the page's colours, light or dark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from emotion.palette import HEX
from emotion.report.layout import spread
from emotion.report.timeline import NAMES, Timeline
from emotion.report.vega import alt
from emotion.types import EMOTIONS, Emotion, Scores

POINTS = 300
"""Points that a line has at most: more would not show."""
BARS_PX, LINES_PX = 252, 280
BAR_PX = 18
NAME_PX, NAMES_PX = 15, 84
"""Height of a line's name at its end, and the room that names take on the right."""

Chart = alt.LayerChart
Labels = Mapping[Emotion, str]
History = Timeline | Sequence[tuple[float, Sequence[float]]]
"""A recording, or what came from the camera so far: times, each with its seven numbers (NaN without a face)."""

# The page's own text colour: Vega draws SVG, where this is what CSS makes of it. Vega knows no theme for text marks.
TEXT_COLOR = "currentColor"
COLOR = alt.Color("emotion:N", legend=None, scale=alt.Scale(domain=NAMES, range=[HEX[emotion] for emotion in EMOTIONS]))


def score_bars(scores: Scores | None, *, labels: Labels | None = None, small: bool = False) -> alt.LayerChart:
    """Seven horizontal bars in the fixed order, each with its name and value; empty where there is no face.

    ``small`` is half as high, so that those of several faces stand below each other.
    """
    values = scores.values if scores else (0.0,) * len(EMOTIONS)
    return _bars(values, [f"{value:.2f}" if scores else "" for value in values], labels, small=small)


def share_bars(share: Mapping[Emotion, float], *, labels: Labels | None = None) -> alt.LayerChart:
    """The share of time of each emotion, 0 to 1, as bars with percentages."""
    values = [share.get(emotion, 0.0) for emotion in EMOTIONS]
    return _bars(values, [f"{value:.0%}".replace("%", " %") for value in values], labels)


def score_lines(history: History, *, labels: Labels | None = None) -> alt.LayerChart:
    """Scores over time, interrupted where there is no face."""
    if isinstance(history, Timeline):
        short = history.reduced(POINTS)
        table = short.main_face()[["time_s", *NAMES]]
        # The last frame lasts until the end, which is where the cumulative chart below it ends too.
        table = pd.concat([table, table.iloc[-1:].assign(time_s=short.end_s)], ignore_index=True)
    else:
        table = _table(history)
    return _lines(table, SCORE, 1.0, SCORE_SCALE, labels)


def cumulative_lines(history: History, *, labels: Labels | None = None) -> alt.LayerChart:
    """Score x seconds up to each time."""
    table = history.reduced(POINTS).cumulative() if isinstance(history, Timeline) else _table(history)
    highest = float(table[NAMES].max().max()) if len(table) else 0.0
    return _lines(table, SUM, highest or 1.0, SUM_SCALE, labels)


def _table(history: Sequence[tuple[float, Sequence[float]]]) -> pd.DataFrame:
    """The pairs as a table of at most POINTS rows, evenly chosen, always with the first and the last."""
    rows = [(time_s, *values) for time_s, values in history]
    chosen = np.unique(np.linspace(0, len(rows) - 1, min(POINTS, len(rows))).round().astype(int))
    return pd.DataFrame([rows[i] for i in chosen], columns=["time_s", *NAMES], dtype="float64")


def _bars(values: Sequence[float], texts: list[str], labels: Labels | None, *, small: bool = False) -> alt.LayerChart:
    names = names_of(labels)
    data = pd.DataFrame({"emotion": NAMES, "name": names, "value": values, "text": texts})
    return bar_chart(alt.Chart(data), names, small=small)


def bar_chart(base: alt.Chart, names: list[str], *, small: bool = False) -> alt.LayerChart:
    """Bars of ``base``'s data: columns ``emotion``, ``name``, one of ``names``, ``value`` from 0 to 1, and ``text``."""
    # Small bars are closer than Vega likes its labels; it would leave out every other one.
    axis = alt.Axis(ticks=False, domain=False, labelLimit=160, labelOverlap=False)
    place = alt.Y("name:N", sort=names, title=None, axis=axis)
    length = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, 1]))
    bars = base.mark_bar(cornerRadius=3, size=BAR_PX // 2 if small else BAR_PX).encode(x=length, y=place, color=COLOR)
    text = base.mark_text(align="left", dx=6, color=TEXT_COLOR, fontSize=11 if small else 13).encode(
        x=length, y=place, text="text:N"
    )
    return _finished([bars, text], BARS_PX // 2 if small else BARS_PX, right=44)


def _lines(table: pd.DataFrame, title: str, highest: float, scale: alt.Scale, labels: Labels | None) -> alt.LayerChart:
    table = _with_length(table)
    data = table.melt("time_s", value_vars=NAMES, var_name="emotion", value_name="value")
    return line_chart(alt.Chart(data), alt.Chart(_ends(table, highest, labels)), title, scale)


def line_chart(lines: alt.Chart, ends: alt.Chart, title: str, scale: alt.Scale) -> alt.LayerChart:
    """Lines of the first one's data: columns ``time_s``, ``emotion`` and ``value``; and at their ends their names, of
    the second one's: ``emotion``, ``name``, ``time_s`` and ``place``, as high as ``value`` where there is room."""
    time = alt.X("time_s:Q", title=None, axis=alt.Axis(grid=False, tickCount=6, labelExpr=CLOCK), scale=NOT_NICE)
    value = alt.Y("value:Q", title=title, scale=scale, axis=alt.Axis(tickCount=5))
    place = alt.Y("place:Q", scale=scale)
    drawn = lines.mark_line(strokeWidth=2).encode(x=time, y=value, color=COLOR)
    marks = ends.mark_point(filled=True, size=45, opacity=1, xOffset=9).encode(x=time, y=place, color=COLOR)
    names = ends.mark_text(align="left", dx=17, color=TEXT_COLOR, fontSize=12).encode(x=time, y=place, text="name:N")
    return _finished([drawn, marks, names], LINES_PX, right=NAMES_PX)


SCORE, SCORE_SCALE = "score", alt.Scale(domain=[0, 1])
SUM, SUM_SCALE = "score-seconds", alt.Scale(nice=False, zero=True)
NOT_NICE = alt.Scale(nice=False, zero=False)
CLOCK = (
    "(datum.value >= 3600 ? floor(datum.value / 3600) + ':' : '')"
    " + (datum.value >= 60 ? pad(floor(datum.value / 60) % 60, datum.value >= 3600 ? 2 : 1, '0', 'left') + ':'"
    " + pad(floor(datum.value % 60), 2, '0', 'left') : format(datum.value, '~r') + ' s')"
)


def _with_length(table: pd.DataFrame) -> pd.DataFrame:
    """The table, going on for a second if it holds but one moment; zeros if it holds none: an axis needs two ends."""
    if table["time_s"].nunique() > 1:
        return table
    last = table.iloc[-1:] if len(table) else pd.DataFrame([[0.0] * len(table.columns)], columns=table.columns)
    return pd.concat([last, last.assign(time_s=last["time_s"] + 1.0)], ignore_index=True)


def _ends(rows: pd.DataFrame, highest: float, labels: Labels | None) -> pd.DataFrame:
    last = rows[NAMES].ffill().iloc[-1].fillna(0.0)
    places = end_places([float(last[name]) for name in NAMES], highest)
    end = float(rows["time_s"].iloc[-1])
    return pd.DataFrame({"emotion": NAMES, "name": names_of(labels), "time_s": end, "place": places})


def end_places(values: Sequence[float], highest: float) -> list[float]:
    """How high the lines' names stand: at their last values, apart by a line's height; ``highest`` fills the chart."""
    gap = highest * NAME_PX / (LINES_PX - 40)
    # Downwards and back, so that of equal ends the first emotion's name stands on top.
    return [-place for place in spread([-value for value in values], gap, -highest, 0.0)]


def names_of(labels: Labels | None) -> list[str]:
    """The emotions' names in their order: the person's own words or the English ones."""
    return [(labels or {}).get(emotion, emotion.value) for emotion in EMOTIONS]


def _finished(layers: list[alt.Chart], height: int, *, right: int) -> alt.LayerChart:
    padding = {"left": 4, "top": 8, "right": right, "bottom": 4}
    chart = alt.LayerChart(layer=layers)
    finished: alt.LayerChart = chart.properties(width="container", height=height, padding=padding)
    finished.config = alt.Config(background="transparent")
    return finished

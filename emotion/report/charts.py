"""The charts of the pages: bars of seven values, and lines over time.

All that changes between two updates lies in the data; the specification keeps its shape, so that a chart which is
redrawn twice a second updates in place (:mod:`emotion.report.vega`). Text and background take the page's colours, light
or dark.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from emotion.palette import HEX
from emotion.report.layout import spread
from emotion.report.timeline import NAMES
from emotion.report.vega import TEXT_COLOR, Chart, alt, layered, spec
from emotion.types import EMOTIONS, Emotion, Scores

POINTS = 300
"""Points that a line has at most: more would not show."""
BARS_PX, LINES_PX = 252, 280
BAR_PX = 18
NAME_PX, NAMES_PX = 15, 84
"""Height of a line's name at its end, and the room that names take on the right."""
BARS, LINES, ENDS = "bars", "lines", "ends"
"""What the data is called."""

Labels = Mapping[Emotion, str]
History = Sequence[tuple[float, Sequence[float]]]
"""Times in seconds, rising, each with its seven numbers (NaN without a face)."""
Numbers = npt.NDArray[np.floating]

COLOR = alt.Color("emotion:N", legend=None, scale=alt.Scale(domain=NAMES, range=[HEX[emotion] for emotion in EMOTIONS]))
NOT_NICE = alt.Scale(nice=False, zero=False)
CLOCK = (
    "(datum.value >= 3600 ? floor(datum.value / 3600) + ':' : '')"
    " + (datum.value >= 60 ? pad(floor(datum.value / 60) % 60, datum.value >= 3600 ? 2 : 1, '0', 'left') + ':'"
    " + pad(floor(datum.value % 60), 2, '0', 'left') : format(datum.value, '~r') + ' s')"
)


def score_bars(scores: Scores | None, *, labels: Labels | None = None, small: bool = False) -> Chart:
    """Seven horizontal bars in the fixed order, each with its name and value; empty where there is no face.

    ``small`` is half as high, so that those of several faces stand below each other.
    """
    values = scores.values if scores else (0.0,) * len(EMOTIONS)
    return _bars(values, [f"{value:.2f}" if scores else "" for value in values], labels, small=small)


def share_bars(share: Mapping[Emotion, float], *, labels: Labels | None = None) -> Chart:
    """The share of time of each emotion, 0 to 1, as bars with percentages."""
    values = [share.get(emotion, 0.0) for emotion in EMOTIONS]
    return _bars(values, [percent(value) for value in values], labels)


def score_lines(history: History, *, labels: Labels | None = None) -> Chart:
    """Scores over time, interrupted where there is no face."""
    return _lines(_score_lines(), _thinned(history), 1.0, labels)


def cumulative_lines(history: History, *, labels: Labels | None = None) -> Chart:
    """Score x seconds up to each time."""
    rows = _thinned(history)
    known = rows[:, 1:][np.isfinite(rows[:, 1:])]
    highest = float(known.max()) if known.size else 0.0
    return _lines(_cumulative_lines(), rows, highest or 1.0, labels)


def specification(layers: list[alt.Chart], height: int, *, right: int) -> str:
    """Layers over each other as a chart's text; ``right`` is the room beside them, in pixels as the height."""
    padding = {"left": 4, "top": 8, "right": right, "bottom": 4}
    return json.dumps(spec(layered(layers, height=height, padding=padding)))


def names_of(labels: Labels | None) -> list[str]:
    """The emotions' names in their order: the person's own words or the English ones."""
    return [(labels or {}).get(emotion, emotion.value) for emotion in EMOTIONS]


def percent(share: float) -> str:
    """``"25 %"``."""
    return f"{100 * share:.0f} %"


def last_known(values: Numbers) -> float:
    """The last that is a number; 0 where none is."""
    known = values[np.isfinite(values)]
    return float(known[-1]) if known.size else 0.0


def _bars(values: Sequence[float], texts: list[str], labels: Labels | None, *, small: bool = False) -> Chart:
    names = names_of(labels)
    table = {"emotion": NAMES, "name": names, "value": np.array(values, np.float32), "text": texts}
    return Chart.of(_bar_chart(tuple(names), small), {BARS: table})


def _lines(text: str, rows: Numbers, highest: float, labels: Labels | None) -> Chart:
    times, values = rows[:, 0], rows[:, 1:]
    places = _end_places([last_known(column) for column in values.T], highest)
    ends = {
        "emotion": NAMES,
        "name": names_of(labels),
        "time_s": np.full(len(NAMES), times[-1]),
        "place": np.array(places, np.float32),
    }
    lines = {"time_s": times, **dict(zip(NAMES, values.T, strict=True))}
    return Chart.of(text, {LINES: lines, ENDS: ends})


def _thinned(history: History) -> Numbers:
    """At most POINTS rows, evenly chosen, always with the first and the last; at least two, as an axis has two ends.

    Shape ``(n, 8)``: a time and seven numbers.
    """
    step = max(len(history) - 1, 1) / (POINTS - 1)
    chosen = range(len(history)) if step <= 1 else [round(number * step) for number in range(POINTS)]
    rows = np.array([(history[i][0], *history[i][1]) for i in chosen], np.float32).reshape(-1, 1 + len(NAMES))
    if len(rows) == 0:
        rows = np.zeros((1, 1 + len(NAMES)), np.float32)
    if rows[0, 0] == rows[-1, 0]:
        rows = np.concatenate([rows[-1:], rows[-1:]])
        rows[1, 0] += 1
    return rows


def _end_places(values: Sequence[float], highest: float) -> list[float]:
    """How high the lines' names stand: at their last values, apart by a line's height; ``highest`` fills the chart."""
    gap = highest * NAME_PX / (LINES_PX - 40)
    # Downwards and back, so that of equal ends the first emotion's name stands on top.
    return [-place for place in spread([-value for value in values], gap, -highest, 0.0)]


@lru_cache(maxsize=64)  # each person has words of their own
def _bar_chart(names: tuple[str, ...], small: bool) -> str:
    # Small bars are closer than Vega likes its labels; it would leave out every other one.
    axis = alt.Axis(ticks=False, domain=False, labelLimit=160, labelOverlap=False)
    place = alt.Y("name:N", sort=list(names), title=None, axis=axis)
    length = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, 1]))
    base = alt.Chart(alt.NamedData(BARS))
    bars = base.mark_bar(cornerRadius=3, size=BAR_PX // 2 if small else BAR_PX).encode(x=length, y=place, color=COLOR)
    text = base.mark_text(align="left", dx=6, color=TEXT_COLOR, fontSize=11 if small else 13).encode(
        x=length, y=place, text="text:N"
    )
    return specification([bars, text], BARS_PX // 2 if small else BARS_PX, right=44)


@lru_cache(maxsize=1)
def _score_lines() -> str:
    return _line_chart("score", alt.Scale(domain=[0, 1]))


@lru_cache(maxsize=1)
def _cumulative_lines() -> str:
    return _line_chart("score-seconds", alt.Scale(nice=False, zero=True))


def _line_chart(title: str, scale: alt.Scale) -> str:
    """Lines with their names at their ends, as high as the last values where there is room."""
    time = alt.X("time_s:Q", title=None, axis=alt.Axis(grid=False, tickCount=6, labelExpr=CLOCK), scale=NOT_NICE)
    value = alt.Y("value:Q", title=title, scale=scale, axis=alt.Axis(tickCount=5))
    place = alt.Y("place:Q", scale=scale)
    # One row for each time travels; the browser makes seven of it.
    lines = alt.Chart(alt.NamedData(LINES)).transform_fold([*NAMES], as_=["emotion", "value"])
    ends = alt.Chart(alt.NamedData(ENDS))
    drawn = lines.mark_line(strokeWidth=2).encode(x=time, y=value, color=COLOR)
    marks = ends.mark_point(filled=True, size=45, opacity=1, xOffset=9).encode(x=time, y=place, color=COLOR)
    names = ends.mark_text(align="left", dx=17, color=TEXT_COLOR, fontSize=12).encode(x=time, y=place, text="name:N")
    return specification([drawn, marks, names], LINES_PX, right=NAMES_PX)

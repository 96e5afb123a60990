"""The charts of :mod:`emotion.report.charts` for pages that are drawn often, Live's twice a second.

Building a chart with Altair and pandas, and making it JSON, takes 25 to 45 ms: with four charts, twice a second, more
of the processor than all analysis of the camera. Here the specification is made once; a redraw only makes the data, in
less than a millisecond. And since the data keeps its name, the browser changes the picture that is there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from emotion.report import charts
from emotion.report.charts import POINTS, Labels
from emotion.report.timeline import NAMES
from emotion.report.vega import alt, spec
from emotion.types import EMOTIONS, Emotion, Scores

BARS, LINES, ENDS = "bars", "lines", "ends"
"""What the data is called."""
History = Sequence[tuple[float, Sequence[float]]]
"""Times in seconds, rising, each with its seven numbers (NaN without a face)."""
Numbers = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Chart:
    """A Vega-Lite chart in two parts."""

    text: str
    """The specification as JSON, without data: the same from one redraw to the next."""
    tables: Mapping[str, bytes]
    """The data by name, as Arrow streams."""

    @property
    def spec(self) -> dict[str, Any]:
        """Both as one, in the form that Streamlit's ``vega_lite_chart`` takes; nobody else's to change."""
        return {**json.loads(self.text), "datasets": dict(self.tables)}


def score_bars(scores: Scores | None, *, labels: Labels | None = None, small: bool = False) -> Chart:
    """As :func:`emotion.report.charts.score_bars`."""
    values = scores.values if scores else (0.0,) * len(EMOTIONS)
    return _bars(values, [f"{value:.2f}" if scores else "" for value in values], labels, small=small)


def share_bars(share: Mapping[Emotion, float], *, labels: Labels | None = None) -> Chart:
    """As :func:`emotion.report.charts.share_bars`."""
    values = [share.get(emotion, 0.0) for emotion in EMOTIONS]
    return _bars(values, [f"{value:.0%}".replace("%", " %") for value in values], labels)


def score_lines(history: History, *, labels: Labels | None = None) -> Chart:
    """As :func:`emotion.report.charts.score_lines`."""
    return _lines(_score_lines(), _thinned(history), 1.0, labels)


def cumulative_lines(history: History, *, labels: Labels | None = None) -> Chart:
    """As :func:`emotion.report.charts.cumulative_lines`."""
    rows = _thinned(history)
    known = rows[:, 1:][np.isfinite(rows[:, 1:])]
    highest = float(known.max()) if known.size else 0.0
    return _lines(_cumulative_lines(), rows, highest or 1.0, labels)


def _bars(values: Sequence[float], texts: list[str], labels: Labels | None, *, small: bool = False) -> Chart:
    names = charts.names_of(labels)
    table = {"emotion": NAMES, "name": names, "value": np.array(values, np.float32), "text": texts}
    return Chart(_bar_chart(tuple(names), small), {BARS: _arrow(table)})


def _lines(text: str, rows: Numbers, highest: float, labels: Labels | None) -> Chart:
    times, values = rows[:, 0], rows[:, 1:]
    last = [_last(values[:, column]) for column in range(len(NAMES))]
    ends = {
        "emotion": NAMES,
        "name": charts.names_of(labels),
        "time_s": np.full(len(NAMES), times[-1]),
        "place": np.array(charts.end_places(last, highest), np.float32),
    }
    lines = {"time_s": times, **{name: values[:, column] for column, name in enumerate(NAMES)}}
    return Chart(text, {LINES: _arrow(lines), ENDS: _arrow(ends)})


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


def _last(values: Numbers) -> float:
    """The last that is a number; 0 where none is."""
    known = values[np.isfinite(values)]
    return float(known[-1]) if known.size else 0.0


def _arrow(columns: Mapping[str, Any]) -> bytes:
    # NaN becomes null, which interrupts a line.
    table = pa.table({name: pa.array(values, from_pandas=True) for name, values in columns.items()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


@lru_cache(maxsize=64)
def _bar_chart(names: tuple[str, ...], small: bool) -> str:
    return _text(charts.bar_chart(alt.Chart(alt.NamedData(BARS)), list(names), small=small))


@lru_cache(maxsize=1)
def _score_lines() -> str:
    return _line_chart(charts.SCORE, charts.SCORE_SCALE)


@lru_cache(maxsize=1)
def _cumulative_lines() -> str:
    return _line_chart(charts.SUM, charts.SUM_SCALE)


def _line_chart(title: str, scale: alt.Scale) -> str:
    # One row for each time travels; the browser makes seven of it.
    lines = alt.Chart(alt.NamedData(LINES)).transform_fold([*NAMES], as_=["emotion", "value"])
    return _text(charts.line_chart(lines, alt.Chart(alt.NamedData(ENDS)), title, scale))


def _text(chart: alt.LayerChart) -> str:
    return json.dumps(spec(chart))

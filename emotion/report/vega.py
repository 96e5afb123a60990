"""Altair, as all our charts use it: a specification that is made once, and data that travels beside it.

Building a chart with Altair and making it JSON takes 25 to 60 ms: Live's four, twice a second, would take more of the
processor than all analysis of the camera, and a comparison's a quarter of a second. So a specification is made once and
kept; a redraw only makes the data, in less than a millisecond. And since the data keeps its name, the browser changes
the picture that is there.

Altair looks up each part in Vega-Lite's schema when the part is made, and the whole once more when it becomes JSON. The
first is a quarter of what a chart costs (8 of 33 ms on a slow core; altair 6.3), and switched off.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import altair as alt
import pyarrow as pa
from altair.utils import schemapi

__all__ = ["TEXT_COLOR", "Chart", "Table", "alt", "layered", "spec"]

schemapi.disable_debug_mode()
# Altair's own theme has sizes, which are not a page's. For good and not for each chart: it counts for all threads, and
# what one of them made between another's switching on and off would be kept with it.
alt.theme.enable("none")

# The page's own text colour: Vega draws SVG, where this is what CSS makes of it. Vega knows no theme for text marks.
TEXT_COLOR = "currentColor"

Table = Mapping[str, Any]
"""A table by the names of its columns: equally long sequences or arrays. NaN and None are no value."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A Vega-Lite chart in two parts."""

    text: str
    """The specification as JSON, without data: the same from one redraw to the next."""
    tables: Mapping[str, bytes]
    """The data by name, as Arrow streams."""

    @classmethod
    def of(cls, text: str, tables: Mapping[str, Table]) -> Self:
        """The specification with these as data, by the names that it knows them by."""
        return cls(text, {name: _arrow(columns) for name, columns in tables.items()})

    @property
    def spec(self) -> dict[str, Any]:
        """Both as one, in the form that Streamlit's ``vega_lite_chart`` takes; nobody else's to change."""
        return {**json.loads(self.text), "datasets": dict(self.tables)}


def layered(layers: list[alt.Chart], **properties: Any) -> alt.LayerChart:
    """The finished chart: layers over each other, as wide as the page lets them be, on the page's own background."""
    chart: alt.LayerChart = alt.LayerChart(layer=layers).properties(width="container", **properties)
    chart.config = alt.Config(background="transparent")
    return chart


def spec(chart: alt.LayerChart) -> dict[str, Any]:
    """The finished chart as Vega-Lite, ready for JSON and to be kept: building it is what costs."""
    made: dict[str, Any] = chart.to_dict()
    return made


def _arrow(columns: Table) -> bytes:
    # NaN becomes null, which interrupts a line.
    table = pa.table({name: pa.array(values, from_pandas=True) for name, values in columns.items()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())

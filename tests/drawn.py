"""What a chart draws, read back."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import pyarrow as pa

from emotion.report.vega import Chart


def rows(chart: Chart, name: str) -> list[dict[str, Any]]:
    """The rows of its data of that name."""
    with pa.ipc.open_stream(chart.tables[name]) as stream:
        read: list[dict[str, Any]] = stream.read_all().to_pylist()
    return read


def checked(chart: Chart) -> dict[str, Any]:
    """Its specification, which Altair has found valid by Vega-Lite's schema; the data that it names is there."""
    spec: dict[str, Any] = json.loads(chart.text)
    alt.LayerChart.from_dict(spec)
    assert "datasets" not in spec
    # Without a theme's sizes: a chart is as wide as its page.
    assert spec["config"] == {"background": "transparent"}
    named = {part["data"]["name"] for part in (spec, *spec["layer"]) if "data" in part}
    assert named == chart.tables.keys() == chart.spec["datasets"].keys()
    return spec

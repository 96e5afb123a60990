"""Altair, as all our charts use it: checked once, when a chart is whole.

Altair looks up each part in Vega-Lite's schema when the part is made, and the whole once more when Streamlit takes it.
The first is a quarter of what a chart costs (8 of 33 ms on a slow core; altair 6.3), on every run of a page.
"""

from __future__ import annotations

from typing import Any

import altair as alt
from altair.utils import schemapi

__all__ = ["alt", "spec"]

schemapi.disable_debug_mode()


def spec(chart: alt.LayerChart) -> dict[str, Any]:
    """The finished chart as Vega-Lite, ready for JSON and to be kept: building it is what costs.

    Without Altair's theme, whose sizes are not a page's, as Streamlit does it.
    """
    with alt.theme.enable("none"):
        made: dict[str, Any] = chart.to_dict()
    return made

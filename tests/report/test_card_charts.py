from __future__ import annotations

from typing import Any

import altair as alt
import pytest

from emotion.report import card_charts
from emotion.types import EMOTIONS


def tables(chart: alt.LayerChart) -> list[list[dict[str, Any]]]:
    """The data of the layers, in their order, each only once."""
    spec = chart.to_dict()
    names = [part["data"]["name"] for part in [spec, *spec["layer"]] if "data" in part]
    return [spec["datasets"][name] for name in dict.fromkeys(names)]


def test_confusions_are_shares_of_each_emotions_faces() -> None:
    counts = [[8 if row == column else row for column in range(7)] for row in range(7)]
    counts[6] = [0] * 7
    [cells] = tables(card_charts.confusion(counts))
    shares = {(cell["truth"], cell["said"]): cell["share"] for cell in cells}
    assert len(shares) == len(EMOTIONS) ** 2
    assert shares["angry", "angry"] == 1
    assert shares["disgust", "angry"] == pytest.approx(1 / 14)
    assert shares["neutral", "neutral"] == 0


def test_the_curve_has_a_point_per_bin_beside_the_ideal() -> None:
    ideal, curve = tables(card_charts.reliability([(0.35, 0.4, 10), (0.9, 0.88, 200)]))
    assert [(point["score"], point["right"]) for point in ideal] == [(0, 0), (1, 1)]
    assert [point["faces"] for point in curve] == [10, 200]


def test_both_show_on_light_and_dark() -> None:
    for chart in (card_charts.confusion([[1] * 7] * 7), card_charts.reliability([(0.5, 0.5, 1)])):
        spec = chart.to_dict()
        assert spec["config"]["background"] == "transparent"
        assert "white" not in str(spec)

"""Delay by the clocks of two machines."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from clock import Clock

from emotion.live.tally import Tally

STEP_S = 0.5


def shown_ms(lags_s: Iterable[float]) -> list[float]:
    """The delay that is shown after each of these pictures, which come twice a second."""
    clock = Clock()
    tally, shown = Tally(clock), []
    for lag_s in lags_s:
        arrived_s = tally.arrive()
        tally.returned(arrived_s, analysed=False, sent_s=arrived_s - lag_s, skipped=0)
        shown.append(tally.snapshot(None, None, sink_failures=0, all_blurred=False).rates.delay_ms)
        clock.now_s += STEP_S
    return shown


def drifting(ppm: float, hours: float) -> list[float]:
    return [5.0 + index * STEP_S * ppm * 1e-6 for index in range(round(hours * 3600 / STEP_S))]


@pytest.mark.parametrize(
    ("lags_s", "least_ms", "most_ms"),
    [
        pytest.param(drifting(0, 0.5), 0, 0, id="clocks of one speed"),
        pytest.param(drifting(30, 4), 0, 2, id="a clock that is slow by 30 ppm, four hours"),
        pytest.param(drifting(-30, 4), 0, 2, id="a clock that is fast by 30 ppm, four hours"),
        pytest.param([0.0] * 20 + [0.2] * 40, 200, 200, id="a wait of twenty seconds is shown as long as it lasts"),
        pytest.param([0.0] * 20 + [0.2] * 150, 0, 0, id="one that stays for more than a minute is another clock"),
        pytest.param([9.0] * 20 + [0.0], 0, 0, id="another sender that is quicker"),
    ],
)
def test_two_clocks(lags_s: list[float], least_ms: float, most_ms: float) -> None:
    last = shown_ms(lags_s)[-1]
    assert least_ms - 1e-6 <= last <= most_ms + 1e-6


def test_what_was_known_before_a_pause_is_out_of_date() -> None:
    clock = Clock()
    tally = Tally(clock)
    for lag_s, pause_s in ((0.0, 600.0), (0.3, 0.0)):
        arrived_s = tally.arrive()
        tally.returned(arrived_s, analysed=False, sent_s=arrived_s - lag_s, skipped=0)
        clock.now_s += pause_s
    assert tally.snapshot(None, None, sink_failures=0, all_blurred=False).rates.delay_ms == pytest.approx(0)

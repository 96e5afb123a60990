import itertools

import pytest

from emotion.media.clock import Clock

RATE_25 = 0.04


@pytest.mark.parametrize(
    ("start_s", "stamps", "expected"),
    [
        pytest.param(0.0, [0.0, 0.04, 0.08], [0.0, 0.04, 0.08], id="regular"),
        pytest.param(0.0, [0.0, 0.01, 0.5], [0.0, 0.01, 0.5], id="variable rate is left alone"),
        pytest.param(10.0, [10.0, 10.04], [0.0, 0.04], id="a clock that starts late"),
        pytest.param(10.0, [10.5, 10.54], [0.5, 0.54], id="sound comes first"),
        pytest.param(None, [7.0, 7.04], [0.0, 0.04], id="unknown start is the first frame"),
        pytest.param(0.0, [-0.2, 0.04], [0.0, 0.04], id="never negative"),
        pytest.param(None, [None, None, None], [0.0, 0.04, 0.08], id="no stamps at all"),
        pytest.param(0.0, [0.0, None, 0.08], [0.0, 0.04, 0.08], id="one stamp missing"),
        pytest.param(0.0, [0.0, 0.04, 0.04, 0.12], [0.0, 0.04, 0.08, 0.12], id="repeated stamp"),
        pytest.param(0.0, [0.0, 0.01, 0.01, 0.03], [0.0, 0.01, 0.02, 0.03], id="repeated in a dense stretch"),
        pytest.param(0.0, [0.0, 5.0, 5.0, 5.08], [0.0, 5.0, 5.04, 5.08], id="repeated after a pause"),
        pytest.param(0.0, [0.0, 0.04, 0.0, 0.04], [0.0, 0.04, 0.08, 0.12], id="jump back goes on evenly"),
    ],
)
def test_times(start_s: float | None, stamps: list[float | None], expected: list[float]) -> None:
    clock = Clock(start_s=start_s, step_s=RATE_25)
    times = [clock.time_s(stamp) for stamp in stamps]
    assert times == pytest.approx(expected)
    assert all(later > earlier for earlier, later in itertools.pairwise(times))

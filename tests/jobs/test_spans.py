"""Which frames are looked at does not depend on where reading begins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.jobs.spans import Look, Spans

ANEW, GO_ON, SKIP = Look.ANEW, Look.GO_ON, Look.SKIP


@pytest.mark.parametrize(
    ("every", "times_s", "expected"),
    [
        pytest.param(1, [0, 0.5, 1, 1.5], [ANEW, GO_ON, ANEW, GO_ON], id="each span begins anew"),
        pytest.param(1, [0.2, 3.1, 3.2], [ANEW, ANEW, GO_ON], id="empty spans"),
        pytest.param(2, [0, 0.5, 1, 1.5], [ANEW, SKIP, ANEW, SKIP], id="every second"),
        pytest.param(3, [0, 0.5, 1, 1.5, 2], [ANEW, SKIP, SKIP, ANEW, SKIP], id="counted on over borders"),
        pytest.param(4, [0, 0.5, 1, 1.5, 2], [ANEW, SKIP, SKIP, SKIP, ANEW], id="spans without any"),
        pytest.param(3, [1.0, 1.5, 2], [SKIP, ANEW, SKIP], id="beginning in the middle"),
    ],
)
def test_what_to_do_with_each_frame(every: int, times_s: list[float], expected: list[Look]) -> None:
    spans = Spans(segment_s=1, every=every, frame_rate=2)
    assert [spans.look(time_s) for time_s in times_s] == expected


@given(
    steps=st.lists(st.floats(0.001, 3), min_size=1, max_size=60),
    every=st.integers(1, 50),
    rate=st.floats(0.5, 120),
    span=st.integers(0, 10),
)
def test_any_piece_is_the_same_as_in_the_whole(steps: list[float], every: int, rate: float, span: int) -> None:
    times_s = [sum(steps[:count]) for count in range(len(steps))]
    whole = Spans(segment_s=2, every=every, frame_rate=rate)
    looks = [whole.look(time_s) for time_s in times_s]
    piece = Spans(segment_s=2, every=every, frame_rate=rate)
    first = next((place for place, time_s in enumerate(times_s) if time_s >= 2 * span), len(times_s))
    assert [piece.look(time_s) for time_s in times_s[first:]] == looks[first:]


def test_at_an_even_rate_every_nth_is_every_nth() -> None:
    spans = Spans(segment_s=30, every=7, frame_rate=30_000 / 1001)
    looks = [spans.look(index * 1001 / 30_000) for index in range(9000)]
    assert [index for index, look in enumerate(looks) if look is not SKIP] == list(range(0, 9000, 7))

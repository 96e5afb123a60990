"""How far an analysis is, in numbers and words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.jobs.progress import Progress, Stage, duration, in_words

moments = st.builds(
    Progress,
    st.sampled_from(Stage),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.floats(0, 1e5),
    st.floats(0, 1e5),
)


@given(moments)
def test_the_share_is_one(progress: Progress) -> None:
    assert 0 <= progress.share <= 1
    assert progress.left_s is None or progress.left_s >= 0
    assert in_words(progress)


@pytest.mark.parametrize(
    ("progress", "share", "words"),
    [
        pytest.param(
            Progress(Stage.SEEING, 0, 100, 0.0, 0.0), 0.0, "Looking for faces: 0 of 100 frames, 0 frames/s", id="begin"
        ),
        pytest.param(
            Progress(Stage.SEEING, 50, 100, 1.0, 1.0),
            0.25,
            "Looking for faces: 50 of 100 frames, 50 frames/s, about 3 s left",
            id="half of the first stage",
        ),
        pytest.param(
            Progress(Stage.DRAWING, 100, 100, 2.0, 4.0),
            1.0,
            "Drawing the videos: 100 of 100 frames, 50 frames/s, about 0 s left",
            id="end",
        ),
        pytest.param(
            Progress(Stage.SEEING, 7, 0, 7.0, 7.0),
            0.0,
            "Looking for faces: 7 frames, 1 frames/s",
            id="a file that does not say how long it is",
        ),
    ],
)
def test_in_words(progress: Progress, share: float, words: str) -> None:
    assert progress.share == pytest.approx(share)
    assert in_words(progress) == words


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "0 s"), (59.4, "59 s"), (60, "1:00 min"), (185, "3:05 min"), (3600, "1:00:00 h"), (-5, "0 s")],
)
def test_duration(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected

"""What goes into a story comes out of it."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.report.columns import LABELS
from emotion.report.story import Story
from emotion.types import EMOTIONS, Analysis, Box, Face, Scores

numbers = st.floats(0, 1e6)
scores = st.builds(Scores, st.tuples(*[st.floats(0, 1)] * len(EMOTIONS)))
faces = st.builds(
    Face,
    track=st.integers(1, 1000),
    box=st.builds(Box, numbers, numbers, numbers, numbers),
    confidence=st.floats(0, 1),
    scores=scores,
    raw=scores,
    label=st.sampled_from(LABELS),
    quality=st.floats(0, 1),
    landmarks=st.one_of(st.just(()), st.tuples(*[st.tuples(numbers, numbers)] * 5)),
)
stories = st.lists(st.lists(faces, max_size=3), max_size=5).map(
    lambda frames: [Analysis(index, index / 25, tuple(found)) for index, found in enumerate(frames)]
)


@given(stories)
def test_a_story_gives_back_what_was_put_in(analyses: list[Analysis]) -> None:
    story = Story()
    for analysis in analyses:
        story.append(analysis)
    assert list(story) == analyses
    assert story[:] == analyses
    assert len(story) == len(analyses)
    assert list(story.times_s) == [analysis.time_s for analysis in analyses]
    if analyses:
        assert story[-1] == analyses[-1]
    with pytest.raises(IndexError):
        story[len(analyses)]


def test_an_hour_is_small() -> None:
    even = Scores((1 / 7,) * 7)
    face = Face(1, Box(1, 2, 3, 4), 0.9, even, even, "happy", 0.8, ((1.0, 2.0),) * 5)
    tracemalloc.start()
    story = Story()
    for index in range(9_000):
        story.append(Analysis(index, index / 25, (face,)))
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # A tenth of an hour at 25 frames a second; arrays grow in steps, hence some room.
    assert used < 9_000 * 264 * 1.25

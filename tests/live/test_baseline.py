"""A person's own neutral face, with times and scores made up."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.live.baseline import (
    BLURRED,
    FLOOR,
    LOST,
    MOVED,
    REFERENCE,
    STALLED,
    TAKE_S,
    Baseline,
)
from emotion.live.neutral import NeutralFace
from emotion.types import EMOTIONS, Analysis, Box, Detection, Emotion, Face, Reading, Scores, Sighting
from emotion.vision.memory import Memory

RATE = 10
LOOKS_SAD = Scores.of({Emotion.SAD: 0.6, Emotion.NEUTRAL: 0.35, Emotion.ANGRY: 0.05})
SMILE = Scores.of({Emotion.HAPPY: 0.99, Emotion.NEUTRAL: 0.01})
RESTING = Scores.of({Emotion.NEUTRAL: 0.9, Emotion.SAD: 0.1})
NOBODY = None


def distributions() -> st.SearchStrategy[Scores]:
    parts = st.lists(st.floats(0, 1), min_size=len(EMOTIONS), max_size=len(EMOTIONS))
    return parts.filter(lambda values: sum(values) > 1e-3).map(
        lambda values: Scores(tuple(value / sum(values) for value in values))
    )


def face(scores: Scores, *, track: int = 1, quality: float = 0.9) -> Face:
    return Face(track, Box(0, 0, 100, 100), 0.99, scores, scores, scores.dominant.value, quality)


def show(neutral: NeutralFace, faces: Sequence[Face | None], *, from_s: float = 0.0, rate: float = RATE) -> float:
    """One analysis after the other; when the last was."""
    for index, one in enumerate(faces):
        neutral.see(Analysis(index, from_s + index / rate, (one,) if one else ()))
    return from_s + (len(faces) - 1) / rate


def taken(faces: Sequence[Face | None], *, rate: float = RATE) -> NeutralFace:
    neutral = NeutralFace()
    neutral.start(1)
    show(neutral, faces, rate=rate)
    return neutral


def whole(scores: Scores, *, seconds: float = TAKE_S) -> list[Face | None]:
    return [face(scores)] * (round(seconds * RATE) + 1)


@given(distributions(), distributions())
def test_scores_stay_a_distribution(mine: Scores, scores: Scores) -> None:
    adjusted = Baseline(1, mine, "").adjust(scores)
    assert sum(adjusted.values) == pytest.approx(1)
    assert all(0 <= value <= 1 for value in adjusted.values)


@given(distributions(), distributions(), st.sampled_from(EMOTIONS), st.floats(0.01, 0.99))
def test_what_rises_before_rises_after(mine: Scores, scores: Scores, emotion: Emotion, share: float) -> None:
    baseline = Baseline(1, mine, "")
    more = Scores(
        tuple(
            share + (1 - share) * value if other == emotion else (1 - share) * value
            for other, value in scores.as_dict().items()
        )
    )
    assert baseline.adjust(more)[emotion] >= baseline.adjust(scores)[emotion] - 1e-12


@given(distributions())
def test_a_face_like_everybodys_changes_nothing(scores: Scores) -> None:
    assert Baseline(1, REFERENCE, "").adjust(scores).values == pytest.approx(scores.values)


@given(distributions().filter(lambda mine: mine[Emotion.NEUTRAL] >= FLOOR))
def test_the_neutral_face_itself_comes_out_neutral(mine: Scores) -> None:
    adjusted = Baseline(1, mine, "").adjust(mine)
    assert adjusted[Emotion.NEUTRAL] >= 0.6


@given(distributions())
def test_the_effect_is_bounded(mine: Scores) -> None:
    weights = Baseline(1, mine, "").weights
    assert all(FLOOR <= weight <= 1 / FLOOR for weight in weights)
    assert all(math.isfinite(weight) for weight in weights)


def test_no_scores_stay_no_scores() -> None:
    nothing = Scores.of({})
    assert Baseline(1, LOOKS_SAD, "").adjust(nothing) == nothing


def test_who_looks_sad_at_rest_still_can_be_happy_and_sad() -> None:
    baseline = Baseline(1, LOOKS_SAD, "")
    assert baseline.adjust(LOOKS_SAD).dominant == Emotion.NEUTRAL
    assert baseline.adjust(SMILE).dominant == Emotion.HAPPY
    assert baseline.adjust(Scores.of({Emotion.SAD: 0.97, Emotion.NEUTRAL: 0.03})).dominant == Emotion.SAD


def test_five_seconds_make_a_baseline() -> None:
    neutral = taken(whole(LOOKS_SAD))
    held = neutral.state.held
    assert held is not None
    assert held.scores.values == pytest.approx(LOOKS_SAD.values)
    assert neutral.adjust(1, LOOKS_SAD).dominant == Emotion.NEUTRAL
    assert neutral.adjust(2, LOOKS_SAD) == LOOKS_SAD
    assert (neutral.state.taking, neutral.state.refused) == (None, "")
    facts = held.as_facts()
    assert (facts["face"], facts["scores"]["sad"]) == (1, pytest.approx(0.6))  # type: ignore[index]


def test_its_progress_is_told() -> None:
    neutral = NeutralFace()
    neutral.start(1)
    assert neutral.state.taking == 0
    show(neutral, whole(RESTING, seconds=2.5))
    assert neutral.state.taking == pytest.approx(0.5)
    assert neutral.state.held is None


@pytest.mark.parametrize(
    ("faces", "rate", "says"),
    [
        pytest.param([NOBODY] * 60, RATE, LOST, id="no face at all"),
        pytest.param([face(RESTING)] * 20 + [NOBODY] * 30, RATE, LOST, id="the face went away"),
        pytest.param([face(RESTING)] * 20, 2.5, "", id="few pictures, and enough"),
        pytest.param([face(RESTING)] * 20, 1.5, STALLED, id="too few pictures"),
        pytest.param([face(RESTING)] * 8, 0.5, STALLED, id="pauses between pictures"),
        pytest.param([face(RESTING, quality=0.1)] * 51, RATE, BLURRED, id="turned away"),
        pytest.param([face(RESTING, quality=0.1)] * 8 + [face(RESTING)] * 43, RATE, "", id="turned away for a moment"),
        pytest.param([face(RESTING), face(SMILE)] * 26, RATE, MOVED, id="a smile now and then"),
        pytest.param([face(SMILE)] * 51, RATE, "clearly happy", id="a smile all the time"),
        pytest.param([face(RESTING, track=2)] * 51, RATE, LOST, id="only somebody else"),
        pytest.param([face(RESTING)] * 20 + [NOBODY] * 5 + [face(RESTING)] * 30, RATE, "", id="missed for a moment"),
    ],
)
def test_what_makes_no_neutral_face_gets_a_sentence(faces: list[Face | None], rate: float, says: str) -> None:
    state = taken(faces, rate=rate).state
    assert says in state.refused
    assert bool(state.refused) == bool(says)
    assert (state.held is not None) == (not says)
    assert state.taking is None


def test_a_second_try_that_is_refused_keeps_the_first() -> None:
    neutral = taken(whole(LOOKS_SAD))
    first = neutral.state.held
    neutral.start(1)
    assert neutral.state.refused == ""
    show(neutral, [face(RESTING), face(SMILE)] * 26, from_s=10)
    assert neutral.state.refused == MOVED
    assert neutral.state.held is first


def test_the_sentence_goes_after_a_while() -> None:
    neutral = taken([NOBODY] * 30)
    assert neutral.state.refused == LOST
    show(neutral, [NOBODY], from_s=10)
    assert neutral.state.refused == LOST
    show(neutral, [NOBODY], from_s=30)
    assert neutral.state.refused == ""


@pytest.mark.parametrize(
    ("away_s", "kept"),
    [pytest.param(0.9, True, id="missed for a moment"), pytest.param(1.3, False, id="lost from view")],
)
def test_it_ends_with_the_person(away_s: float, kept: bool) -> None:
    neutral = taken(whole(LOOKS_SAD))
    show(neutral, [*[NOBODY] * round(away_s * RATE), face(LOOKS_SAD)], from_s=6)
    assert (neutral.state.held is not None) == kept


def test_all_of_a_session_stand_beside_its_recording() -> None:
    neutral = taken(whole(LOOKS_SAD))
    neutral.start(1)
    show(neutral, whole(RESTING), from_s=10)
    first, second = neutral.facts()
    assert (first["scores"]["sad"], second["scores"]["sad"]) == (0.6, 0.1)  # type: ignore[index]
    assert first["ended"] == second["taken"]
    assert second["ended"] is None
    neutral.drop()
    assert neutral.facts()[1]["ended"]


def test_it_can_be_dropped() -> None:
    neutral = taken(whole(LOOKS_SAD))
    neutral.drop()
    assert neutral.state.held is None
    assert neutral.adjust(1, LOOKS_SAD) == LOOKS_SAD


def test_what_is_remembered_is_relative_and_what_was_seen_stays() -> None:
    memory = Memory(smoothing_s=0, label_margin=0.1, uncertain_below=0.3)
    memory.adjust = taken(whole(LOOKS_SAD)).adjust
    one = Reading(Detection(Box(0, 0, 90, 90), 0.9), LOOKS_SAD)
    other = Reading(Detection(Box(300, 0, 60, 60), 0.9), LOOKS_SAD)
    mine, others = memory.remember(Sighting(0, 0.0, (one, other))).faces
    assert (mine.label, mine.scores.dominant, mine.raw) == ("neutral", Emotion.NEUTRAL, LOOKS_SAD)
    assert (others.label, others.scores) == ("sad", LOOKS_SAD)

"""What a person is told about how well it works."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.live.quality import (
    CALM_S,
    SILENCE,
    WORDS,
    Advice,
    Topic,
    advise,
    at_length,
    in_short,
    light_word,
    sentence,
)
from emotion.live.values import Rates, Snapshot, View
from emotion.types import Analysis, Box, Emotion, Face, Scores

SCORES = Scores.of({Emotion.HAPPY: 1.0})
FACE = Face(1, Box(10, 10, 150, 150), 0.99, SCORES, SCORES, Emotion.HAPPY)
VIEW = View(light=0.5, face_px=150, quality=1.0, turn=0.05)
RATES = Rates(camera_per_s=28.4, analysed_per_s=19.6, delay_ms=31.2, dropped=12, dropped_share=0.0)
GOOD = Snapshot(Analysis(9, 1.0, (FACE,)), FACE, frames=1000, elapsed_s=60.0, rates=RATES, view=VIEW, seen_share=0.97)


def settled(snapshot: Snapshot, before: Advice = SILENCE) -> Advice:
    """What is said once this has lasted."""
    for second in range(5):
        before = advise(replace(snapshot, elapsed_s=snapshot.elapsed_s + second), before)
    return before


NOBODY = replace(GOOD, analysis=Analysis(9, 1.0, ()), chosen=None)
SLOW = replace(RATES, analysed_per_s=5, dropped_share=0.6)


@pytest.mark.parametrize(
    ("snapshot", "topic", "says"),
    [
        pytest.param(GOOD, Topic.NOTHING, "", id="all is well"),
        pytest.param(
            replace(GOOD, analysis=None, chosen=None), Topic.WAITING, "Waiting for the first", id="connecting"
        ),
        pytest.param(replace(GOOD, failures=1), Topic.NOTHING, "", id="a single failure"),
        pytest.param(replace(GOOD, failures=30), Topic.FAILING, "30 pictures in a row", id="failures"),
        pytest.param(replace(GOOD, quiet_s=5), Topic.STALLED, "No picture has come", id="stalled"),
        pytest.param(NOBODY, Topic.NO_FACE, "No face in view", id="nobody"),
        pytest.param(replace(GOOD, chosen=None, chosen_track=7), Topic.NOT_IN_VIEW, "Face 7 is not", id="chosen, gone"),
        pytest.param(replace(GOOD, all_blurred=True), Topic.ALL_BLURRED, "All faces are blurred", id="all blurred"),
        pytest.param(replace(GOOD, view=replace(VIEW, light=0.1)), Topic.DARK, "Turn a lamp", id="dark"),
        pytest.param(replace(GOOD, view=replace(VIEW, light=0.95)), Topic.BRIGHT, "Dim the light", id="bright"),
        pytest.param(
            replace(GOOD, view=replace(VIEW, face_px=40)), Topic.SMALL, "(40 pixels). Come closer", id="small"
        ),
        pytest.param(replace(GOOD, view=replace(VIEW, turn=0.5)), Topic.TURNED, "Look towards", id="turned away"),
        pytest.param(replace(GOOD, rates=SLOW), Topic.SLOW, "manages 5 pictures", id="slow machine"),
        pytest.param(replace(GOOD, rates=SLOW, elapsed_s=0.0), Topic.NOTHING, "", id="too early to call it slow"),
        pytest.param(
            replace(GOOD, rates=replace(RATES, camera_per_s=5)), Topic.FEW, "Only 5 pictures", id="few pictures"
        ),
        pytest.param(replace(GOOD, sink_failures=2), Topic.LOST, "failed 2 times", id="a failing recording"),
        pytest.param(
            replace(NOBODY, view=replace(VIEW, light=0.05)), Topic.NO_FACE, "let light fall", id="light of nobody"
        ),
        pytest.param(
            replace(GOOD, failures=9, quiet_s=9, view=replace(VIEW, light=0)),
            Topic.FAILING,
            "9 pictures",
            id="the worst",
        ),
    ],
)
def test_one_piece_of_advice(snapshot: Snapshot, topic: Topic, says: str) -> None:
    early = replace(snapshot, elapsed_s=0.0) if snapshot.elapsed_s == 0 else snapshot
    advice = advise(early, advise(early)) if snapshot.elapsed_s == 0 else settled(snapshot)
    assert advice.topic == topic
    assert says in sentence(advice, snapshot)
    assert bool(says) == bool(sentence(advice, snapshot))


@pytest.mark.parametrize(
    ("topic", "bad", "between", "good"),
    [
        pytest.param(Topic.DARK, {"light": 0.15}, {"light": 0.18}, {"light": 0.22}, id="dark"),
        pytest.param(Topic.BRIGHT, {"light": 0.93}, {"light": 0.90}, {"light": 0.87}, id="bright"),
        pytest.param(Topic.SMALL, {"face_px": 47}, {"face_px": 52}, {"face_px": 57}, id="small"),
        pytest.param(Topic.TURNED, {"turn": 0.41}, {"turn": 0.35}, {"turn": 0.29}, id="turned away"),
    ],
)
def test_it_does_not_blink(
    topic: Topic, bad: dict[str, float], between: dict[str, float], good: dict[str, float]
) -> None:
    def seen(view: dict[str, float]) -> Snapshot:
        return replace(GOOD, view=replace(VIEW, **view))

    assert settled(seen(between)).topic == Topic.NOTHING
    said = settled(seen(bad))
    assert said.topic == topic
    said = settled(replace(seen(between), elapsed_s=70.0), said)
    assert said.topic == topic
    assert settled(replace(seen(good), elapsed_s=80.0), said).topic == Topic.NOTHING


@pytest.mark.parametrize(
    ("camera", "topic"),
    [
        pytest.param(True, Topic.FEW, id="a camera needs light"),
        pytest.param(False, Topic.NOTHING, id="a screen on which nothing moves does not"),
    ],
)
def test_few_pictures_of_a_screen_are_no_mistake(camera: bool, topic: Topic) -> None:
    few, said = replace(GOOD, rates=replace(RATES, camera_per_s=1)), SILENCE
    for second in range(5):
        said = advise(replace(few, elapsed_s=60.0 + second), said, camera=camera)
    assert said.topic == topic


def test_what_passes_quickly_is_not_mentioned() -> None:
    said = SILENCE
    for index in range(20):
        said = advise(replace(NOBODY if index % 2 else GOOD, elapsed_s=10 + index * CALM_S * 0.9), said)
        assert said.topic == Topic.NOTHING


def test_a_new_session_begins_anew() -> None:
    before = advise(replace(NOBODY, elapsed_s=500.0))
    said = advise(replace(NOBODY, elapsed_s=1.0), before)
    assert advise(replace(NOBODY, elapsed_s=1.0 + CALM_S), said).topic == Topic.NO_FACE


@given(
    st.builds(
        Snapshot,
        analysis=st.sampled_from([None, Analysis(0, 0, ()), Analysis(0, 0, (FACE,)), Analysis(0, 0, (FACE, FACE))]),
        chosen=st.none() | st.just(FACE),
        chosen_track=st.none() | st.integers(1, 99),
        rates=st.builds(Rates, *[st.floats(0, 1e6)] * 3, dropped=st.integers(0, 10**9), dropped_share=st.floats(0, 1)),
        view=st.builds(View, *[st.floats(0, 1e6)] * 4),
        failures=st.integers(0, 10**6),
        all_blurred=st.booleans(),
        elapsed_s=st.floats(0, 1e6),
    ),
    st.builds(Advice, st.sampled_from(Topic), st.sampled_from(Topic), st.floats(0, 1e6)),
)
def test_any_state_has_words(snapshot: Snapshot, before: Advice) -> None:
    advice = advise(snapshot, before)
    assert bool(sentence(advice, snapshot)) == (advice.topic != Topic.NOTHING)
    assert in_short(snapshot)
    assert at_length(snapshot)


def test_each_topic_says_what_to_do() -> None:
    assert set(WORDS) == set(Topic)
    assert all(words.endswith(".") for topic, words in WORDS.items() if topic)


def test_the_quiet_line() -> None:
    assert in_short(GOOD) == "28 fps · 20 analysed · 31 ms · light good · face 150 px · 1 face"
    assert in_short(replace(NOBODY, failed=3)) == "28 fps · 20 analysed · 31 ms · light good · 0 faces · 3 failed"
    assert "12 were left out" in at_length(GOOD)
    assert "97%** of 1,000 pictures" in at_length(GOOD)


@pytest.mark.parametrize(("light", "word"), [(0.05, "low"), (0.5, "good"), (0.97, "harsh")])
def test_light_in_a_word(light: float, word: str) -> None:
    assert light_word(light) == word

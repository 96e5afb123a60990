"""Rules: what they say, and when their moment has come."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.errors import RuleError
from emotion.live.rules import Level, NoFace, Rule, Side, Watch, parse
from emotion.types import EMOTIONS, Analysis, Box, Emotion, Face, Scores

HOOKS = frozenset({"lamp", "Door_2"})
LABELS = {Emotion.HAPPY: "счастье", Emotion.SAD: "low  mood"}

levels = st.builds(
    Level,
    st.sampled_from(EMOTIONS),
    st.sampled_from(Side),
    st.integers(1, 999).map(lambda thousandths: thousandths / 1000),
)
rules = st.builds(
    Rule,
    levels | st.builds(NoFace),
    st.integers(0, 3_600_000).map(lambda ms: ms / 1000),
    st.sampled_from(["", *sorted(HOOKS)]),
)


def face(*, sad: float = 0.0, track: int = 1) -> Face:
    scores = Scores.of({Emotion.SAD: sad, Emotion.NEUTRAL: 1 - sad})
    return Face(track, Box(0, 0, 100, 100), 0.99, scores, scores, "sad")


@given(st.lists(rules, max_size=8, unique=True), st.sampled_from(["\n", ";", " ;\n "]))
def test_what_is_written_reads_back_as_itself(written: list[Rule], between: str) -> None:
    assert parse(between.join(map(str, written)), labels={}, hooks=HOOKS) == tuple(written)


@given(st.text(max_size=80))
def test_any_text_is_rules_or_gets_a_sentence(text: str) -> None:
    with contextlib.suppress(RuleError):
        parse(text, labels=LABELS, hooks=HOOKS)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        pytest.param("sad above 0.6 for 3 s", "sad above 0.6 for 3 s", id="plain"),
        pytest.param("  Sad ABOVE .6 For 3s ", "sad above 0.6 for 3 s", id="spaces and capitals"),
        pytest.param("sad > 0.60 for 3 seconds", "sad above 0.6 for 3 s", id="a sign"),
        pytest.param("happy<0.2 for 2 min", "happy below 0.2 for 120 s", id="minutes"),
        pytest.param("no face for 5", "no face for 5 s", id="nobody, without a unit"),
        pytest.param("счастье above 0.5 for 1 s", "happy above 0.5 for 1 s", id="the server's own word"),
        pytest.param("Low mood above 0.5 for 1 s", "sad above 0.5 for 1 s", id="of two words"),
        pytest.param("fear above 0.5 for 1 s->lamp", "fear above 0.5 for 1 s -> lamp", id="a webhook"),
        pytest.param("sad above 0.6 for 0 s", "sad above 0.6 for 0 s", id="at once"),
    ],
)
def test_what_a_rule_may_look_like(text: str, means: str) -> None:
    (rule,) = parse(text, labels=LABELS, hooks=HOOKS)
    assert str(rule) == means


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("sad above 0.6", "does not say for how long", id="no time"),
        pytest.param("sad for 3 s", "neither `above` nor `below`", id="no score"),
        pytest.param("sad abve 0.6 for 3 s", "neither `above` nor `below`", id="misspelt"),
        pytest.param("for 3 s", "neither `above` nor `below`", id="nothing but a time"),
        pytest.param("bored above 0.6 for 3 s", "none of the emotions. They are: angry", id="no emotion"),
        pytest.param("sad above high for 3 s", "Scores lie between 0 and 1", id="a word for a score"),
        pytest.param("sad above 60 for 3 s", "Scores lie between 0 and 1", id="percent"),
        pytest.param("sad above nan for 3 s", "Scores lie between 0 and 1", id="no number"),
        pytest.param("sad above 0.6 for ages", "no length of time", id="a word for a time"),
        pytest.param("sad above 0.6 for -3 s", "no length of time", id="before it began"),
        pytest.param("sad above 0.6 for 61 min", "longer than an hour", id="too long"),
        pytest.param("sad above 0.6 for 3 s -> siren", "It has: Door_2, lamp.", id="another webhook"),
        pytest.param("sad above 0.6 for 3 s ->", "no webhook of this server", id="a webhook without a name"),
        pytest.param("sad above 0.6 for 3 s -> http://x/y", "no webhook of this server", id="an address"),
        pytest.param("; ".join(f"sad above 0.{n} for 3 s" for n in range(10, 40)), "are the most", id="too many"),
        pytest.param("x" * 500, "xxx", id="very long"),
    ],
)
def test_what_is_no_rule_gets_a_sentence(text: str, says: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text, labels={}, hooks=HOOKS)
    assert says in str(caught.value) or says == "xxx"
    assert len(str(caught.value)) < 300


def test_without_webhooks_the_sentence_says_who_can_help() -> None:
    with pytest.raises(RuleError, match="EMOTION_WEBHOOKS"):
        parse("sad above 0.6 for 3 s -> lamp", labels={})


def test_nothing_is_no_rule_and_the_same_twice_is_one() -> None:
    assert parse(" ; \n ;", labels={}) == ()
    assert len(parse("sad above 0.6 for 3 s\nSAD > .6 for 3s", labels={})) == 1


Seen = Iterable[tuple[float, Face | None]]


def steady(
    until_s: float, one: Face | None, *, from_s: float = 0.0, step_s: float = 0.1
) -> list[tuple[float, Face | None]]:
    return [(from_s + i * step_s, one) for i in range(round((until_s - from_s) / step_s))]


SAD, CALM = face(sad=0.8), face(sad=0.2)


@pytest.mark.parametrize(
    ("rule", "seen", "moments"),
    [
        pytest.param("sad above 0.6 for 3 s", steady(10, SAD), [3.0], id="once, however long it lasts"),
        pytest.param("sad above 0.6 for 3 s", steady(2.9, SAD), [], id="not long enough"),
        pytest.param(
            "sad above 0.6 for 1 s",
            [*steady(3, SAD), *steady(4, CALM, from_s=3), *steady(8, SAD, from_s=4)],
            [1.0, 5.0],
            id="again after it was false",
        ),
        pytest.param(
            "sad above 0.6 for 3 s",
            [*steady(2, SAD), (2.0, CALM), *steady(4.5, SAD, from_s=2.1)],
            [],
            id="interrupted for one picture",
        ),
        pytest.param(
            "sad above 0.6 for 3 s",
            [*steady(2, SAD), *steady(2.8, None, from_s=2), *steady(5, SAD, from_s=2.8)],
            [3.0],
            id="the face missed for a moment",
        ),
        pytest.param(
            "sad above 0.6 for 3 s",
            [*steady(2, SAD), *steady(5, None, from_s=2), *steady(7, SAD, from_s=5)],
            [],
            id="the face away for long",
        ),
        pytest.param(
            "sad above 0.6 for 1 s",
            [*steady(2, SAD), *steady(5, None, from_s=2), *steady(7, SAD, from_s=5)],
            [1.0, 6.0],
            id="again after the face was away",
        ),
        pytest.param("sad above 0.6 for 3 s", [(0, SAD), (10, SAD)], [], id="a pause between pictures"),
        pytest.param(
            "sad above 0.6 for 1 s", [*steady(2, SAD), *steady(14, SAD, from_s=10)], [1.0], id="fired before a pause"
        ),
        pytest.param("sad above 0.6 for 3 s", steady(8, SAD, step_s=1.0), [3.0], id="one picture a second"),
        pytest.param("sad above 0.6 for 0 s", [(1.0, SAD), (2.0, SAD)], [1.0], id="at once"),
        pytest.param(
            "sad above 0.6 for 3 s",
            [*steady(2, SAD), *steady(4, face(sad=0.8, track=2), from_s=2)],
            [],
            id="two persons are not one",
        ),
        pytest.param(
            "sad above 0.6 for 1 s",
            [*steady(2, SAD), *steady(4, face(sad=0.8, track=2), from_s=2)],
            [1.0, 3.0],
            id="each of two persons",
        ),
        pytest.param("sad below 0.5 for 1 s", steady(3, None), [], id="nobody is not calm"),
        pytest.param("sad below 0.5 for 1 s", steady(3, CALM), [1.0], id="below"),
        pytest.param(
            "no face for 2 s",
            [*steady(1, SAD), *steady(6, None, from_s=1), *steady(7, CALM, from_s=6), *steady(10, None, from_s=7)],
            [3.0, 9.0],
            id="nobody in view, twice",
        ),
    ],
)
def test_when_the_moment_has_come(rule: str, seen: Seen, moments: list[float]) -> None:
    watch = Watch(*parse(rule, labels={}))
    found = [time_s for time_s, one in seen if watch.moment(time_s, one)]
    assert found == pytest.approx(moments)


@given(
    st.lists(st.tuples(st.floats(0.001, 3), st.sampled_from([SAD, CALM, None])), max_size=60),
    st.sampled_from(["sad above 0.6 for 2 s", "no face for 2 s"]),
)
def test_a_moment_needs_its_whole_time_in_pictures(steps: list[tuple[float, Face | None]], text: str) -> None:
    """Whatever comes: at a moment the condition was never seen false within the time before it."""
    (rule,) = parse(text, labels={})
    watch, now_s, seen = Watch(rule), 0.0, list[Analysis]()
    for step_s, one in steps:
        now_s += step_s
        seen.append(Analysis(len(seen), now_s, (one,) if one else ()))
        if watch.moment(now_s, one):
            within = [rule.condition.holds(was.main_face) for was in seen if now_s - was.time_s < rule.for_s - 1e-6]
            assert False not in within
            assert seen[0].time_s <= now_s - rule.for_s + 1e-5


def test_the_rules_of_the_document() -> None:
    text = (Path(__file__).parents[2] / "docs" / "live.md").read_text(encoding="utf-8")
    block = text.split("## Rules and webhooks")[1].split("```")[1]
    rules = parse(block, labels={}, hooks=HOOKS)
    assert [str(rule) for rule in rules] == [
        "sad above 0.6 for 3 s",
        "happy below 0.2 for 120 s",
        "no face for 5 s",
        "surprise above 0.8 for 0 s -> lamp",
    ]

"""Rules for what shall be noticed: ``sad above 0.6 for 3 s``, ``no face for 5 s``, ``happy above 0.8 for 1 s -> lamp``.

One rule a line, or several with ``;`` between them. A rule names an emotion (in English or by the server's own word),
above or below which score, and for how long; ``-> lamp`` calls the webhook of that name as well.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from emotion.errors import RuleError
from emotion.live.history import LONGEST_STEP_S
from emotion.types import EMOTIONS, Emotion, Face

# Each is looked at with every picture, and shown on the page.
MOST_RULES = 20
LONGEST_S = 3600.0
LONGEST_QUOTE = 60
EXAMPLE = "Write for example `sad above 0.6 for 3 s`."

_TIME = re.compile(r"(?P<number>\d+(?:\.\d+)?|\.\d+)\s*(?P<unit>s|sec|seconds?|min|minutes?)?", re.IGNORECASE)
_SIDE = re.compile(r"(?P<subject>.+?)\s*(?P<side>\babove\b|\bbelow\b|>|<)\s*(?P<score>\S+)", re.IGNORECASE)
_SIGNS = {">": "above", "<": "below"}
# Sums of frame times miss a round number by this.
ROUNDING_S = 1e-6


class Side(StrEnum):
    """On which side of its score a rule holds."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Level:
    """An emotion's score, above or below a number."""

    emotion: Emotion
    side: Side
    score: float

    def __str__(self) -> str:
        return f"{self.emotion.value} {self.side.value} {self.score:.10g}"

    def holds(self, face: Face | None) -> bool | None:
        """Whether this face is so; None where there is no face to ask."""
        if face is None:
            return None
        score = face.scores[self.emotion]
        return score > self.score if self.side is Side.ABOVE else score < self.score


@dataclass(frozen=True, slots=True)
class NoFace:
    """Nobody is in view."""

    def __str__(self) -> str:
        return "no face"

    def holds(self, face: Face | None) -> bool | None:
        return face is None


@dataclass(frozen=True, slots=True)
class Rule:
    """What shall be noticed, after how long, and whom to tell."""

    condition: Level | NoFace
    for_s: float
    hook: str = ""
    """The name of a webhook, or none."""

    @property
    def text(self) -> str:
        """What is noticed, in words: the text of its marker."""
        return f"{self.condition} for {self.for_s:.10g} s"

    def __str__(self) -> str:
        return f"{self.text} -> {self.hook}" if self.hook else self.text

    @property
    def emotion(self) -> Emotion | None:
        return self.condition.emotion if isinstance(self.condition, Level) else None


@dataclass(slots=True)
class Watch:
    """Whether one rule's moment has come, frame by frame. It belongs to one thread.

    It comes once for each time that the condition holds: again only after the condition was seen not to hold, or after
    another person's face came into the place of this one. A frame without the face, or a pause between frames, says
    nothing; when either lasts longer than LONGEST_STEP_S the condition has to hold for its whole time anew.
    """

    rule: Rule
    _since_s: float | None = None
    _last_s: float = 0.0
    _person: int | None = None
    _told: bool = False

    def moment(self, time_s: float, face: Face | None) -> bool:
        """Whether it is now, with this frame; times must rise."""
        person = face.track if face else None
        if person is not None and self.rule.emotion and person != self._person:
            self._person, self._since_s, self._told = person, None, False
        holds = self.rule.condition.holds(face)
        if holds is None:
            self._told = self._told and not self._forgotten(time_s)
            return False
        if not holds:
            self._since_s, self._told = None, False
            return False
        if self._since_s is None or self._forgotten(time_s):
            self._since_s = time_s
        self._last_s = time_s
        ripe = not self._told and time_s - self._since_s >= self.rule.for_s - ROUNDING_S
        self._told = self._told or ripe
        return ripe

    def _forgotten(self, time_s: float) -> bool:
        return time_s - self._last_s > LONGEST_STEP_S + ROUNDING_S


def parse(text: str, *, labels: Mapping[Emotion, str], hooks: frozenset[str] = frozenset()) -> tuple[Rule, ...]:
    """The rules in ``text``, each once. ``labels`` are the server's own words for the emotions, ``hooks`` its webhooks.

    Raises RuleError with a sentence about the first that is none.
    """
    pieces = [piece.strip() for piece in re.split(r"[\n;]", text)]
    rules = tuple(dict.fromkeys(_rule(piece, labels, hooks) for piece in pieces if piece))
    if len(rules) > MOST_RULES:
        raise RuleError(f"These are {len(rules)} rules, and {MOST_RULES} are the most. Leave some out.")
    return rules


def _rule(piece: str, labels: Mapping[Emotion, str], hooks: frozenset[str]) -> Rule:
    sentence, arrow, hook = (part.strip() for part in piece.partition("->"))
    said = textwrap.shorten(sentence, LONGEST_QUOTE, placeholder="…")
    subject, found, length = (part.strip() for part in _last_for(sentence))
    if not found:
        raise RuleError(f"'{said}' does not say for how long. {EXAMPLE}")
    condition = _condition(subject, said, labels)
    return Rule(condition, _seconds(length, said), _hook(hook, hooks, said) if arrow else "")


def _last_for(said: str) -> tuple[str, str, str]:
    """Before, "for", and after the last of them: an emotion may be called so too."""
    found = list(re.finditer(r"\bfor\b", said, re.IGNORECASE))
    return (said[: found[-1].start()], "for", said[found[-1].end() :]) if found else (said, "", "")


def _condition(subject: str, said: str, labels: Mapping[Emotion, str]) -> Level | NoFace:
    if re.fullmatch(r"no\s+face", subject, re.IGNORECASE):
        return NoFace()
    found = _SIDE.fullmatch(subject)
    if not found:
        raise RuleError(f"'{said}' says neither `above` nor `below` a score. {EXAMPLE} Or write `no face for 5 s`.")
    side = found["side"].lower()
    emotion = _emotion(found["subject"], said, labels)
    return Level(emotion, Side(_SIGNS.get(side, side)), _score(found["score"], said))


def _emotion(word: str, said: str, labels: Mapping[Emotion, str]) -> Emotion:
    wanted = " ".join(word.split()).casefold()
    names = {emotion.value: emotion for emotion in EMOTIONS}
    names |= {" ".join(label.split()).casefold(): emotion for emotion, label in labels.items()}
    if wanted not in names:
        known = ", ".join(labels.get(emotion, emotion.value) for emotion in EMOTIONS)
        raise RuleError(f"'{word}' in '{said}' is none of the emotions. They are: {known}.")
    return names[wanted]


def _score(word: str, said: str) -> float:
    try:
        score = float(word)
    except ValueError:
        score = -1.0
    if not 0 < score < 1:
        raise RuleError(f"'{word}' in '{said}' is no score. Scores lie between 0 and 1; write for example 0.6.")
    return score


def _seconds(length: str, said: str) -> float:
    found = _TIME.fullmatch(length)
    if not found:
        raise RuleError(f"'{length}' in '{said}' is no length of time. Write for example `for 3 s` or `for 2 min`.")
    unit = (found["unit"] or "s").lower()
    seconds = float(found["number"]) * (60 if unit.startswith("m") else 1)
    if seconds > LONGEST_S:
        raise RuleError(f"'{said}' waits for longer than an hour, which is the most. Write a shorter time.")
    return round(seconds, 3)


def _hook(name: str, hooks: frozenset[str], said: str) -> str:
    if name in hooks:
        return name
    if not hooks:
        raise RuleError(
            f"'{said}' calls '{name}', and this server has no webhooks. Leave `-> {name}` out, or ask its "
            "administrator to name it in EMOTION_WEBHOOKS."
        )
    raise RuleError(f"'{said}' calls '{name}', which is no webhook of this server. It has: {', '.join(sorted(hooks))}.")

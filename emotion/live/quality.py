"""What a person should know about how well this works just now: one quiet line, and one piece of advice at a time.

Pure: a snapshot and what was said before in, words out.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from emotion.live.values import Snapshot

# Something that is over within this time needs no advice, and advice that stands is not taken back sooner.
CALM_S = 1.0
# A camera sends many pictures a second; this long without one, something is wrong.
STALLED_S = 3.0
# Rates mean nothing before they were taken over some seconds.
SETTLED_S = 4.0


class Topic(StrEnum):
    """What advice can be about, the most important first."""

    FAILING = "failing"
    WAITING = "waiting"
    STALLED = "stalled"
    NO_FACE = "no face"
    NOT_IN_VIEW = "not in view"
    ALL_BLURRED = "all blurred"
    DARK = "dark"
    BRIGHT = "bright"
    SMALL = "small"
    TURNED = "turned"
    SLOW = "slow"
    FEW = "few"
    LOST = "lost"
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """What is said, and what is about to be."""

    topic: Topic = Topic.NOTHING
    coming: Topic = Topic.NOTHING
    """What the latest snapshot asks for; said once it has lasted."""
    since_s: float = 0.0
    """Since when, in the session's time."""


SILENCE = Advice()


@dataclass(frozen=True, slots=True)
class _Ramp:
    """A number that is bad beyond one value until it is back at another, so that nothing blinks in between.

    With ``bad`` above ``good`` it may not be high, else not low.
    """

    of: Callable[[Snapshot], float]
    bad: float
    good: float

    def holds(self, snapshot: Snapshot, *, already: bool) -> bool:
        limit = self.good if already else self.bad
        value = self.of(snapshot)
        return value < limit if self.bad < self.good else value > limit


def _too_slow(snapshot: Snapshot) -> float:
    """Pictures analysed a second, where the machine is what holds them up."""
    rates = snapshot.rates
    return rates.analysed_per_s if snapshot.elapsed_s > SETTLED_S and rates.dropped_share > 0.2 else math.inf


def _too_few(snapshot: Snapshot) -> float:
    return snapshot.rates.camera_per_s if snapshot.elapsed_s > SETTLED_S else math.inf


def _of_face(value: Callable[[Snapshot], float], otherwise: float) -> Callable[[Snapshot], float]:
    return lambda snapshot: value(snapshot) if snapshot.chosen else otherwise


# The limits of light, size and view are the middles of the ramps in vision/quality.py: there half of the trust is gone.
# For what is so or not.
YES = 0.5, 0.4
RAMPS = {
    Topic.FAILING: _Ramp(lambda snapshot: snapshot.failures, 2, 0),
    Topic.WAITING: _Ramp(lambda snapshot: float(snapshot.analysis is None), *YES),
    Topic.STALLED: _Ramp(lambda snapshot: snapshot.quiet_s, STALLED_S, 1.0),
    Topic.NO_FACE: _Ramp(lambda snapshot: float(not snapshot.faces), *YES),
    Topic.NOT_IN_VIEW: _Ramp(lambda snapshot: float(snapshot.chosen is None), *YES),
    Topic.ALL_BLURRED: _Ramp(lambda snapshot: float(snapshot.all_blurred), *YES),
    Topic.DARK: _Ramp(_of_face(lambda snapshot: snapshot.view.light, math.inf), 0.16, 0.21),
    Topic.BRIGHT: _Ramp(_of_face(lambda snapshot: snapshot.view.light, 0.0), 0.92, 0.88),
    Topic.SMALL: _Ramp(_of_face(lambda snapshot: snapshot.view.face_px, math.inf), 48, 56),
    Topic.TURNED: _Ramp(_of_face(lambda snapshot: snapshot.view.turn, 0.0), 0.4, 0.3),
    Topic.SLOW: _Ramp(_too_slow, 8, 10),
    Topic.FEW: _Ramp(_too_few, 8, 10),
    Topic.LOST: _Ramp(lambda snapshot: snapshot.sink_failures, *YES),
}
# Nobody has to wait to be told of these.
AT_ONCE = frozenset({Topic.FAILING, Topic.WAITING, Topic.STALLED})

ASK = "Ask whoever runs this server to look at its log."
WORDS = {
    Topic.FAILING: "{failures} pictures in a row could not be analysed. " + ASK,
    Topic.WAITING: "Waiting for the first picture of the camera.",
    Topic.STALLED: "No picture has come for a while. Check the camera and the network, or press Stop and Start again.",
    Topic.NO_FACE: "No face in view. Look into the camera, come closer, and let light fall on your face.",
    Topic.NOT_IN_VIEW: "Face {track} is not in view. Choose another one, or wait until it comes back.",
    Topic.ALL_BLURRED: "All faces are blurred, as the one to show is not in view. Choose whom to show.",
    Topic.DARK: "The face is too dark. Turn a lamp towards it, or face a window.",
    Topic.BRIGHT: "The face is too bright. Dim the light on it, or move away from it.",
    Topic.SMALL: "The face is small ({face_px:.0f} pixels). Come closer to the camera.",
    Topic.TURNED: "The face is turned away. Look towards the camera.",
    Topic.SLOW: "This server manages {analysed:.0f} pictures a second. "
    "Close other sessions; a small picture and no blurred faces make it faster, too.",
    Topic.FEW: "Only {camera:.0f} pictures a second arrive. Give the camera more light, or use a faster network.",
    Topic.LOST: "What follows the pictures (a recording, a rule) failed {lost} times. " + ASK,
    Topic.NOTHING: "",
}


def advise(snapshot: Snapshot, before: Advice = SILENCE, *, camera: bool = True) -> Advice:
    """What to say now, after what was said before.

    Without a ``camera`` few pictures are nothing to mend: of a screen on which nothing moves Chrome sends about one a
    second, and a video has its own rate.
    """
    wished = _wished(snapshot, before.topic, frozenset() if camera else frozenset({Topic.FEW}))
    if wished == before.topic:
        return Advice(wished, wished, snapshot.elapsed_s)
    # A new session's clock begins anew.
    since_s = min(before.since_s, snapshot.elapsed_s) if wished == before.coming else snapshot.elapsed_s
    if wished in AT_ONCE or snapshot.elapsed_s - since_s >= CALM_S:
        return Advice(wished, wished, snapshot.elapsed_s)
    return Advice(before.topic, wished, since_s)


def sentence(advice: Advice, snapshot: Snapshot) -> str:
    """The advice as a sentence; empty if all is well."""
    return WORDS[advice.topic].format(
        failures=max(snapshot.failures, 1),
        track=snapshot.chosen_track,
        face_px=snapshot.view.face_px,
        analysed=snapshot.rates.analysed_per_s,
        camera=snapshot.rates.camera_per_s,
        lost=snapshot.sink_failures,
    )


def in_short(snapshot: Snapshot) -> str:
    """The quiet line: how fast, how late, how well lit, how large."""
    rates, faces = snapshot.rates, len(snapshot.faces)
    parts = [
        f"{rates.camera_per_s:.0f} fps",
        f"{rates.analysed_per_s:.0f} analysed",
        f"{rates.delay_ms:.0f} ms",
        f"light {light_word(snapshot.view.light)}",
        f"{faces} face" + "s" * (faces != 1),
    ]
    if snapshot.chosen:
        parts.insert(4, f"face {snapshot.view.face_px:.0f} px")
    if snapshot.failed:
        parts.append(f"{snapshot.failed} failed")
    return " · ".join(parts)


def at_length(snapshot: Snapshot) -> str:
    """The same, explained, with what is not worth a place in the line."""
    rates = snapshot.rates
    return "\n\n".join(
        (
            f"**{rates.camera_per_s:.1f} pictures a second** come from the camera, **{rates.analysed_per_s:.1f}** of "
            f"them are analysed. {rates.dropped:,} were left out since the start, as another was worked on.",
            f"**{rates.delay_ms:.0f} ms** pass from a picture's arrival at the server to its return (median), without "
            "the way through the network.",
            f"**Light {snapshot.view.light:.0%}**: mean brightness of the face, or of the picture without one.",
            f"**{snapshot.seen_share:.0%}** of {snapshot.frames:,} pictures show a face.",
        )
    )


def light_word(light: float) -> str:
    """Brightness in a word; the limits are those of the advice."""
    dark, bright = RAMPS[Topic.DARK].bad, RAMPS[Topic.BRIGHT].bad
    return "low" if light < dark else "harsh" if light > bright else "good"


def _wished(snapshot: Snapshot, shown: Topic, unsaid: frozenset[Topic]) -> Topic:
    ramps = ((topic, ramp) for topic, ramp in RAMPS.items() if topic not in unsaid)
    holding = (topic for topic, ramp in ramps if ramp.holds(snapshot, already=topic == shown))
    return next(holding, Topic.NOTHING)

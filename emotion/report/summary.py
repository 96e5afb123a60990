"""What a recording comes down to: the numbers of ``summary.json``, and one or two sentences."""

from __future__ import annotations

from collections.abc import Mapping

from emotion.report.columns import LABELS
from emotion.report.moments import NONE, Moments
from emotion.report.people import in_view_s
from emotion.report.timeline import Timeline
from emotion.types import EMOTIONS, Emotion

# With MTCNN about 2 % of the frames of a video without people hold something that looks like a face.
HARDLY_ANY = 0.03
WORTH_NAMING = 0.05

STRETCHES = 60
NOBODY = "."
MOST_FACES = 20


def summary(
    timeline: Timeline,
    *,
    source: Mapping[str, object],
    settings: Mapping[str, object],
    versions: Mapping[str, str],
    seconds_taken: float,
    labels: Mapping[Emotion, str] | None = None,
) -> dict[str, object]:
    """The content of ``summary.json``, ready for :func:`json.dumps`.

    ``source`` says what was analysed (name, sha256, size in bytes, duration in seconds, frames), ``settings`` and
    ``versions`` with what; they are passed on as they are. ``labels`` are the person's words for the emotions.
    """
    mean, share = timeline.mean(), timeline.share()
    return {
        "in_words": in_words(timeline, labels),
        "source": dict(source),
        "frames_analysed": timeline.frames,
        "frames_with_face": timeline.frames_with_face,
        "faces": _faces(timeline),
        "strip": strip(timeline),
        "emotions": {
            emotion.value: {
                "mean_score": None if mean is None else round(mean[emotion], 4),
                "share_of_time": round(share[emotion], 4),
            }
            for emotion in EMOTIONS
        },
        "uncertain_share_of_time": round(timeline.uncertain(), 4),
        "settings": dict(settings),
        "versions": dict(versions),
        "seconds_taken": round(seconds_taken, 2),
    }


def in_words(timeline: Timeline, labels: Mapping[Emotion, str] | None = None) -> str:
    """The result in a sentence for people."""
    frames, seen = timeline.frames, timeline.frames_with_face
    if not frames:
        return "No frame of this video was analysed."
    if seen / frames < HARDLY_ANY:
        return f"There is no face to speak of in this video (faces in {seen} of {_count(frames)})."
    return f"A face was seen in {_of(seen, frames)}; {_moods(timeline, labels or {})}."


def strip(timeline: Timeline) -> str:
    """The recording at a glance: its time in STRETCHES equal parts, each a digit, the place in LABELS of what fills
    most of it, or NOBODY."""
    return "".join(NOBODY if place == NONE else str(place) for place in Moments.of(timeline).strip(STRETCHES))


def shown(strip: str) -> list[str | None]:
    """The label of each part of a strip, None for nobody; whatever is no strip gives none."""
    digits = {str(place): label for place, label in enumerate(LABELS)}
    return [digits.get(part) for part in strip]


def _faces(timeline: Timeline) -> dict[str, object]:
    """How many there are, and those that are longest in view."""
    seconds = in_view_s(timeline)
    longest = [{"face": face, "seconds": round(lasts, 3)} for face, lasts in list(seconds.items())[:MOST_FACES]]
    return {"total": len(seconds), "highest": max(seconds, default=0), "longest": longest}


def _moods(timeline: Timeline, labels: Mapping[Emotion, str]) -> str:
    shares = sorted(timeline.share().items(), key=lambda item: -item[1])
    (first, most), (second, next_most) = shares[:2]
    text = f"mostly {_word(first, labels)} ({most:.0%} of that time".replace("%", " %") + ")"
    if next_most < WORTH_NAMING:
        return text
    return text + f", then {_word(second, labels)} ({next_most:.0%}".replace("%", " %") + ")"


def _of(seen: int, frames: int) -> str:
    """A share of the frames; only all of them are called all, however few are missing."""
    if seen == frames:
        return "the only frame" if frames == 1 else f"all {frames} frames"
    return f"{min(round(100 * seen / frames), 99)} % of {_count(frames)}"


def _count(frames: int) -> str:
    return f"{frames} frame" if frames == 1 else f"{frames} frames"


def _word(emotion: Emotion, labels: Mapping[Emotion, str]) -> str:
    return labels.get(emotion, emotion.value)

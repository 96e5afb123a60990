"""One recording in one row of a table: facts of its summary as words, and a strip of colours over time."""

from __future__ import annotations

import base64
import datetime
import itertools
from typing import Any

from emotion.palette import of_label
from emotion.report.summary import HARDLY_ANY, WORTH_NAMING, shown
from emotion.store.values import JobState, Recording
from emotion.types import UNCERTAIN

# A cell of the table, and the strip within it.
CELL_PX = (200, 40)
STRIP_PX = (184, 14)
# As in the merged video: what is uncertain is told by its height too.
UNSURE_HEIGHT = 0.4

STATES = {
    JobState.RECORDING: "Recording now",
    JobState.WAITING: "Waiting",
    JobState.RUNNING: "Being analysed",
    JobState.PAUSED: "Paused",
    JobState.FAILED: "Failed",
    JobState.CANCELLED: "Cancelled",
}
Facts = dict[str, Any]


def row(recording: Recording, shared_until_s: float | None = None) -> dict[str, object]:
    """The cells of a recording, by the names of their columns; None where nothing is known yet."""
    facts = recording.facts
    lasts_s = facts.get("source", {}).get("duration_s")
    until_s = recording.keep_until_s
    return {
        "Name": recording.name,
        "Over time": strip_picture(facts.get("strip", "")) or None,
        "Mostly": STATES.get(recording.job.state) or mostly(facts),
        "Length": None if lasts_s is None else datetime.timedelta(seconds=round(lasts_s)),
        "Faces": facts.get("faces", {}).get("total"),
        "Added": moment(recording.created_s),
        "Kept until": None if until_s is None else moment(until_s),
        "Shared until": None if shared_until_s is None else last_day(shared_until_s),
    }


def moment(time_s: float) -> datetime.datetime:
    """Seconds since 1970 as a time that knows its zone."""
    return datetime.datetime.fromtimestamp(time_s, tz=datetime.UTC)


def end_of(day: datetime.date) -> float:
    """The day's end in whatever zone the day still goes on the longest: 12 hours west of Greenwich."""
    noon = datetime.datetime.combine(day, datetime.time(12), tzinfo=datetime.UTC)
    return (noon + datetime.timedelta(days=1)).timestamp()


def last_day(until_s: float) -> datetime.date:
    """The other way round: the day of which that is the end."""
    return (moment(until_s) - datetime.timedelta(days=1.5)).date()


def mostly(facts: Facts) -> str:
    """``Happy 62 %, neutral 21 %``, in the words of the recording's settings."""
    if facts.get("frames_with_face", 0) < HARDLY_ANY * facts.get("frames_analysed", 0):
        return "No face to speak of"
    words = facts.get("settings", {}).get("labels", {})
    shares = {emotion: numbers["share_of_time"] for emotion, numbers in facts.get("emotions", {}).items()}
    most = sorted(shares.items(), key=lambda item: -item[1])[:2]
    named = [f"{words.get(emotion, emotion)} {share:.0%}".replace("%", " %") for emotion, share in most]
    worth = [text for text, (_, share) in zip(named, most, strict=True) if share >= WORTH_NAMING]
    return ", ".join(worth).capitalize() if worth else ""


def strip_picture(strip: str) -> str:
    """The recording's strip as the address of a picture, which lies in the address itself; empty without a strip."""
    labels = shown(strip)
    if not any(labels):
        return ""
    part, (width, height) = STRIP_PX[0] / len(labels), CELL_PX
    bars, left = [], (width - STRIP_PX[0]) / 2
    for label, same in itertools.groupby(labels):
        length = part * len(list(same))
        if label:
            bars.append(_bar(label, left, length))
        left += length
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{"".join(bars)}</svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _bar(label: str, left: float, width: float) -> str:
    red, green, blue = of_label(label)
    height = STRIP_PX[1] * (UNSURE_HEIGHT if label == UNCERTAIN else 1)
    top = (CELL_PX[1] - height) / 2
    place = f'x="{left:.2f}" y="{top:g}" width="{width:.2f}" height="{height:g}"'
    return f'<rect {place} fill="#{red:02x}{green:02x}{blue:02x}"/>'

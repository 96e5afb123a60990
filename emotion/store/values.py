"""What the store gives out: frozen values, safe to hand to any thread."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Mark = tuple[float, str]
"""A marker that was set while a live session was recorded: seconds of the recording, and the person's words."""


class Origin(StrEnum):
    """Where the video of a recording lies."""

    UPLOAD = "upload"
    """In the recording's folder, under ``source/``."""
    MEDIA = "media"
    """In the folder that the administrator allows; the path is relative to it."""
    LIVE = "live"
    """Recorded from a camera; in the recording's folder too."""


class JobState(StrEnum):
    """How it stands with the analysis of a recording."""

    RECORDING = "recording"
    """Of a live session that is still going on: there is nothing to do yet."""
    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    """Goes on by itself when there is room on the disk again."""
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class Step(StrEnum):
    """The steps of an analysis, in order; ``see`` and ``render`` have a task for every segment."""

    PLAN = "plan"
    SEE = "see"
    REMEMBER = "remember"
    RENDER = "render"
    JOIN = "join"

    @property
    def per_segment(self) -> bool:
        return self in (Step.SEE, Step.RENDER)

    @property
    def following(self) -> Step | None:
        steps = list(Step)
        return next(iter(steps[steps.index(self) + 1 :]), None)


class TaskState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Job:
    """The analysis of a recording. All ``_s`` are seconds since 1970."""

    state: JobState
    message: str
    """A sentence for the person: why it failed or pauses; else empty."""
    settings: dict[str, Any]
    """What :meth:`emotion.settings.Settings.for_a_job` gave."""
    segments: int | None
    """None until the video was looked through."""
    frames: int | None
    """None as long as nobody knows."""
    created_s: float
    started_s: float | None
    finished_s: float | None


@dataclass(frozen=True, slots=True)
class Recording:
    """One video and its one analysis."""

    id: str
    owner: str
    name: str
    """As the person calls it."""
    origin: Origin
    source: str
    """A file name in the folder ``source/``, or for :attr:`Origin.MEDIA` a relative path."""
    size_bytes: int
    created_s: float
    keep_until_s: float | None
    """None is for ever."""
    facts: dict[str, Any]
    """What stands in ``summary.json``; empty until the analysis is done."""
    job: Job


@dataclass(frozen=True, slots=True)
class Lease:
    """A part of an analysis that one worker may do until ``until_s``, and longer as long as it gets on."""

    task_id: int
    ticket: str
    """New for every claim: who comes back late with an old one is told so."""
    recording: Recording
    step: Step
    number: int
    tries: int
    """This one counted."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """How far a job is and what a person can expect."""

    state: JobState
    message: str
    before: int
    """Jobs whose turn is earlier; 0 unless it waits."""
    wait_s: float | None
    """A guess at the seconds until its turn; None where nothing was measured yet, and unless it waits."""
    step: Step | None
    """None before and after the work."""
    frames_done: int
    """Of this step."""
    frames_total: int
    """0 where nobody knows."""
    frames_per_second: float
    left_s: float | None
    share: float
    """Between 0 and 1, over all steps."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that works, or did until ``seen_s``."""

    id: str
    host: str
    pid: int
    started_s: float
    seen_s: float

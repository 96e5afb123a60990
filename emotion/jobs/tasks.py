"""A recording's analysis as tasks: pure functions of files, to be done by any process, on any machine.

::

    PLAN -> SEE 0 .. SEE n-1 -> REMEMBER -> RENDER 0 .. RENDER n-1 -> JOIN

The tasks between two arrows may be done in any order and at the same time. Each leaves its result under a name of its
own in the recording's folder, where it appears whole; what is there is never computed again. So an analysis that broke
off goes on where it was, and two who do the same task do no harm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from emotion.jobs import join, remember, segments
from emotion.jobs.progress import Meter, OnProgress, ignore
from emotion.jobs.workplace import Planned, Workplace
from emotion.settings import Settings
from emotion.store.values import Step

__all__ = ["Planned", "Step", "Task", "perform"]


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work on one recording. It can be pickled."""

    step: Step
    source: Path
    """The video."""
    folder: Path
    """The recording's own; ``work`` and ``results`` in it are ours."""
    settings: Settings
    number: int = 0
    """SEE and RENDER: which of the ``Planned.segments``."""


def perform(task: Task, *, on_progress: OnProgress = ignore) -> Planned | None:
    """Does the task unless its result is there. PLAN returns what it found, the others nothing.

    ``on_progress`` is called once a frame or oftener than once a second, in this thread; the frames it counts are
    those of the task. Raises UnreadableVideo and InputError, which no second try will change; OutputError (DiskFull
    where there is no room), ModelError; and what ``on_progress`` raises, Cancelled say, with nothing half-written left.
    """
    place = Workplace(task.source, task.folder, task.settings)
    meter = Meter(on_progress)
    if task.step is Step.PLAN:
        return segments.plan_segments(place, meter)
    _WORK[task.step](place, task.number, meter)
    return None


_WORK: dict[Step, Callable[[Workplace, int, Meter], None]] = {
    Step.SEE: segments.see_segment,
    Step.REMEMBER: lambda place, _, meter: remember.remember(place, meter),
    Step.RENDER: segments.render_segment,
    Step.JOIN: lambda place, _, meter: join.join_results(place, meter),
}

"""A recording analysed task by task, as workers do it."""

from __future__ import annotations

import random
from pathlib import Path

from emotion.jobs.tasks import Planned, Step, Task, perform
from emotion.settings import Settings


def in_pieces(source: Path, folder: Path, settings: Settings, *, seed: int | None = None) -> Planned:
    """Does all tasks of ``source``, those of one kind in an order that ``seed`` mixes. Returns the plan."""
    planned = perform(Task(Step.PLAN, source, folder, settings))
    assert planned is not None
    numbers = list(range(planned.segments))
    for step in (Step.SEE, Step.REMEMBER, Step.RENDER, Step.JOIN):
        if seed is not None:
            random.Random(seed).shuffle(numbers)
        for number in numbers if step in (Step.SEE, Step.RENDER) else [0]:
            assert perform(Task(step, source, folder, settings, number)) is None
    return planned

"""(g) A recorded video by one worker and by two, here and in a Dask cluster; and after a kill half-way."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness import Bench, median, say, scratch
from records import record

from emotion.jobs.submit import submit_file
from emotion.media.probe import probe
from emotion.settings import Settings
from emotion.store import outlook, recordings
from emotion.store.database import Database
from emotion.store.values import JobState, Recording

# Pieces enough that two workers are never short of them.
PIECES = 8
LOOK_S = 0.02


def measure(bench: Bench) -> Iterator[dict[str, Any]]:
    """Seconds from the moment when the job is there until its results are; the workers have started before."""
    with scratch() as name, _scheduler() as scheduler:
        folder = Path(name)
        alone, two, killed, dask_alone, dask_two = [], [], [], [], []
        for number in range(bench.runs):
            place = folder / str(number)
            alone.append(_local(bench.clip, place / "1", workers=1))
            two.append(_local(bench.clip, place / "2", workers=2))
            killed.append(_local(bench.clip, place / "killed", workers=1, kill=True))
            dask_alone.append(_dask(bench.clip, place / "dask-1", scheduler, workers=1))
            dask_two.append(_dask(bench.clip, place / "dask-2", scheduler, workers=2))
            say(f"    {alone[-1]:.1f} {two[-1]:.1f} {killed[-1]:.1f} {dask_alone[-1]:.1f} {dask_two[-1]:.1f} s")
    yield _ratio("two workers against one", alone, two)
    yield _ratio("two Dask workers against one", dask_alone, dask_two)
    yield _ratio("one Dask worker against one of ours", alone, dask_alone)
    yield _ratio("killed half-way and started again, against undisturbed", alone, killed)


def _ratio(what: str, before: list[float], after: list[float]) -> dict[str, Any]:
    ratios = [one / other for one, other in zip(before, after, strict=True)]
    return record(
        "g",
        what,
        median(ratios),
        "× as fast",
        spread=[min(ratios), max(ratios)],
        seconds=[median(before), median(after)],
    )


def _local(clip: Path, folder: Path, *, workers: int, kill: bool = False) -> float:
    return _timed(clip, _settings(clip, folder, workers=workers), kill=kill)


def _dask(clip: Path, folder: Path, scheduler: str, *, workers: int) -> float:
    options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(folder)]
    with contextlib.ExitStack() as running:
        for _ in range(workers):
            running.enter_context(_dask_process("worker", scheduler, *options))
        return _timed(clip, _settings(clip, folder, dask_scheduler=scheduler))


def _settings(clip: Path, folder: Path, **more: Any) -> Settings:
    info = probe(clip)
    lasts_s = info.frames / info.frame_rate
    return Settings.load(data_dir=folder, min_free_gb=0, segment_s=max(1, lasts_s / PIECES), **more)


def _timed(clip: Path, settings: Settings, *, kill: bool = False) -> float:
    with Database.open(settings) as database, contextlib.ExitStack() as crews:
        crews.enter_context(_crew(settings))
        # Workers are ready when a first short job is done: their start is not what is measured.
        _wait(database, submit_file(database, settings, clip), settings)
        recording = submit_file(database, settings, clip)
        began = time.perf_counter()
        if kill:
            while outlook.of(database, recording.id).share < 0.5:
                time.sleep(LOOK_S)
            crews.pop_all().__exit__(KeyboardInterrupt, None, None)
            crews.enter_context(_crew(settings))
        _wait(database, recording, settings)
        return time.perf_counter() - began


def _wait(database: Database, recording: Recording, settings: Settings) -> None:
    while not (found := recordings.get(database, recording.id)).job.state.over:
        time.sleep(LOOK_S)
    if found.job.state is not JobState.DONE:
        raise RuntimeError(f"{found.job.state}: {found.job.message}")


@contextlib.contextmanager
def _crew(settings: Settings) -> Iterator[None]:
    """A supervisor with its workers, all in a process group of their own; they are killed with the block."""
    command = [sys.executable, "-m", "emotion", "worker", "--with-parent"]
    environment = {**os.environ, **settings.as_environment()}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=quiet, env=environment, start_new_session=True
    ) as process:
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)


@contextlib.contextmanager
def _dask_process(*command: str) -> Iterator[None]:
    with subprocess.Popen([sys.executable, "-m", "dask", *command], stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.kill()


@contextlib.contextmanager
def _scheduler() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with _dask_process("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show"):
        yield f"tcp://127.0.0.1:{port}"

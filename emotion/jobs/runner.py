"""Analyses outside the process that serves the pages: one at a time, in a process of its own each.

A decoder that crashes takes its own process with it and nobody else's; stopping an analysis is ending that process.
When the server goes, however it goes, the pipe to each of its processes closes and they end themselves.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emotion.jobs.progress import Progress, Stage
from emotion.settings import Settings

log = logging.getLogger(__name__)

# A process that is asked to end cleans up after itself; one that hangs in a decoder does not hear the question.
STOP_GRACE_S = 10.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """Others are before this one."""

    before: int


@dataclass(frozen=True, slots=True)
class Running:
    """Being analysed; ``progress`` is None until the first frame."""

    progress: Progress | None


@dataclass(frozen=True, slots=True)
class Finished:
    """The results lie in ``folder``."""

    folder: Path


@dataclass(frozen=True, slots=True)
class Failed:
    """``reason`` is a sentence for the person who asked."""

    reason: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The person did not want it any more."""


State = Waiting | Running | Finished | Failed | Stopped


class Job:
    """One recording to analyse. Its state may be read from any thread."""

    def __init__(self, source: Path, folder: Path, settings: Settings) -> None:
        self.source = source
        self.folder = folder
        self._settings = settings
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._stop_asked = False
        self._state: State = Waiting(0)

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def state(self) -> State:
        return self._state

    @property
    def over(self) -> bool:
        return isinstance(self._state, Finished | Failed | Stopped)

    def stop(self) -> None:
        """Asks for the end; nothing of the results is kept. Returns at once."""
        with self._lock:
            self._stop_asked = True
            if self._process is None and not self.over:
                self._state = Stopped()
                self._delete_source()
            elif self._process is not None and self._process.poll() is None:
                self._process.terminate()
                threading.Thread(target=_kill_if_deaf, args=[self._process], name="stop-grace", daemon=True).start()

    def run(self) -> None:
        """Runs to the end, in the thread of the runner. The source is deleted afterwards, whatever came out."""
        try:
            process = self._start()
            if process is not None:
                with process:
                    self._state = self._follow(process)
        except Exception:
            # One of the two edges that must survive: the next person's video waits behind this one.
            log.exception("An analysis could not be run")
            self._state = Failed("The analysis could not be run. Try again; the server's log says more.")
        finally:
            self._delete_source()

    def _start(self) -> subprocess.Popen[str] | None:
        with self._lock:
            if self._stop_asked:
                return None
            self._state = Running(None)
            # One level below: the command names the folder after the video.
            options = ["--out", str(self.folder.parent), "--progress", "json"]
            self._process = subprocess.Popen(
                [sys.executable, "-m", "emotion", "analyze", *options, "--", str(self.source)],
                env={**os.environ, **self._settings.as_environment()},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            return self._process

    def _follow(self, process: subprocess.Popen[str]) -> State:
        outcome: State | None = None
        for line in process.stdout or ():
            match _message(line):
                case {"progress": dict(values)}:
                    self._state = Running(Progress(**{**values, "stage": Stage(values["stage"])}))
                case {"error": str(reason)}:
                    outcome = Failed(reason)
                case {"done": True}:
                    outcome = Finished(self.folder)
        code = process.wait()
        if self._stop_asked and not isinstance(outcome, Finished):
            return Stopped()
        return outcome or Failed(_end_in_words(code))

    def _delete_source(self) -> None:
        shutil.rmtree(self.source.parent, ignore_errors=True)


def _message(line: str) -> Any:
    with contextlib.suppress(json.JSONDecodeError):
        return json.loads(line)
    return None


def _kill_if_deaf(process: subprocess.Popen[str]) -> None:
    try:
        process.wait(STOP_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()


def _end_in_words(code: int) -> str:
    cause = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return (
        f"The analysis ended unexpectedly ({cause}). The file may be damaged: "
        "convert it to MP4 with another program and try again."
    )


class Runner:
    """Everybody's jobs, in the order in which they came. One per server process."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Job] = queue.Queue()
        self._jobs: list[Job] = []
        self._lock = threading.Lock()
        # A daemon, so that the server's end waits for no queue.
        threading.Thread(target=self._work, name="analyses", daemon=True).start()

    def submit(self, source: Path, folder: Path, settings: Settings) -> Job:
        """Queues ``source``, which must lie in a folder of its own: that folder is deleted when the job is over.

        The results go to ``folder``, which must be named after the source.
        """
        job = Job(source, folder, settings)
        with self._lock:
            self._jobs = [*(known for known in self._jobs if not known.over), job]
        self._waiting.put(job)
        return job

    def state(self, job: Job) -> State:
        """The job's state, with its place in the queue while it waits."""
        if not isinstance(job.state, Waiting):
            return job.state
        with self._lock:
            earlier = self._jobs[: self._jobs.index(job)] if job in self._jobs else []
        return Waiting(sum(not known.over for known in earlier))

    def close(self) -> None:
        """Stops every job. Their processes end within the grace."""
        with self._lock:
            jobs = list(self._jobs)
        for job in reversed(jobs):
            job.stop()

    def _work(self) -> None:
        while True:
            self._waiting.get().run()

"""What every figure needs: clips, child processes that are timed and weighed, medians."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

ROOT = Path(__file__).parents[1]
HERE = Path(__file__).parent
SAMPLE_S = 0.02

sys.path.insert(0, str(ROOT / "tests"))  # clips.py, which makes clips of a real face, lives there


@dataclass(frozen=True, slots=True)
class Bench:
    """What a figure is measured on, and how often."""

    clip: Path
    runs: int
    peer_frames: int
    """How many of the clip's first frames FER gets: it would take minutes for all."""
    peers: tuple[str, ...]
    """FER's detectors: mtcnn, haar."""
    people: int
    """How many persons the clip shows."""
    minutes: tuple[float, ...]
    """Lengths of the videos whose memory is measured."""
    seconds: float
    """How long live sessions are watched."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A child process that is over; all of its threads and children count."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    said: str


def run_child(command: Sequence[str | Path], **environment: str) -> Ran:
    """Runs ``command`` to its end. Its complaints go to standard error; raises RuntimeError if it fails."""
    began = time.perf_counter()
    child = subprocess.Popen(
        [str(part) for part in command], cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
    )
    tree = _Tree(child.pid)
    said = child.stdout.read() if child.stdout else ""
    _, status, usage = os.wait4(child.pid, 0)
    wall_s = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.stdout:
        child.stdout.close()
    if child.returncode:
        raise RuntimeError(f"exit code {child.returncode}: {' '.join(map(str, command))}")
    # Only where there is no /proc: Linux counts what this process held when it started the child as the child's.
    own_kib = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return Ran(wall_s, usage.ru_utime + usage.ru_stime, (tree.stop() or own_kib) / 1024, said)


def run_analyze(clip: Path, out: Path, *options: str, **environment: str) -> Ran:
    """``emotion analyze`` with all artefacts, as a person would start it."""
    command = [sys.executable, "-m", "emotion", "analyze", clip, "--out", out, *options]
    return run_child(command, **environment)


class _Tree:
    """Watches the memory of a process and its children: the sum of what each of them held at most.

    Where there is no /proc it sees nothing, and the process's own peak from the system must do.
    """

    def __init__(self, root: int) -> None:
        self._root = root
        self._peak_kib = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        self._over.set()
        self._thread.join()
        return self._peak_kib

    def _watch(self) -> None:
        while not self._over.wait(SAMPLE_S):
            self._peak_kib = max(self._peak_kib, sum(_peak_kib(pid) for pid in _family(self._root)))


def _family(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except (OSError, ValueError):
        children = []
    return [pid, *(member for child in children for member in _family(child))]


def _peak_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that ``share`` (0 to 1) of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def make_clip(folder: Path) -> Path:
    """Ten seconds of a real face that moves and changes, 640x360, with sound."""
    import clips

    size, rate, count = (640, 360), 24.0, 240
    images = clips.changing_faces(count, size=size, face_px=110)
    return clips.make_clip(
        folder / "astronaut.mp4", times_s=clips.even_times(count, rate=rate), size=size, images=images
    )


def scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="emotion-bench-")


def say(text: str) -> None:
    typer.echo(text, err=True)

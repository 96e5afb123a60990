"""Telling progress: a bar for a person at a terminal, JSON lines for a program that reads along."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from emotion.jobs.progress import OnProgress, Progress, ignore, in_words

# A page refreshes twice a second; more lines than this nobody reads.
JSON_INTERVAL_S = 0.2


@contextlib.contextmanager
def reporter(style: str, name: str) -> Iterator[OnProgress]:
    """What to call after every frame, in the style asked for: ``auto``, ``json`` or ``none``."""
    if style == "json":
        _stop_with_parent()
        yield _json_lines()
    elif style == "auto" and sys.stderr.isatty():
        with _bar(name) as on_progress:
            yield on_progress
    else:
        yield ignore


def tell_result(style: str, folder: Path, facts: dict[str, Any]) -> None:
    if style == "json":
        _line({"done": True})
    else:
        _say(f"{folder}: {facts['in_words']}", sys.stdout)


def tell_failure(style: str, sentence: str) -> None:
    if style == "json":
        _line({"error": sentence})
    else:
        _say(f"error: {sentence}", sys.stderr)


@contextlib.contextmanager
def _bar(name: str) -> Iterator[OnProgress]:
    # 40 ms to import, and the pages' own runs, like scripts, draw no bar.
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.fields[name]}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"))
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=1.0, name=escape(name))
        yield lambda progress: bars.update(task, completed=progress.share, description=in_words(progress))


def _json_lines() -> Callable[[Progress], None]:
    last = 0.0

    def on_progress(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= JSON_INTERVAL_S:
            last = time.monotonic()
            _line({"progress": asdict(progress)})

    return on_progress


def _say(sentence: str, stream: TextIO) -> None:
    stream.write(sentence + "\n")
    stream.flush()


def _line(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def _stop_with_parent() -> None:
    """Whoever started us holds our standard input open; when that closes, they are gone, and so shall we be."""

    def wait() -> None:
        # Not through sys.stdin: its lock, held by a thread that waits, is fatal when the interpreter ends.
        while os.read(0, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()

"""Telling progress to a person at a terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from emotion.jobs.progress import OnProgress, ignore, in_words


@contextlib.contextmanager
def bar(name: str) -> Iterator[OnProgress]:
    """What to call after every frame: a bar on standard error, or nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield ignore
        return
    # 40 ms to import, and scripts draw no bar.
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.fields[name]}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"))
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=1.0, name=escape(name))
        yield lambda progress: bars.update(task, completed=progress.share, description=in_words(progress))

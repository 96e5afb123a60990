"""``emotion backup`` and ``emotion restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emotion.settings import Settings


def backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the backup is, or shall be.")],
) -> None:
    """Copy database, recordings and secrets into FOLDER; a second time only what is new. The server may run meanwhile.

    What is in FOLDER is as private as the data folder itself.
    """
    from emotion.jobs import backup as work
    from emotion.jobs.inbox import in_gb

    done = work.backup(Settings.load(), folder)
    typer.echo(
        f"The backup has {done.recordings} recordings, {done.files} files, {in_gb(done.size_bytes)}; "
        f"{done.copied} files were new."
    )


def restore(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="What `emotion backup` made.")],
) -> None:
    """Fill an empty data folder, and an empty database, with a backup. No server may run on them meanwhile."""
    from emotion.jobs import backup as work

    done = work.restore(Settings.load(), folder)
    typer.echo(f"{done.recordings} recordings are back.")
    if done.begun_anew:
        typer.echo(f"{done.begun_anew} analyses were not over, and begin anew when the server starts.")
    if done.lost:
        typer.echo(f"{done.lost} recordings were deleted while the backup was made, and are not in it.")

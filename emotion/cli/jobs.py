"""``emotion jobs``: the queue and the library, without a browser."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from emotion.cli.choices import FaceNumber, FromS, Region, ToS, corners
from emotion.errors import EmotionError
from emotion.settings import DetectorName, Settings

if TYPE_CHECKING:  # SQL takes a third of a second to import, and most commands do not need it
    from emotion.store.database import Database
    from emotion.store.values import Outlook, Recording

LOOK_S = 0.5
OWNER = r"local|(oidc|proxy):.{1,240}"

app = typer.Typer(
    help="Recordings that are analysed in the background, by the dashboard or by `emotion worker`.",
    no_args_is_help=True,
)
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Numbers of recordings, as `list` shows them.")]


@app.command("list")
def list_jobs(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    search: Annotated[str, typer.Option(help="Only those with this in their name.")] = "",
) -> None:
    """Show all recordings and how it stands with them, newest first."""
    from emotion.store import outlook, recordings

    with _database() as (database, _):
        found = recordings.find(database, search=search, limit=10_000)
        expected = outlook.of_many(database, [recording.id for recording in found])
    for recording in found:
        typer.echo(_as_json(recording, expected[recording.id]) if as_json else _line(recording, expected[recording.id]))


@app.command()
def add(
    videos: Annotated[list[Path], typer.Argument(metavar="VIDEO...", help="Recorded videos; they are copied.")],
    detector: Annotated[DetectorName | None, typer.Option(help="Which detector finds the faces.")] = None,
    model: Annotated[str | None, typer.Option(help="Which network reads the emotions.")] = None,
    every: Annotated[int | None, typer.Option(metavar="N", help="Analyse every N-th frame.")] = None,
    from_s: FromS = None,
    to_s: ToS = None,
    region: Region = None,
    face: FaceNumber = None,
    media: Annotated[bool, typer.Option("--media", help="VIDEOs are paths inside EMOTION_MEDIA_DIR.")] = False,
) -> None:
    """Put VIDEOs into the queue and print their numbers."""
    from emotion.jobs.submit import submit_file, submit_media

    chosen = {"from_s": from_s, "to_s": to_s, "region": corners(region), "face": face}
    options = {"detector": detector, "model": model, "every": every, **chosen}
    with _database(**options) as (database, settings):

        def submit(video: str) -> None:
            made = submit_media(database, settings, video) if media else submit_file(database, settings, Path(video))
            typer.echo(made.id)

        _each([str(video) for video in videos], submit)


@app.command()
def cancel(ids: Ids) -> None:
    """Stop analysing; the recording stays, and can be tried again."""
    from emotion.store import jobs

    with _database() as (database, _):
        _each(ids, lambda recording_id: jobs.cancel(database, recording_id))


@app.command()
def retry(ids: Ids) -> None:
    """Analyse again what failed or was cancelled; what was finished is not computed twice."""
    from emotion.store import jobs

    with _database() as (database, _):
        _each(ids, lambda recording_id: jobs.retry(database, recording_id))


@app.command()
def delete(ids: Ids) -> None:
    """Delete recordings with their videos and results, at once and for ever."""
    from emotion.jobs import tidy

    with _database() as (database, settings):
        _each(ids, lambda recording_id: tidy.delete(database, settings, recording_id))


@app.command()
def give(
    ids: Ids, to: Annotated[str, typer.Option(metavar="OWNER", help="Whose they are: oidc:…, proxy:… or local.")]
) -> None:
    """Hand recordings to another person; links that show them end."""
    from emotion.store import recordings

    if not re.fullmatch(OWNER, to):
        raise typer.BadParameter(
            "It begins with oidc: or proxy:, as the audit log writes it, or is local.", param_hint="--to"
        )
    with _database() as (database, _):
        _each(ids, lambda recording_id: recordings.give(database, recording_id, to))


@app.command()
def wait(ids: Ids) -> None:
    """Wait until all are over. Exit code 0: all were analysed; 2: one failed or was cancelled (it says why)."""
    from emotion.store import recordings
    from emotion.store.values import JobState

    def until_over(recording_id: str) -> None:
        while not (recording := recordings.get(database, recording_id)).job.state.over:
            time.sleep(LOOK_S)
        if recording.job.state is not JobState.DONE:
            raise EmotionError(f"{recording.name}: {recording.job.message or recording.job.state}")

    with _database() as (database, _):
        _each(ids, until_over)


@contextmanager
def _database(**options: Any) -> Iterator[tuple[Database, Settings]]:
    from emotion.store.database import Database

    settings = Settings.load(**{name: value for name, value in options.items() if value is not None})
    with Database.open(settings) as database:
        yield database, settings


def _each(values: list[str], act: Callable[[str], None]) -> None:
    """All of them, also after one that does not work; then exit code 2."""
    failures = 0
    for value in values:
        try:
            act(value)
        except EmotionError as error:
            failures += 1
            typer.echo(f"error: {error}", err=True)
    if failures:
        raise typer.Exit(2)


def _line(recording: Recording, outlook: Outlook) -> str:
    from emotion.jobs.telling import outlook_in_words

    return f"{recording.id}  {recording.name}  {outlook_in_words(outlook)}"


def _as_json(recording: Recording, outlook: Outlook) -> str:
    about = {"id": recording.id, "name": recording.name, "owner": recording.owner, "created_s": recording.created_s}
    return json.dumps({**about, **asdict(outlook)}, ensure_ascii=False)

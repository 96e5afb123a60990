"""The command line: the same engine without a browser.

Exit codes: 0 all went well, 1 asked to stop, 2 something cannot be used or written (a sentence on standard error).
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from emotion.cli import backup, jobs, serve, work
from emotion.cli.choices import FaceNumber, FromS, Region, ToS, corners
from emotion.errors import Cancelled, EmotionError
from emotion.files import safe_name
from emotion.jobs.progress import OnProgress, Progress
from emotion.settings import DetectorName, Settings

app = typer.Typer(
    help="Watch faces in recorded videos and pictures, and see what emotions they express.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
models_app = typer.Typer(help="The networks that find faces and read emotions.", no_args_is_help=True)
app.add_typer(models_app, name="models")
app.add_typer(jobs.app, name="jobs")
app.command("worker")(work.worker)
app.command("serve")(serve.serve)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)


STOPPED = "Stopped; nothing half-written was kept."

Detector = Annotated[DetectorName | None, typer.Option(help="Which detector finds the faces [default: mtcnn].")]
MODELS = "'emotion', 'fer', or the path of your own network with its .json beside it [default: emotion]."
Model = Annotated[str | None, typer.Option(help=MODELS)]
MinFace = Annotated[int | None, typer.Option(help="Smallest face to look for, in pixels [default: 40].")]


@app.command()
def analyze(
    videos: Annotated[list[Path], typer.Argument(metavar="VIDEO...", help="Recorded videos.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Results go to DIR/<name of the video>/.")],
    detector: Detector = None,
    model: Model = None,
    min_face_px: MinFace = None,
    every: Annotated[int | None, typer.Option(metavar="N", help="Analyse every N-th frame [default: 1].")] = None,
    from_s: FromS = None,
    to_s: ToS = None,
    region: Region = None,
    face: FaceNumber = None,
    smoothing_s: Annotated[float | None, typer.Option(help="Time constant of the smoothing [default: 0.3].")] = None,
) -> None:
    """Write faces.csv, annotated.mp4, merged.mp4, bars.gif, cumulative.png and summary.json for each VIDEO."""
    from emotion.jobs import terminal
    from emotion.jobs.analyze import analyze_file

    settings = _settings(
        detector=detector,
        model=model,
        min_face_px=min_face_px,
        every=every,
        from_s=from_s,
        to_s=to_s,
        region=corners(region),
        face=face,
        smoothing_s=smoothing_s,
    )
    failures = 0
    for video, name in zip(videos, _distinct_names(videos), strict=True):
        try:
            with terminal.bar(video.name) as on_progress:
                facts = analyze_file(video, out / name, settings, on_progress=_heeding(on_progress))
        except Cancelled:
            raise
        except EmotionError as error:
            failures += 1
            typer.echo(f"error: {error}", err=True)
        else:
            typer.echo(f"{out / name}: {facts['in_words']}")
    if failures:
        raise typer.Exit(2)


@app.command()
def image(
    pictures: Annotated[list[Path], typer.Argument(metavar="PICTURE...", help="Still pictures.")],
    detector: Detector = None,
    model: Model = None,
    min_face_px: MinFace = None,
) -> None:
    """Print one JSON line per PICTURE: its faces, their boxes and scores."""
    from emotion.jobs.picture import describe_picture
    from emotion.vision.engine import Engine

    engine = Engine.create(_settings(detector=detector, model=model, min_face_px=min_face_px, smoothing_s=0))
    failures = 0
    for picture in pictures:
        try:
            typer.echo(json.dumps(describe_picture(picture, engine), ensure_ascii=False))
        except EmotionError as error:
            failures += 1
            typer.echo(f"error: {error}", err=True)
    if failures:
        raise typer.Exit(2)


@models_app.command("prepare")
def prepare_models() -> None:
    """Convert the networks once and keep them in the cache folder; does nothing where that is done."""
    from emotion.vision import assets

    settings = _settings()
    if assets.ready(settings.cache_dir):
        typer.echo("The models are ready.")
        return
    assets.prepare(settings.cache_dir, on_step=typer.echo)
    typer.echo("The models are ready.")


@app.command()
def doctor() -> None:
    """Say in plain words what is installed, what is ready and what is missing."""
    from emotion.jobs.doctor import examine

    findings = examine(_settings())
    for finding in findings:
        typer.echo(f"{'ok     ' if finding.good else 'MISSING'}  {finding.text}")
    if not all(finding.good for finding in findings):
        raise typer.Exit(2)


def _settings(**options: Any) -> Settings:
    return Settings.load(**{name: value for name, value in options.items() if value is not None})


def _distinct_names(videos: Iterable[Path]) -> list[str]:
    """A folder name per video: its name without the ending, numbered where two would share one."""
    names: list[str] = []
    for video in videos:
        stem = safe_name(video.stem)
        name, number = stem, 2
        while name.casefold() in {taken.casefold() for taken in names}:
            name, number = f"{stem}-{number}", number + 1
        names.append(name)
    return names


_stop_asked = threading.Event()


def _stop(_signal: int, _frame: object) -> None:
    _stop_asked.set()
    raise Cancelled(STOPPED)


def _heeding(on_progress: OnProgress) -> OnProgress:
    """The same, but raising Cancelled once somebody asked to stop.

    The signal's own exception gets lost where Python drops exceptions, in a destructor for one: this one does not.
    """

    def heed(progress: Progress) -> None:
        if _stop_asked.is_set():
            raise Cancelled(STOPPED)
        on_progress(progress)

    return heed


def main() -> None:
    """The entry point: maps our errors to a sentence and an exit code."""
    # Threads that decode, draw and encode hand frames on all the time: by default one that has work may wait 5 ms for
    # Python's lock. Measured on a whole analysis: 3 to 8 % faster.
    sys.setswitchinterval(0.0005)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        app()
    except Cancelled as stopped:
        sys.exit(_say(str(stopped), code=1))
    except EmotionError as error:
        sys.exit(_say(f"error: {error}", code=2))


def _say(sentence: str, *, code: int) -> int:
    typer.echo(sentence, err=True)
    return code

"""All figures of docs/performance.md: ``make bench``, or ``make bench ARGS="--clip video.mp4 --only a,b"``."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Annotated

import typer
from harness import Bench, make_clip, run_child, say, scratch
from records import as_line, surroundings
from table import PAGE, latest, table, write

FIGURES = {
    "a": "whole",
    "b": "limit",
    "c": "engine_time",
    "d": "detection",
    "e": "memory",
    "f": "network",
    "g": "workers",
    "h": "live",
}
PEERS = ("mtcnn", "haar")


def main(
    clip: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A video [default: one is made].")
    ] = None,
    only: Annotated[str, typer.Option(help="Which figures.")] = ",".join(FIGURES),
    runs: Annotated[int, typer.Option(min=1, help="Rounds; medians count.")] = 3,
    out: Annotated[Path, typer.Option(help="The JSON lines are appended to this file.")] = Path("build/bench.jsonl"),
    peer_frames: Annotated[int, typer.Option(min=2, help="How many frames FER gets.")] = 60,
    peers: Annotated[str, typer.Option(help="FER's detectors.")] = ",".join(PEERS),
    people: Annotated[int, typer.Option(min=0, help="How many persons the video shows.")] = 1,
    minutes: Annotated[str, typer.Option(help="Lengths for the memory.")] = "1,10,60",
    seconds: Annotated[float, typer.Option(min=1, help="How long live sessions are watched.")] = 12,
    doc: Annotated[bool, typer.Option("--doc", help=f"Write the table into docs/{PAGE.name}.")] = False,
) -> None:
    """Measures, appends JSON lines, and prints the table of all lines in the file."""
    figures = _chosen(only, FIGURES)
    run_child([sys.executable, "-m", "emotion", "models", "prepare"])
    out.parent.mkdir(parents=True, exist_ok=True)
    with scratch() as folder:
        bench = Bench(
            clip=clip.absolute() if clip else make_clip(Path(folder)),
            runs=runs,
            peer_frames=peer_frames,
            peers=_chosen(peers, PEERS),
            people=people,
            minutes=tuple(float(part) for part in minutes.split(",")),
            seconds=seconds,
        )
        for figure in figures:
            measure(figure, bench, out)
    records = latest(out.read_text(encoding="utf-8").splitlines())
    typer.echo(table(records))
    if doc:
        write(records)


def measure(figure: str, bench: Bench, out: Path) -> None:
    """One figure; its lines are in the file as soon as it is done."""
    say(f"{importlib.import_module(FIGURES[figure]).__doc__.splitlines()[0]}")
    about = surroundings(bench.clip)
    for one in importlib.import_module(FIGURES[figure]).measure(bench):
        say(f"    {one['what']}: {one['value']:g} {one['unit']}")
        with out.open("a", encoding="utf-8") as file:
            file.write(as_line({**one, **about}) + "\n")


def _chosen(text: str, known: dict[str, str] | tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    if unknown := [name for name in names if name not in known]:
        raise typer.BadParameter(f"{', '.join(unknown)}: choose from {', '.join(known)}.")
    return names


if __name__ == "__main__":
    typer.run(main)

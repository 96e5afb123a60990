"""``python -m training ferplus.npz`` (or ``make train DATA=ferplus.npz``): from data to a LiteRT file and its card.

Everything goes to ``--out``; a run that was stopped goes on after its last finished pass. ``--install`` then puts the
network, its card and the pictures of docs/model.md into this repository.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from emotion.errors import EmotionError
from training.data import DataError, load
from training.page import write
from training.plans import FINAL, SMOKE

ROOT = Path(__file__).parents[1]


def main(
    data: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="FER+ as training/ferplus.py writes it.")],
    out: Annotated[Path, typer.Option(help="Where checkpoints and results go.")] = Path("build/training"),
    install: Annotated[bool, typer.Option("--install", help="Put the result into the package and its docs.")] = False,
    smoke: Annotated[bool, typer.Option("--smoke", help="Two tiny passes, to see that all of it works.")] = False,
) -> None:
    """Train, calibrate, write the LiteRT file, and tell how good it is."""
    from training.make import make

    try:
        made = make(load(data), SMOKE if smoke else FINAL, out, on_step=typer.echo)
    except (DataError, EmotionError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None
    typer.echo(made.in_words())
    if install:
        for source, target in made.files(ROOT):
            shutil.copyfile(source, target)
        write(made.card)
        typer.echo("Installed. Run the tests, and raise the version of the card where the network changed.")


if __name__ == "__main__":
    typer.run(main)

"""Options that say what of a recording to analyse: those of ``emotion analyze`` and ``emotion jobs add``."""

from __future__ import annotations

from typing import Annotated

import typer

FromS = Annotated[float | None, typer.Option("--from", metavar="SECONDS", help="Begin here [default: 0].")]
ToS = Annotated[float | None, typer.Option("--to", metavar="SECONDS", help="End here [default: the video's end].")]
Region = Annotated[
    str | None,
    typer.Option(metavar="X,Y,WIDTH,HEIGHT", help="Look for faces only here, in pixels of the upright picture."),
]
FaceNumber = Annotated[
    int | None, typer.Option("--face", metavar="N", help="The charts follow face N [default: the largest].")
]


def corners(region: str | None) -> tuple[str, ...] | None:
    """``"0,0,640,360"`` as the setting takes it, which says what is wrong with it."""
    return None if region is None else tuple(region.split(","))

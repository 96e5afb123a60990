"""``emotion serve``: the dashboard for a network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emotion.settings import Settings


def serve(
    address: Annotated[
        str | None, typer.Option(help="What to listen on [default: all of the machine's addresses].")
    ] = None,
    port: Annotated[int | None, typer.Option(help="[default: 8501, or the next free one].")] = None,
    cert: Annotated[Path | None, typer.Option(help="A certificate with its chain, PEM [default: one is made].")] = None,
    key: Annotated[Path | None, typer.Option(help="The certificate's private key, PEM.")] = None,
    tls: Annotated[
        bool | None, typer.Option("--tls/--no-tls", help="Speak HTTPS or not [default: towards a network].")
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option(help="A name by which people reach this machine; may be given several times.")
    ] = None,
    sub_path: Annotated[str | None, typer.Option(help="Where it lives on a shared host: /emotion.")] = None,
    open_to_all: Annotated[
        bool, typer.Option("--open", help="Be open to the whole network without sign-in. Everybody sees everything.")
    ] = False,
) -> None:
    """Serve the dashboard to a network, by HTTPS, so that colleagues can use their cameras.

    Without sign-in (EMOTION_AUTH) it refuses to be reachable from other machines, directly or behind a proxy, unless
    --open is given.
    """
    from emotion.serve import server
    from emotion.serve.plan import plan

    said = {"address": address, "port": port, "cert": cert, "key": key, "tls": tls, "names": name, "sub_path": sub_path}
    settings = Settings.load(**{option: value for option, value in said.items() if value is not None})
    server.serve(settings, plan(settings, open_to_all=open_to_all), say=typer.echo)

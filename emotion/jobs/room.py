"""Room on the disk: work that cannot be written to its end is better not begun."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

GB = 1 << 30


def shortage(data_dir: Path, min_free_gb: float) -> str | None:
    """A sentence for the person who waits, or None where there is room enough."""
    try:
        free_gb = shutil.disk_usage(data_dir).free / GB
    except OSError:
        return "The server's data folder cannot be read at the moment. The analysis goes on when it can."
    if not os.access(data_dir, os.W_OK):
        return CLOSED
    if free_gb >= min_free_gb:
        return None
    return (
        f"The server's disk is nearly full ({free_gb:.1f} GB free, {min_free_gb:g} GB needed). "
        "The analysis goes on by itself when there is room: delete recordings that nobody needs."
    )


CLOSED = (
    "The server's data folder cannot be written to at the moment. Nothing is lost: the analysis goes on by itself when "
    "it can. Tell the administrator."
)

FULL = (
    "The server's disk was full. Nothing is lost: the analysis goes on by itself when there is room. "
    "Delete recordings that nobody needs."
)

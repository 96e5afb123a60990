"""Live sessions as the desk sees them, on a server with two places, and what is written of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from emotion.settings import Settings
from emotion.store import audit
from emotion.store.database import Database

IDLE_S = 15.0
PLACES = 2


@dataclass
class Session:
    """What the desk sees of a live session."""

    arrivals: int = 0
    closed: bool = False
    taken: int = 0
    is_patient: Callable[[], bool] = bool


def entries(settings: Settings) -> list[tuple[str, str]]:
    with Database.open(settings) as database:
        return [(entry.actor, entry.action) for entry in reversed(audit.latest(database))]


def nothing() -> None:
    pass

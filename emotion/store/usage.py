"""How much of the server each person uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from emotion.store.database import Database
from emotion.store.schema import jobs, recordings
from emotion.store.values import JobState, Origin

OPEN = tuple(state for state in JobState if not state.over and state is not JobState.RECORDING)


@dataclass(frozen=True, slots=True)
class Usage:
    """Of one person."""

    recordings: int = 0
    size_bytes: int = 0
    """Of their videos in the data folder, as they came. Those in the server's folder are nobody's."""
    jobs: int = 0
    """Analyses that wait or are under way."""


def of(database: Database, owner: str) -> Usage:
    """Raises StoreError."""
    return _usage(database, recordings.c.owner == owner).get(owner, Usage())


def of_everybody(database: Database) -> dict[str, Usage]:
    """By owner; only who has a recording. Raises StoreError."""
    return _usage(database, sa.true())


def _usage(database: Database, whose: sa.ColumnElement[bool]) -> dict[str, Usage]:
    with database.reading() as connection:
        rows = connection.execute(_query(whose))
        return {row.owner: Usage(row.recordings, int(row.size_bytes), int(row.jobs)) for row in rows}


def _query(whose: sa.ColumnElement[bool]) -> sa.Select[Any]:
    here = sa.case((recordings.c.origin == Origin.MEDIA, 0), else_=recordings.c.size_bytes)
    unfinished = sa.case((jobs.c.state.in_(OPEN), 1), else_=0)
    return (
        sa.select(
            recordings.c.owner,
            sa.func.count().label("recordings"),
            sa.func.coalesce(sa.func.sum(here), 0).label("size_bytes"),
            sa.func.coalesce(sa.func.sum(unfinished), 0).label("jobs"),
        )
        .join(jobs)
        .where(recordings.c.deleted_s.is_(None), whose)
        .group_by(recordings.c.owner)
    )

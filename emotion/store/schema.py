"""The tables. A change here needs a migration in ``migrations/versions``; a test compares the two.

Times are seconds since 1970 as numbers, because SQLite has no type for them; ids of recordings are 32 hex characters
that nobody can guess; ``owner`` is a key of whoever did it, in whatever way people sign in.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

# Named, so that a later migration can drop a constraint on both databases.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)

ID = String(32)
OWNER = String(255)
WORD = String(16)

recordings = Table(
    "recordings",
    metadata,
    Column("id", ID, primary_key=True),
    Column("owner", OWNER, nullable=False),
    Column("name", String(255), nullable=False),
    Column("origin", WORD, nullable=False),
    Column("source", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("created_s", Double, nullable=False),
    Column("keep_until_s", Double),
    Column("facts", JSON, nullable=False),
    # Deleted for people at once; the row goes when no worker holds a part of it any more.
    Column("deleted_s", Double),
    Index(None, "owner", "created_s"),
    Index(None, "keep_until_s"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("recording_id", ID, ForeignKey(recordings.c.id, ondelete="CASCADE"), primary_key=True),
    Column("state", WORD, nullable=False),
    Column("message", Text, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("segments", Integer),
    Column("frames", Integer),
    Column("created_s", Double, nullable=False),
    Column("started_s", Double),
    Column("finished_s", Double),
    Index(None, "state"),
)

workers = Table(
    "workers",
    metadata,
    Column("id", ID, primary_key=True),
    Column("host", String(255), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started_s", Double, nullable=False),
    Column("seen_s", Double, nullable=False),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("recording_id", ID, ForeignKey(jobs.c.recording_id, ondelete="CASCADE"), nullable=False),
    Column("step", WORD, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", WORD, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("not_before_s", Double, nullable=False),
    # While it is held: by whom, under which ticket (a new one each time), until when.
    Column("worker_id", ID, ForeignKey(workers.c.id)),
    Column("ticket", ID),
    Column("lease_until_s", Double),
    Column("claimed_s", Double),
    Column("finished_s", Double),
    Column("frames_done", Integer, nullable=False),
    UniqueConstraint("recording_id", "step", "number"),
    Index(None, "state"),
    Index(None, "worker_id"),
)

turns = Table(
    "turns",
    metadata,
    # Who was served when: the next turn goes to whoever waited longest.
    Column("owner", OWNER, primary_key=True),
    Column("served_s", Double, nullable=False),
)

persons = Table(
    "persons",
    metadata,
    Column("recording_id", ID, ForeignKey(recordings.c.id, ondelete="CASCADE"), primary_key=True),
    Column("person", Integer, primary_key=True, autoincrement=False),
    Column("name", String(255), nullable=False),
)

faces = Table(
    "faces",
    metadata,
    # From this moment on the face is this person; without a row it is a person of its own.
    Column("recording_id", ID, ForeignKey(recordings.c.id, ondelete="CASCADE"), primary_key=True),
    Column("face", Integer, primary_key=True, autoincrement=False),
    Column("from_s", Double, primary_key=True),
    Column("person", Integer, nullable=False),
)

notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("recording_id", ID, ForeignKey(recordings.c.id, ondelete="CASCADE"), nullable=False),
    Column("kind", WORD, nullable=False),
    Column("from_s", Double, nullable=False),
    Column("until_s", Double),
    Column("text", Text, nullable=False),
    Index(None, "recording_id"),
)

shares = Table(
    "shares",
    metadata,
    # Whoever is signed in and has the id may look at the recording until then. Ending one early deletes it.
    Column("id", ID, primary_key=True),
    Column("recording_id", ID, ForeignKey(recordings.c.id, ondelete="CASCADE"), nullable=False),
    Column("by", OWNER, nullable=False),
    Column("created_s", Double, nullable=False),
    Column("until_s", Double, nullable=False),
    Index(None, "recording_id"),
    Index(None, "until_s"),
)

live_servers = Table(
    "live_servers",
    metadata,
    # Processes that serve live pages, and how many sessions each may have: the places of all of them together.
    Column("id", ID, primary_key=True),
    Column("host", String(255), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("places", Integer, nullable=False),
    Column("seen_s", Double, nullable=False),
)

live_sessions = Table(
    "live_sessions",
    metadata,
    # Only what pages of other processes say about this one's; a row goes with its session.
    Column("id", ID, primary_key=True),
    Column("server_id", ID, ForeignKey(live_servers.c.id, ondelete="CASCADE"), nullable=False),
    Column("owner", OWNER, nullable=False),
    Column("state", WORD, nullable=False),
    Column("started_s", Double, nullable=False),
    Column("seen_s", Double, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    # Who did what to which thing. Never changed, only deleted when its time is over.
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at_s", Double, nullable=False),
    Column("actor", OWNER, nullable=False),
    Column("action", String(64), nullable=False),
    Column("object", String(255), nullable=False),
    Column("detail", JSON, nullable=False),
    Index(None, "at_s"),
)

"""What people add to a recording: names, who is who, notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "persons",
        sa.Column("recording_id", sa.String(32), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("recording_id", "person", name="pk_persons"),
        _of_a_recording("persons"),
    )
    op.create_table(
        "faces",
        sa.Column("recording_id", sa.String(32), nullable=False),
        sa.Column("face", sa.Integer(), nullable=False),
        sa.Column("from_s", sa.Double(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("recording_id", "face", "from_s", name="pk_faces"),
        _of_a_recording("faces"),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("recording_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("from_s", sa.Double(), nullable=False),
        sa.Column("until_s", sa.Double()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
        _of_a_recording("notes"),
    )
    op.create_index("ix_notes_recording_id", "notes", ["recording_id"])


def _of_a_recording(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_recording_id_recordings"
    return sa.ForeignKeyConstraint(["recording_id"], ["recordings.id"], name=name, ondelete="CASCADE")

"""Recordings shown to others by a link."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "shares",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("recording_id", sa.String(32), nullable=False),
        sa.Column("by", sa.String(255), nullable=False),
        sa.Column("created_s", sa.Double(), nullable=False),
        sa.Column("until_s", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shares"),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name="fk_shares_recording_id_recordings", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_shares_recording_id", "shares", ["recording_id"])
    op.create_index("ix_shares_until_s", "shares", ["until_s"])

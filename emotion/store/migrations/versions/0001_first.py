"""Recordings, jobs, tasks, workers, turns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "recordings",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_s", sa.Double(), nullable=False),
        sa.Column("keep_until_s", sa.Double()),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("deleted_s", sa.Double()),
        sa.PrimaryKeyConstraint("id", name="pk_recordings"),
    )
    op.create_index("ix_recordings_owner_created_s", "recordings", ["owner", "created_s"])
    op.create_index("ix_recordings_keep_until_s", "recordings", ["keep_until_s"])
    op.create_table(
        "jobs",
        sa.Column("recording_id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("segments", sa.Integer()),
        sa.Column("frames", sa.Integer()),
        sa.Column("created_s", sa.Double(), nullable=False),
        sa.Column("started_s", sa.Double()),
        sa.Column("finished_s", sa.Double()),
        sa.PrimaryKeyConstraint("recording_id", name="pk_jobs"),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name="fk_jobs_recording_id_recordings", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_jobs_state", "jobs", ["state"])
    op.create_table(
        "workers",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_s", sa.Double(), nullable=False),
        sa.Column("seen_s", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("recording_id", sa.String(32), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before_s", sa.Double(), nullable=False),
        sa.Column("worker_id", sa.String(32)),
        sa.Column("ticket", sa.String(32)),
        sa.Column("lease_until_s", sa.Double()),
        sa.Column("claimed_s", sa.Double()),
        sa.Column("finished_s", sa.Double()),
        sa.Column("frames_done", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["jobs.recording_id"], name="fk_tasks_recording_id_jobs", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="fk_tasks_worker_id_workers"),
        sa.UniqueConstraint("recording_id", "step", "number", name="uq_tasks_recording_id_step_number"),
    )
    op.create_index("ix_tasks_state", "tasks", ["state"])
    op.create_index("ix_tasks_worker_id", "tasks", ["worker_id"])
    op.create_table(
        "turns",
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("served_s", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_turns"),
    )

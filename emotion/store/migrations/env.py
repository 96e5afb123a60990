"""What Alembic runs: on the connection, and inside the transaction, that :mod:`emotion.store.migrate` gives it."""

from __future__ import annotations

from alembic import context

from emotion.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot change a table in place; Alembic then makes a new one and copies.
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()

"""``emotion worker``: analyses what is in the queue, without a browser."""

from __future__ import annotations

from typing import Annotated

import typer

from emotion import logs
from emotion.errors import SettingsError
from emotion.settings import LogFormat, Settings

NO_DASK = "EMOTION_DASK_SCHEDULER is set, but Dask is not installed. Install the extra: pip install '.[cluster]'"


def worker(
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True)] = False,
    worker_id: Annotated[str | None, typer.Option("--as", hidden=True)] = None,
) -> None:
    """Analyse the recordings in the queue until stopped (Ctrl-C).

    The dashboard starts this by itself. Run it alone to analyse without a dashboard, or on another machine that has
    the same data folder and the same PostgreSQL database.
    """
    settings = Settings.load()
    logs.begin(as_json=settings.log_format is LogFormat.JSON)
    if worker_id and settings.dask_scheduler:
        try:
            from emotion.jobs.cluster.feeder import feed
        except ImportError as error:
            raise SettingsError(NO_DASK) from error
        from emotion.jobs.worker import run

        run(settings, worker_id, feed)
    elif worker_id:
        from functools import partial

        from emotion.jobs.tasks import perform
        from emotion.jobs.worker import run, work

        run(settings, worker_id, partial(work, perform=perform))
    else:
        from emotion.jobs.supervisor import supervise

        supervise(settings, with_parent=with_parent)

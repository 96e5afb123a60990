"""Without Record a live session leaves nothing behind but its entry in the audit log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from clips import astronaut_frames
from crew import until
from live.left_behind import files, rows

from emotion.live.desk import Desk
from emotion.live.seats import Seat
from emotion.live.session import LiveSession
from emotion.settings import Settings
from emotion.store import live as store
from emotion.store.audit import latest
from emotion.store.database import Database
from emotion.vision import assets

TOKEN = "a" * 32


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="as it comes"),
        pytest.param({"privacy": "others", "layers": ["boxes", "labels", "landmarks", "bars"]}, id="everything shown"),
    ],
)
def test_only_the_log_says_that_somebody_was_live(tmp_path: Path, changes: dict[str, Any]) -> None:
    settings = Settings.load(data_dir=tmp_path, **changes)
    models = assets.load(settings.cache_dir)
    desk = Desk(settings)
    desk.start()
    try:
        with Database.open(settings) as database:
            rows_before, files_before = rows(database), files(tmp_path)
            session = LiveSession(settings, models)
            assert desk.ask(TOKEN, "ann") == Seat(TOKEN)
            desk.watch(TOKEN, "ann", session, session.close)
            until(lambda: store.everywhere(database).running == 1)
            for image in astronaut_frames(12, size=(320, 240), face_px=90).images:
                session.process(image)
            session.mark("a moment")
            assert session.snapshot().frames > 0
            session.close()
            until(lambda: store.everywhere(database).running == 0)
            until(lambda: len(latest(database)) == 2)
            assert rows(database) == rows_before
            assert files(tmp_path) == files_before
            assert [entry.action for entry in latest(database)] == ["live.end", "live.start"]
    finally:
        desk.close()

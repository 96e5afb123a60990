"""What stays in the data folder, and for how long."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from emotion.errors import OutputError
from emotion.jobs.housekeeping import SILENT_S, Housekeeper

HOUR_S = 3600.0


def made(folder: Path, *, age_s: float = 0.0) -> Path:
    folder.mkdir(parents=True)
    (folder / "file").write_text("x")
    top = folder if folder.parent.name == "uploads" else folder.parent
    os.utime(top, (time.time() - age_s,) * 2)
    return folder


def test_results_go_after_their_time(tmp_path: Path) -> None:
    keeper = Housekeeper(tmp_path, keep_hours=1)
    old = made(keeper.result_folder("old"), age_s=1.1 * HOUR_S)
    young = made(keeper.result_folder("young"), age_s=0.9 * HOUR_S)
    keeper.tidy()
    assert not old.exists()
    assert young.exists()


def test_uploads_of_a_dead_server_go_and_those_of_the_living_stay(tmp_path: Path) -> None:
    dead, busy = made(tmp_path / "uploads" / "dead", age_s=2 * SILENT_S), made(tmp_path / "uploads" / "busy", age_s=60)
    keeper = Housekeeper(tmp_path, keep_hours=1)
    mine = keeper.upload_folder()
    mine.mkdir(parents=True)
    os.utime(mine.parent, (0, 0))
    keeper.tidy()
    assert not dead.exists()
    assert busy.exists()
    assert mine.exists()
    keeper.close()
    assert not mine.exists()


def test_the_folders_are_private(tmp_path: Path) -> None:
    Housekeeper(tmp_path / "data", keep_hours=1)
    for folder in (tmp_path / "data", *(tmp_path / "data").iterdir()):
        assert folder.stat().st_mode & 0o077 == 0


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="EMOTION_DATA_DIR"):
        Housekeeper(tmp_path / "file" / "data", keep_hours=1)

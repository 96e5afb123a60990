"""A server that was restored from a backup shows the recordings, serves their files and does what was left to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import dashboard
import httpx
import loops
import pytest
from clips import make_face_clip
from crew import crew, done
from load.guest import Visit, guest
from postgres import Server, program

from emotion.jobs.submit import submit_file
from emotion.settings import Settings
from emotion.store import recordings
from emotion.store.database import Database
from emotion.store.places import Places
from emotion.store.values import Recording
from emotion.web.links import Links

pytestmark = pytest.mark.slow


def emotion(settings: Settings, *command: str) -> str:
    """What the command says; as people run it."""
    run = [sys.executable, "-m", "emotion", *command]
    environment = {**os.environ, **settings.as_environment()}
    return subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restored_server_has_everything(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    urls: list[str | None] = [None, None]
    if kind == "postgresql":
        server: Server = request.getfixturevalue("postgres_server")
        program("pg_dump")
        urls = [server.fresh(), server.fresh()]
    old, new = (
        Settings.load(data_dir=tmp_path / name, database_url=url, workers=1, min_free_gb=0)
        for name, url in zip(("old", "new"), urls, strict=True)
    )
    clip = tmp_path / "clip.mp4"
    make_face_clip(clip, count=3)
    with Database.open(old) as database, crew(old):
        analysed = done(database, submit_file(database, old, clip))
        link = Links.of(old).file(analysed.id, "source")
        waiting = submit_file(database, old, clip)
        # While everything goes on.
        assert "2 recordings" in emotion(old, "backup", str(tmp_path / "backup"))
    assert "2 recordings are back" in emotion(new, "restore", str(tmp_path / "backup"))

    log = tmp_path / "server.log"
    with dashboard.serving(new.data_dir, log, **new.as_environment()) as served, Database.open(new) as database:
        page = loops.run(_look(served.url, analysed))
        assert page.complaints == []
        results = Places(old.data_dir).results(analysed.id)
        for name in ("faces.csv", "merged.mp4"):
            answer = httpx.get(f"{served.url}{Links.of(new).file(analysed.id, name)}", timeout=60)
            assert (answer.status_code, answer.content) == (200, (results / name).read_bytes())
        # A page that was open all the while goes on.
        assert httpx.head(f"{served.url}{link}", timeout=60).status_code == 200
        assert done(database, waiting).facts["frames_analysed"] == analysed.facts["frames_analysed"]
        assert len(recordings.find(database)) == 2


async def _look(url: str, recording: Recording) -> Visit:
    async with guest(url) as tab:
        return await tab.open("recording", f"recording={recording.id}")

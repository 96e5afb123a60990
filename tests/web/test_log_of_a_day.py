"""A day on a server, as far as its log tells of it: who, what, which video, by which key must not stand there."""

from __future__ import annotations

import json
from pathlib import Path

import dashboard
import httpx
import loops
import pytest
from clips import make_face_clip
from crew import LIMIT_S, until
from load.guest import guest
from load.sending import send

from emotion.settings import Settings
from emotion.store import audit, recordings, schema
from emotion.store.database import Database
from emotion.store.values import JobState, Recording
from emotion.web.links import Links

USER, NAME, EMAIL = "amiller", "Anna Miller", "anna.miller@example.org"
ANNA = {"X-Forwarded-User": USER, "X-Forwarded-Preferred-Username": NAME, "X-Forwarded-Email": EMAIL}
TOKEN = "metrics-token-of-this-server"  # noqa: S105 - made up
GOOD, BAD = "Birthday of Zoe.mp4", "Job interview Smith.mp4"
VARIABLES = {
    "EMOTION_AUTH": "proxy",
    "EMOTION_DEFAULT_ROLE": "member",
    "EMOTION_LOG_FORMAT": "json",
    "EMOTION_METRICS_TOKEN": TOKEN,
    "EMOTION_MIN_FREE_GB": "0",
    "EMOTION_WORKERS": "1",
}


@pytest.mark.slow
def test_the_log_of_a_day_tells_nothing_of_people(tmp_path: Path) -> None:
    settings, log = Settings.load(data_dir=tmp_path / "data"), tmp_path / "server.log"
    clip, noise = tmp_path / "clip.mp4", tmp_path / "noise.mp4"
    make_face_clip(clip, count=3)
    noise.write_bytes(b"no video at all")
    with dashboard.serving(settings.data_dir, log, **VARIABLES) as served, Database.open(settings) as database:
        tickets = loops.run(_upload(served.url, clip, noise))
        found = {recording.name: recording for recording in until(lambda: _all_over(database), limit_s=LIMIT_S)}
        key = _look(served.url, settings, found[GOOD])
        loops.run(_open(served.url, found[GOOD], database))
        # Who it was stands in the audit log, for those whom it concerns.
        signed_in = until(lambda: audit.find(database, action="signed.in"))
        assert [entry.detail for entry in signed_in] == [{"name": NAME}]
    text = log.read_text(encoding="utf-8")
    for secret in (USER, NAME, EMAIL, "Zoe", "Smith", TOKEN, key, *tickets, "127.0.0.1:5"):
        assert secret.lower() not in text.lower().replace(served.url, "")
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert {line.get("job") for line in lines} >= {found[GOOD].id}
    told = [line for line in lines if line["logger"] == "emotion.web.http.watch"]
    assert all(len(line["request"]) == 32 for line in told)
    assert any("files 403" in line["message"] for line in told)
    broken = [line for line in lines if line["level"] == "ERROR"]
    assert [line["request"][:5] for line in broken] == ["page-"]


async def _upload(url: str, clip: Path, noise: Path) -> list[str]:
    """Two videos; the tickets that the page gave."""
    async with guest(url, ANNA) as tab:
        await send(tab, url, clip, GOOD)
        page = await send(tab, url, noise, BAD)
        return [page.given("dropzone")["ticket"]]


async def _open(url: str, recording: Recording, database: Database) -> None:
    """Pages that work, one that cannot, and one that breaks."""
    async with guest(url, ANNA) as tab:
        await tab.open("library")
        assert (await tab.open("recording", f"recording={recording.id}")).complaints == []
        assert (await tab.open("recording", "recording=nothing")).complaints != []
        with database.writing() as connection:
            connection.execute(schema.recordings.update().values(facts={"source": 7}))
        assert (await tab.open("library")).complaints != []


def _all_over(database: Database) -> tuple[Recording, ...]:
    found = recordings.find(database, states=[JobState.DONE, JobState.FAILED])
    return found if len(found) == 2 else ()


def _look(url: str, settings: Settings, recording: Recording) -> str:
    """Fetches a file, tries a wrong key, asks for what is not there; the right key."""
    link = Links.of(settings).file(recording.id, "faces.csv", person=f"proxy:{USER}", download_as=GOOD)
    key = link.partition("key=")[2].partition("&")[0]
    # Probes are nobody.
    for probe in ("healthz", "readyz"):
        until(lambda probe=probe: httpx.get(f"{url}/{probe}", timeout=60).status_code == 200)  # type: ignore[misc]
    with httpx.Client(base_url=url, headers=ANNA, timeout=60) as client:
        assert client.get(link).status_code == 200
        assert client.get(link.replace(key, key[:-2])).status_code == 403
        client.get(f"/{NAME}/{GOOD}")
        client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    return key

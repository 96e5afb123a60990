"""The whole dashboard behind nginx and Caddy: pages, uploads, videos by ranges, and people whom nginx knows."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import caddy
import dashboard
import httpx
import loops
import nginx
import pytest
from clips import make_face_clip
from load.guest import Guest, guest
from load.sending import send
from nginx import Front

from emotion.settings import Settings
from emotion.store import recordings
from emotion.store.database import Database
from emotion.store.values import Recording
from emotion.web.links import Links

pytestmark = pytest.mark.slow

SUB_PATH = "/emotion"
FRONTS = {"nginx": nginx.running, "caddy": caddy.running}
LONG_S = 60.0


@dataclass(frozen=True, slots=True)
class Served:
    """A dashboard, and how it is reached."""

    front: Front
    settings: Settings

    @property
    def url(self) -> str:
        return f"{self.front.address}{SUB_PATH}"

    def recordings(self, owner: str) -> list[Recording]:
        database = Database.open(self.settings)
        try:
            return list(recordings.find(database, owner=owner))
        finally:
            database.close()


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Settings]]:
    folder = tmp_path_factory.mktemp("behind")
    settings = {"EMOTION_SUB_PATH": SUB_PATH, "EMOTION_MIN_FREE_GB": "0"}
    with dashboard.serving(folder / "data", folder / "server.log", **settings) as started:
        yield urlsplit(started.url).netloc, Settings.load(data_dir=folder / "data")


@pytest.fixture(params=FRONTS)
def served(request: pytest.FixtureRequest, behind: tuple[str, Settings], tmp_path: Path) -> Iterator[Served]:
    run: Callable[..., Any] = FRONTS[request.param]
    with run(tmp_path / "front", [behind[0]], sub_path=SUB_PATH) as front:
        yield Served(front, behind[1])


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    make_face_clip(path, count=12)
    return path


def test_pages_uploads_and_ranges(served: Served, clip: Path, request: pytest.FixtureRequest) -> None:
    name = f"{request.node.callspec.id}.mp4"

    async def visit() -> list[str]:
        async with guest(served.url, verify=served.front.tls()) as tab:
            visits = [await tab.open(page) for page in ("", "videos", "library", "about")]
            visits.append(await send(tab, served.url, clip, name))
        return [complaint for visit in visits for complaint in visit.complaints]

    assert loops.run(visit()) == []
    recording = next(one for one in served.recordings("local") if one.name == name)
    link = Links.of(served.settings, SUB_PATH).file(recording.id, "source")
    address = f"{served.front.address}{link}"
    whole = httpx.get(address, verify=served.front.tls(), timeout=LONG_S)
    assert (whole.status_code, whole.content) == (200, clip.read_bytes())
    part = httpx.get(address, headers={"Range": "bytes=100-199"}, verify=served.front.tls(), timeout=LONG_S)
    assert (part.status_code, part.content) == (206, clip.read_bytes()[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{clip.stat().st_size}"


def test_without_the_key_there_is_nothing(served: Served) -> None:
    answer = httpx.get(
        f"{served.url}/api/recordings/{'0' * 32}/files/source", verify=served.front.tls(), timeout=LONG_S
    )
    assert answer.status_code in (403, 404)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """nginx knows Ann and Bob by their passwords, and tells the dashboard."""
    folder = tmp_path_factory.mktemp("known")
    hashed = subprocess.run(["openssl", "passwd", "-6", "sesame"], capture_output=True, text=True, check=True).stdout
    people = folder / "people"
    people.write_text(f"ann:{hashed}bob:{hashed}")
    settings = {"EMOTION_AUTH": "proxy", "EMOTION_DEFAULT_ROLE": "member", "EMOTION_SUB_PATH": SUB_PATH}
    settings |= {"EMOTION_MIN_FREE_GB": "0"}
    with (
        dashboard.serving(folder / "data", folder / "server.log", **settings) as behind,
        nginx.running(
            folder / "nginx",
            [urlsplit(behind.url).netloc],
            sub_path=SUB_PATH,
            people="basic",
            others={"/etc/nginx/emotion.htpasswd": str(people)},
        ) as front,
    ):
        yield Served(front, Settings.load(data_dir=folder / "data"))


def as_person(served: Served, name: str) -> Any:
    """A tab of somebody who gave nginx his password, and says beside it that he is somebody else."""
    told = httpx.BasicAuth(name, "sesame")._auth_header
    forged = {"Authorization": told, "X-Forwarded-User": "bob", "X-Forwarded-Groups": "administrator"}
    return guest(served.url, headers=forged, verify=served.front.tls())


@pytest.fixture(scope="module")
def seen(known: Served, clip: Path) -> tuple[str, str]:
    """Ann uploads a video; what her page says then, and what Bob's."""

    async def rows(tab: Guest) -> str:
        visit = await tab.open("videos")
        assert visit.complaints == []
        return visit.words

    async def visit() -> tuple[str, str]:
        async with as_person(known, "ann") as ann:
            assert (await send(ann, known.url, clip, "diary.mp4")).complaints == []
            hers = await rows(ann)
        async with as_person(known, "bob") as bob:
            return hers, await rows(bob)

    return loops.run(visit())


def test_each_persons_recordings_are_their_own(known: Served, seen: tuple[str, str]) -> None:
    hers, his = seen
    assert [one.name for one in known.recordings("proxy:ann")] == ["diary.mp4"]
    assert known.recordings("proxy:bob") == []
    assert "diary" in hers
    assert "diary" not in his


@pytest.mark.usefixtures("seen")
def test_a_link_of_anns_is_of_no_use_to_bob(known: Served) -> None:
    recording = known.recordings("proxy:ann")[0]
    link = known.front.address + Links.of(known.settings, SUB_PATH).file(recording.id, "source", person="proxy:ann")
    asked = {
        name: httpx.get(link, auth=(name, "sesame"), verify=known.front.tls(), timeout=LONG_S).status_code
        for name in ("ann", "bob")
    }
    assert asked == {"ann": 200, "bob": 403}

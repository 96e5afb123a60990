"""The disk of the data folder is nearly full, full, or read-only: pages come, people are told, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import dashboard
import httpx
import loops
import pytest
from clips import make_face_clip
from faults.disk import Disk, small
from load.guest import Guest, guest
from load.sending import send

pytestmark = pytest.mark.slow

MEGABYTES = 64
LIMIT_S = 400.0
PAGES = ("", "videos", "library", "about")
DONE = ":material/check_circle:"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "astronaut.mp4"
    make_face_clip(path, count=150, rate=25)
    return path


def nearly_full(disk: Disk) -> None:
    disk.fill(but=10 << 20)


def read_only(disk: Disk) -> None:
    disk.close()


@pytest.mark.parametrize(
    ("break_it", "mend_it", "said", "refused"),
    [
        pytest.param(nearly_full, Disk.empty, "disk is nearly full", "no room", id="nearly full"),
        pytest.param(read_only, Disk.open, "cannot be written to", "data folder cannot be written to", id="read-only"),
    ],
)
def test_the_disk(
    clip: Path,
    tmp_path: Path,
    break_it: Callable[[Disk], None],
    mend_it: Callable[[Disk], None],
    said: str,
    refused: str,
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    rules = {"EMOTION_WORKERS": "1", "EMOTION_MIN_FREE_GB": str(20 / 1024), "EMOTION_SEGMENT_S": "1"}

    async def live_through(url: str, disk: Disk) -> None:
        async with guest(url) as tab:
            await send(tab, url, clip, "first.mp4")
            break_it(disk)
            await until_it_says(tab, said)
            if break_it is nearly_full:
                disk.fill(but=0)
            for page in PAGES:
                assert (await tab.open(page)).complaints == []
            with pytest.raises(httpx.HTTPStatusError) as error:
                await send(tab, url, clip, "second.mp4")
            assert refused in error.value.response.json()["error"]
            mend_it(disk)
            await until_it_says(tab, DONE)
            await send(tab, url, clip, "second.mp4")

    with dashboard.serving(data, tmp_path / "log", inside=small(data, MEGABYTES), **rules) as server:
        loops.run(live_through(server.url, Disk(data, server.pid)))


async def until_it_says(tab: Guest, words: str) -> None:
    """The Videos page, looked at again and again."""
    async with asyncio.timeout(LIMIT_S):
        while words not in (visit := await tab.open("videos")).words:
            assert "not come to an end" not in visit.words
            await asyncio.sleep(0.5)

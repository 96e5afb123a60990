"""Fifty people open a page every ten seconds while ten upload: no error, memory bounded, pages come in time.

``make load`` lets it last a minute and prints the figures; docs/scaling.md holds those of a quiet machine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dashboard
import loops
import psutil
import pytest
from clips import make_face_clip
from load.crowd import Plan, come
from load.town import Town, padded, settle

from emotion.settings import Settings
from emotion.store.database import Database

pytestmark = pytest.mark.slow

CLIENTS = int(os.environ.get("LOAD_CLIENTS", "50"))
UPLOADS = int(os.environ.get("LOAD_UPLOADS", "10"))
LASTS_S = float(os.environ.get("LOAD_S", "20"))
EVERY_S = float(os.environ.get("LOAD_EVERY_S", "10"))
RATE = float(os.environ.get("LOAD_MBIT", "20")) * 1e6 / 8
"""Of each upload: an office's network. 0 is as fast as it goes, on the very cores that serve the pages."""
UPLOAD_MB = 16
LONGEST_S, LONGEST_ANYWHERE_S = 1.0, 10.0
# A machine that is slower, or busy, is so for one person too: 40 ms are its p95 where 1 s is allowed.
SLOWER = 25
# How long a page waits for a core that somebody else has says nothing about this server.
WITH_OTHERS = 0.15
# 60 tabs and 10 uploads took 70 MB. A page that is not freed would take as much every ten seconds.
MORE_MB = 200


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def town(data: Path) -> Town:
    settings = Settings.load(data_dir=data)
    with Database.open(settings) as database:
        return settle(database, settings, CLIENTS + UPLOADS)


@pytest.fixture
def server(data: Path, town: Town, tmp_path: Path) -> Iterator[dashboard.Dashboard]:
    rules = {"EMOTION_AUTH": "proxy", "EMOTION_DEFAULT_ROLE": "member", "EMOTION_WORKERS": "1"}
    # glibc keeps freed memory in up to eight arenas for each core (mallopt(3)); with four the bound is any machine's.
    rules |= {"EMOTION_MIN_FREE_GB": "0", "MALLOC_ARENA_MAX": "4"}
    with dashboard.serving(data, tmp_path / "log", **rules) as started:
        yield started


def test_a_full_house(
    server: dashboard.Dashboard, town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    video = tmp_path / "astronaut.mp4"
    make_face_clip(video, count=48, rate=24)
    padded(video, UPLOAD_MB)
    process = psutil.Process(server.pid)
    alone = Plan(town.pages, guests=1, every_s=0.5, lasts_s=8, uploads=0, headers=town.headers)
    crowd = replace(alone, guests=CLIENTS, every_s=EVERY_S, lasts_s=LASTS_S)
    full = replace(crowd, uploads=UPLOADS, video=video, rate=RATE or None)

    # What is made at the first visit is made before anything is measured.
    loops.run(come(server.url, process, alone))
    one = loops.run(come(server.url, process, alone))
    many = loops.run(come(server.url, process, full))

    assert one.faults == many.faults == []
    with capsys.disabled():
        sys.stdout.write(f"\none person: {one}\n{CLIENTS} people, {UPLOADS} uploads: {many}\n")
    assert len(many.visits) >= CLIENTS * int(LASTS_S / EVERY_S)
    assert len(many.sent) >= UPLOADS
    assert max(many.memory_mb) - one.memory_mb[-1] < MORE_MB
    assert many.seconds(0.95) <= LONGEST_ANYWHERE_S
    if many.others + many.stolen >= WITH_OTHERS:
        with capsys.disabled():
            sys.stdout.write("Others took much of the machine: not judged more closely.\n")
    else:
        assert many.seconds(0.95) <= max(LONGEST_S, SLOWER * one.seconds(0.95))

"""A person records: it lies in the library afterwards, with its videos and tables."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
from pathlib import Path

import dashboard
import pytest
from crew import alive, until
from playwright.sync_api import Browser, Page, expect
from visitor import ANALYSE_MS, LIVE_MS, go_to, open_live, start_live, stop_live

from emotion.media.read import open_video
from emotion.settings import Settings
from emotion.store import recordings
from emotion.store.database import Database
from emotion.store.kept import Kept
from emotion.store.places import Places
from emotion.store.values import JobState

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RECORDING = re.compile(r"REC (\d+) s")
# Long enough for several fragments, on a machine that analyses a few pictures a second too.
RECORDED_S = 6


def record(page: Page) -> None:
    """A live session that is recorded."""
    open_live(page)
    start_live(page)
    page.get_by_role("button", name="Record", exact=True).click(timeout=LIVE_MS)
    page.get_by_text(RECORDING).first.wait_for(timeout=LIVE_MS)


def recorded_s(page: Page) -> int:
    """What the badge says."""
    return int(RECORDING.findall(page.get_by_text(RECORDING).first.inner_text())[0])


def test_record_stop_and_find_it_in_the_library(page: Page, artifacts: Path, tmp_path: Path) -> None:
    record(page)
    while recorded_s(page) < RECORDED_S:
        page.wait_for_timeout(200)
    page.screenshot(path=artifacts / "live-recording.png", full_page=True)
    page.get_by_role("button", name="Marker").click()
    page.get_by_text(re.compile("Marker at")).wait_for(timeout=LIVE_MS)

    page.get_by_role("button", name="Stop recording").click()
    page.get_by_text(re.compile(r"Recorded \d+ s")).wait_for(timeout=LIVE_MS)
    expect(page.get_by_role("button", name="Record", exact=True)).to_be_enabled()
    page.screenshot(path=artifacts / "live-recorded.png", full_page=True)
    stop_live(page)
    heading = page.get_by_role("heading", name=re.compile("^Live 20"))
    go_to(page, "To the recording", heading)
    name = heading.inner_text(timeout=LIVE_MS)

    page.goto("/videos")
    row = page.get_by_test_id("stHorizontalBlock").filter(has_text=name)
    row.get_by_role("link", name="Open").click(timeout=ANALYSE_MS)
    page.get_by_role("link", name="Merged video").wait_for(timeout=LIVE_MS)
    page.screenshot(path=artifacts / "recording-of-a-session.png", full_page=True)

    merged = tmp_path / "merged.mp4"
    merged.write_bytes(linked(page, "Merged video"))
    (artifacts / "live-merged.mp4").write_bytes(merged.read_bytes())
    with open_video(merged) as video:
        times = [frame.time_s for frame in video.frames()]
        assert video.damage == ""
    rows = list(csv.DictReader(io.StringIO(linked(page, "Table (CSV)").decode())))
    assert sorted({float(row["time_s"]) for row in rows}) == pytest.approx(times, abs=1e-3)
    assert times[-1] >= RECORDED_S - 1
    assert any(row["face"] for row in rows)
    summary = json.loads(linked(page, "Summary (JSON)"))
    assert (summary["live"]["source"], summary["live"]["ended"], summary["live"]["markers"]) == ("Camera", "", 1)
    assert summary["live"]["consent"]["text"]
    assert linked(page, "Notes (CSV)").decode().splitlines()[1].startswith("marker,")


def test_a_closed_tab_ends_the_recording(browser: Browser, server: str) -> None:
    with browser.new_context(base_url=server, permissions=["camera"]) as context:
        page = context.new_page()
        record(page)
        while recorded_s(page) < 2:
            page.wait_for_timeout(200)
        page.close()
        videos = context.new_page()
        videos.goto("/videos")
        videos.get_by_text("Recording now").or_(videos.get_by_role("link", name="Open").first).first.wait_for(
            timeout=LIVE_MS
        )
        expect(videos.get_by_text("Recording now")).to_have_count(0, timeout=ANALYSE_MS)


def test_a_server_that_is_stopped_finishes_the_recording(browser: Browser, tmp_path: Path, artifacts: Path) -> None:
    settings = Settings.load(data_dir=tmp_path / "data")
    with (
        dashboard.running(settings.data_dir, artifacts / "stopped.log") as server,
        browser.new_context(base_url=server.url, permissions=["camera"]) as context,
    ):
        page = context.new_page()
        record(page)
        while recorded_s(page) < 3:
            page.wait_for_timeout(200)
        os.kill(server.pid, signal.SIGTERM)
        until(lambda: not alive(server.pid))
    with Database.open(settings) as database:
        (found,) = recordings.find(database)
    assert found.job.state is not JobState.RECORDING
    places = Places(settings.data_dir)
    with open_video(places.source(found.id) / found.source) as video:
        *_, last = video.frames()
    assert last.time_s >= 2
    assert Kept(places.live(found.id)).facts()["ended"] == ""


def linked(page: Page, label: str) -> bytes:
    href = page.get_by_role("link", name=label).get_attribute("href")
    assert href is not None
    answer = page.request.get(href)
    assert answer.ok
    return answer.body()

"""A person brings a recording, goes away, comes back, and takes the merged video home."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import av
import numpy as np
import pytest
from clips import changing_faces, even_times, face_clip_bytes, make_clip, make_face_clip
from playwright.sync_api import Browser, Download, Page, expect
from visitor import ANALYSE_MS, row, upload

from emotion.palette import PANEL_BACKGROUND

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FRAMES = 36


def download(page: Page, label: str) -> Download:
    """A link of the page; Chromium opens it in a tab that closes when the download begins."""
    with page.expect_event("download", timeout=60_000) as begun:
        page.get_by_role("link", name=label).evaluate("link => { link.target = '_self'; link.click() }")
    return begun.value


def panels_in(image: np.ndarray) -> int:
    """How many blocks stand side by side: counted along the columns of the middle, apart by background."""
    height = image.shape[0]
    middle = image[height // 4 : height // 2].astype(int)
    differs = np.abs(middle - PANEL_BACKGROUND).max(axis=(0, 2)) > 24
    gaps = np.convolve(~differs, np.ones(16), "same") >= 16
    edges = np.flatnonzero(np.diff(gaps.astype(int)) == -1)
    return len(edges)


def test_upload_go_away_come_back_download(browser: Browser, server: str, tmp_path: Path, artifacts: Path) -> None:
    clip = tmp_path / "интервью 😀.mp4"
    size = (640, 360)
    images = changing_faces(FRAMES, size=size, face_px=120)
    make_clip(clip, times_s=even_times(FRAMES, rate=12.0), size=size, images=images)
    with browser.new_context(base_url=server) as tab:
        upload(tab.new_page(), clip)

    with browser.new_context(base_url=server, accept_downloads=True) as other:
        page = other.new_page()
        page.goto("/videos")
        found = row(page, clip.name)
        found.get_by_role("link", name="Open").click(timeout=ANALYSE_MS)
        expect(page).to_have_url(re.compile("/recording.recording=[0-9a-f]{32}$"))
        expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(2, timeout=60_000)
        video = page.locator("video")
        page.wait_for_function("video => video.readyState >= 2", arg=video.element_handle(), timeout=60_000)
        assert video.evaluate("video => video.videoWidth") == 640
        page.set_viewport_size({"width": 1440, "height": 1900})
        page.wait_for_timeout(1_500)
        page.screenshot(path=artifacts / "recording.png")
        check_merged(download(page, "Merged video"), tmp_path / "merged.mp4")
        everything = download(page, "Everything (ZIP)")
        assert everything.suggested_filename == "интервью 😀.zip"
        with zipfile.ZipFile(everything.path()) as packed:
            assert packed.testzip() is None
            assert {"merged.mp4", "faces.csv", "faces.parquet", "summary.json"} <= set(packed.namelist())


def check_merged(download: Download, merged: Path) -> None:
    download.save_as(merged)
    assert download.suggested_filename == "интервью 😀-merged.mp4"
    with av.open(merged) as container:
        images = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
        assert container.streams.audio
    assert len(images) == FRAMES
    height, width = images[-1].shape[:2]
    assert width > 3 * height
    assert panels_in(images[-1]) >= 3


def test_text_called_mp4_gets_a_sentence_and_the_server_goes_on(page: Page, tmp_path: Path, artifacts: Path) -> None:
    wrong, right = tmp_path / "notes.mp4", tmp_path / "clip.mp4"
    wrong.write_text("This is no video.\n" * 100)
    make_face_clip(right, count=6)
    upload(page, wrong, right)
    page.get_by_test_id("stAlert").filter(has_text="notes.mp4").wait_for(timeout=ANALYSE_MS)
    row(page, "clip.mp4").get_by_role("link", name="Open").wait_for(timeout=ANALYSE_MS)
    page.screenshot(path=artifacts / "videos.png", full_page=True)


def test_cancel_and_try_again(page: Page, tmp_path: Path) -> None:
    clip = tmp_path / "long.mp4"
    clip.write_bytes(face_clip_bytes(1500))
    upload(page, clip)
    found = row(page, "long.mp4")
    found.get_by_text("Looking for faces").wait_for(timeout=60_000)
    found.get_by_role("button", name="Cancel").click()
    found.get_by_text("Cancelled").wait_for(timeout=30_000)
    found.get_by_role("button", name="Try again").click()
    found.get_by_role("button", name="Cancel").click(timeout=30_000)
    found.get_by_text("Cancelled").wait_for(timeout=30_000)

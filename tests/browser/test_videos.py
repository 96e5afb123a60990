"""A person brings a recording and takes the merged video home."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from clips import changing_faces, even_times, face_clip_bytes, make_clip, make_face_clip
from playwright.sync_api import Page, expect

from emotion.palette import PANEL_BACKGROUND

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ANALYSE_MS = 90_000
FRAMES = 36


def upload(page: Page, *paths: Path) -> None:
    page.goto("/videos")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(list(paths))
    button = page.get_by_role("button", name="Analyse")
    expect(button).to_be_enabled(timeout=30_000)
    button.click()


def panels_in(image: np.ndarray) -> int:
    """How many blocks stand side by side: counted along the columns of the middle, apart by background."""
    height = image.shape[0]
    middle = image[height // 4 : height // 2].astype(int)
    differs = np.abs(middle - PANEL_BACKGROUND).max(axis=(0, 2)) > 24
    gaps = np.convolve(~differs, np.ones(16), "same") >= 16
    edges = np.flatnonzero(np.diff(gaps.astype(int)) == -1)
    return len(edges)


def test_upload_analyse_download(page: Page, tmp_path: Path, artifacts: Path) -> None:
    clip = tmp_path / "интервью 😀.mp4"
    size = (640, 360)
    make_clip(
        clip, times_s=even_times(FRAMES, rate=12.0), size=size, images=changing_faces(FRAMES, size=size, face_px=120)
    )
    upload(page, clip)
    page.get_by_text("Done").wait_for(timeout=ANALYSE_MS)
    page.get_by_role("button", name="Merged video").wait_for(timeout=30_000)
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(3)
    video = page.get_by_test_id("stVideo")
    page.wait_for_function("() => document.querySelector('video')?.readyState >= 2", timeout=20_000)
    assert video.evaluate("video => video.videoWidth") == 640
    page.set_viewport_size({"width": 1440, "height": 2100})
    page.wait_for_timeout(1_500)
    page.screenshot(path=artifacts / "videos.png")

    with page.expect_download() as download:
        page.get_by_role("button", name="Merged video").click()
    merged = tmp_path / "merged.mp4"
    download.value.save_as(merged)
    assert download.value.suggested_filename == "интервью 😀-merged.mp4"
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
    page.get_by_text("Done").wait_for(timeout=ANALYSE_MS)
    page.screenshot(path=artifacts / "videos-error.png", full_page=True)


def test_cancel(page: Page, tmp_path: Path) -> None:
    clip = tmp_path / "long.mp4"
    clip.write_bytes(face_clip_bytes(1500))
    upload(page, clip)
    page.get_by_text("Looking for faces").wait_for(timeout=30_000)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled").wait_for(timeout=30_000)
    expect(page.get_by_role("button", name="Merged video")).to_have_count(0)

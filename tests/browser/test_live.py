"""A person looks into the camera."""

from __future__ import annotations

import contextlib
import io
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from clips import astronaut_frames, make_y4m
from PIL import Image as Pictures
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect
from playwright.sync_api import Error as PlaywrightError
from visitor import LIVE_MS, QUALITY_LINE, open_live, start_live, stop_live

from emotion.types import Image

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CONNECT_MS = 20_000
# Picture, buttons and charts at once.
TALL = ViewportSize(width=1440, height=1400)


def number(page: Page, place: int) -> int:
    """One of the numbers of the quality line: pictures a second, analysed a second, milliseconds."""
    found = QUALITY_LINE.match(page.get_by_text(QUALITY_LINE).inner_text(timeout=LIVE_MS))
    assert found
    return int(found[place])


def until(page: Page, what: Callable[[], bool]) -> None:
    """Waits for a condition, however long this machine takes for it."""
    deadline = time.monotonic() + LIVE_MS / 1000
    while not what():
        if time.monotonic() > deadline:
            page.screenshot(path=Path(__file__).parents[2] / "test-artifacts" / "did-not-come.png")
            raise AssertionError("It did not come to that; see test-artifacts/did-not-come.png.")
        page.wait_for_timeout(200)


def video(page: Page) -> Locator:
    return page.frame_locator("iframe[title*='webrtc']").locator("video")


def played_s(page: Page) -> float:
    return float(video(page).evaluate("video => video.currentTime"))


def snapshot(page: Page) -> Image:
    """The latest picture as the server drew it.

    Where the page is drawn anew just when the button is pressed, Streamlit has forgotten what it was to download: then
    it is pressed again, as a person would.
    """
    button = page.locator(".st-key-live-snapshot button").first
    deadline = time.monotonic() + LIVE_MS / 1000
    while time.monotonic() < deadline:
        expect(button).to_be_enabled(timeout=LIVE_MS)
        with contextlib.suppress(PlaywrightError):
            with page.expect_download(timeout=10_000) as download:
                button.click()
            with Pictures.open(download.value.path()) as picture:
                assert picture.format == "PNG"
                return np.asarray(picture.convert("RGB"))
    raise AssertionError("No snapshot came.")


def shown(page: Page) -> Image:
    """The picture as it arrives in the browser, 640 x 480."""
    with Pictures.open(io.BytesIO(video(page).screenshot(timeout=LIVE_MS))) as picture:
        return np.asarray(picture.convert("RGB").resize((640, 480)))


def dark(image: Image) -> float:
    """The share that is nearly black: the small bars stand on a dark ground, which adds 1.8 % of this picture."""
    return float((image.max(axis=2) < 110).mean())


def left_over_right(image: Image) -> float:
    """How much neighbouring pixels differ in the left half, over the same in the right one, whatever the codec left:
    1.06 to 1.15 in this picture, 0.74 to 0.87 with the left face blurred."""
    left, right = (np.abs(np.diff(half.astype(int), axis=1)).mean() for half in np.hsplit(image[100:380], 2))
    return float(left / right)


def test_start_look_stop(page: Page, artifacts: Path) -> None:
    open_live(page)
    start_live(page)
    bars, minute, cumulative = (page.get_by_test_id("stVegaLiteChart").nth(index) for index in range(3))
    for chart in (bars, minute, cumulative):
        expect(chart).to_be_visible(timeout=LIVE_MS)
        chart.evaluate("element => { element.querySelector('canvas, svg').marked = true }")
    first = [chart.screenshot() for chart in (bars, minute, cumulative)]

    before = played_s(page)
    until(page, lambda: played_s(page) > before + 1)
    until(page, lambda: number(page, 1) > 0 and number(page, 2) > 0)
    expect(page.get_by_text(re.compile(r" · 1 face · "))).to_be_visible(timeout=LIVE_MS)
    word = re.compile(r"(Angry|Disgust|Fear|Happy|Sad|Surprise|Neutral) [01]\.\d\d")
    expect(page.get_by_test_id("stMetricValue")).to_have_text(word, timeout=LIVE_MS)
    for chart, once in zip((bars, minute, cumulative), first, strict=True):
        until(page, lambda chart=chart, once=once: chart.screenshot() != once)  # type: ignore[misc]
        same = chart.evaluate("element => element.querySelector('canvas, svg').marked === true")
        assert same, "The chart was built anew instead of updated: it flickers."
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
    page.screenshot(path=artifacts / "live.png")

    stop_live(page)
    expect(page.get_by_test_id("stMetric")).to_have_count(0)
    expect(page.get_by_text(QUALITY_LINE)).to_have_count(0)


def test_marker_by_key(page: Page) -> None:
    open_live(page)
    start_live(page)
    page.keyboard.press("m")
    expect(page.get_by_test_id("stToast")).to_have_text(re.compile(r"Marker at \d"), timeout=LIVE_MS)
    stop_live(page)


@pytest.fixture(scope="module")
def two_faces(launch: Callable[..., Browser], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose camera shows two persons, who sway side by side."""
    clip = tmp_path_factory.mktemp("camera") / "two.y4m"
    pair = [astronaut_frames(24, size=(320, 480), face_px=side).images for side in (110, 90)]
    make_y4m(clip, [np.hstack(both) for both in zip(*pair, strict=True)])
    with launch(
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={clip}",
    ) as launched:
        yield launched


def test_choices_change_while_it_runs(two_faces: Browser, server: str, artifacts: Path) -> None:
    """Layers, blurring and the chosen face; the persons keep their numbers, the picture goes on."""
    page = two_faces.new_page(base_url=server, viewport=TALL, permissions=["camera"], accept_downloads=True)
    open_live(page)
    page.get_by_test_id("stExpandSidebarButton").click()
    start_live(page)
    whom = page.get_by_role("radiogroup", name="Whose scores")
    for name in ("Largest", "All", "#1", "#2"):
        expect(whom.get_by_role("radio", name=name, exact=True)).to_be_visible(timeout=LIVE_MS)

    before = shown(page)
    sidebar = page.get_by_test_id("stSidebar")
    sidebar.get_by_role("button", name="Bars", exact=True).click()
    until(page, lambda: dark(shown(page)) > dark(before) + 0.01)
    page.screenshot(path=artifacts / "live-two-faces.png")

    whom.get_by_role("radio", name="#2", exact=True).click()
    expect(page.get_by_text("scores of face 2")).to_be_visible(timeout=LIVE_MS)
    assert left_over_right(shown(page)) > 1
    sidebar.get_by_role("combobox", name="Blurred faces").click()
    page.get_by_role("option", name="All but the chosen face").click()
    # The larger face is the first, on the left.
    until(page, lambda: left_over_right(shown(page)) < 0.95)
    assert snapshot(page).shape == (480, 640, 3)
    expect(whom.get_by_role("radio", name="#1", exact=True)).to_be_visible()
    expect(whom.get_by_role("radio", name="#2", exact=True)).to_be_checked()

    whom.get_by_role("radio", name="All", exact=True).click()
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(5, timeout=LIVE_MS)
    played = played_s(page)
    until(page, lambda: played_s(page) > played)
    stop_live(page)
    page.close()


@pytest.mark.parametrize(
    ("devices", "says"),
    [
        pytest.param([], "No camera was found. Plug one in", id="no camera"),
        pytest.param(["--use-fake-device-for-media-stream"], "The camera is refused for this page", id="refused"),
    ],
)
def test_no_camera_gets_a_sentence(launch: Callable[..., Browser], server: str, devices: list[str], says: str) -> None:
    with launch(*devices) as launched:
        page = launched.new_page(base_url=server)
        open_live(page)
        page.locator(".st-key-live-start button").first.click()
        page.get_by_text(says).wait_for(timeout=LIVE_MS)


@pytest.mark.parametrize("path", ["/", "/videos", "/about"])
def test_nothing_is_fetched_from_elsewhere(page: Page, server: str, path: str) -> None:
    elsewhere: list[str] = []
    page.on(
        "request", lambda request: request.url.startswith((server, "data:", "blob:")) or elsewhere.append(request.url)
    )
    page.goto(path)
    page.get_by_role("heading").first.wait_for(timeout=CONNECT_MS)
    page.wait_for_timeout(1_000)
    assert elsewhere == []

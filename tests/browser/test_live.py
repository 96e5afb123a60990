"""A person looks into the camera."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CONNECT_MS = 20_000


def metric(page: Page, label: str) -> str:
    found = page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")
    return found.inner_text()


def start(page: Page) -> None:
    """Opens the page and presses Start; once more where a cold server's first connection came to nothing."""
    page.goto("/")
    button = page.frame_locator("iframe[title*='webrtc']").get_by_role("button", name="Start")
    for _ in range(2):
        button.click(timeout=60_000)
        try:
            page.get_by_text(re.compile(r"Picture \d+ analysed")).wait_for(timeout=CONNECT_MS)
        except PlaywrightTimeout:
            continue
        return
    page.get_by_text(re.compile(r"Picture \d+ analysed")).wait_for(timeout=CONNECT_MS)


def pictures(page: Page) -> int:
    text = page.get_by_text(re.compile(r"Picture \d+ analysed")).inner_text()
    return int(re.findall(r"\d+", text)[0])


def test_start_look_stop(page: Page, artifacts: Path) -> None:
    start(page)
    before = pictures(page)
    bars, cumulative = page.get_by_test_id("stVegaLiteChart").nth(0), page.get_by_test_id("stVegaLiteChart").nth(1)
    for chart in (bars, cumulative):
        expect(chart).to_be_visible()
        chart.evaluate("element => { element.querySelector('canvas, svg').marked = true }")
    first = bars.screenshot(), cumulative.screenshot()
    page.wait_for_timeout(4_000)

    assert pictures(page) > before + 10
    assert metric(page, "Faces in view") == "1"
    assert float(metric(page, "Analysed per second")) >= 5
    assert re.fullmatch(r"\d+ ms", metric(page, "Delay per frame"))
    assert re.match(r"(Angry|Disgust|Fear|Happy|Sad|Surprise|Neutral) [01]\.\d\d", metric(page, "Now"))
    assert bars.screenshot() != first[0]
    assert cumulative.screenshot() != first[1]
    for chart in (bars, cumulative):
        same = chart.evaluate("element => element.querySelector('canvas, svg').marked === true")
        assert same, "The chart was built anew instead of updated: it flickers."
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
    page.screenshot(path=artifacts / "live.png")

    stream = page.frame_locator("iframe[title*='webrtc']")
    video_time = "video => video.currentTime"
    played = stream.locator("video").evaluate(video_time)
    page.wait_for_timeout(500)
    assert stream.locator("video").evaluate(video_time) > played

    stream.get_by_role("button", name="Stop").click()
    page.get_by_text("Press Start and allow the camera").wait_for(timeout=CONNECT_MS)
    expect(page.get_by_test_id("stMetric")).to_have_count(0)


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
        page.goto("/")
        page.frame_locator("iframe[title*='webrtc']").get_by_role("button", name="Start").click(timeout=60_000)
        page.get_by_text(says).wait_for(timeout=CONNECT_MS)


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

"""Consent before the first start, rules that fire, the neutral face, a picture instead of the camera."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from clips import astronaut_frames
from PIL import Image as Pillow
from playwright.sync_api import Browser, Page, ViewportSize, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from visitor import go_to

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WAIT_MS = 60_000
GO_ON = "I understand, go on"
NEUTRAL_ENDS = re.compile(r"Relative to your neutral face|press Neutral face again|in good light, once more")
# While a page is drawn anew, the button of the run before may stand beside it for a moment.
NEUTRAL_READY = "[class*=st-key-live-neutral] button:not([disabled])"
LOOKS = [
    pytest.param("light", 1440, id="light-wide"),
    pytest.param("dark", 1440, id="dark-wide"),
    pytest.param("light", 390, id="light-narrow"),
    pytest.param("dark", 390, id="dark-narrow"),
]


def started(page: Page) -> None:
    """The camera's picture is analysed; Start pressed again where a cold server's first connection came to nothing."""
    ready = page.locator(NEUTRAL_READY).first
    for _ in range(3):
        page.get_by_role("button", name="Start", exact=True).click(timeout=WAIT_MS)
        stop = page.get_by_role("button", name="Stop", exact=True)
        stop.first.wait_for(timeout=WAIT_MS)
        while stop.first.is_visible() and not ready.is_visible():
            page.wait_for_timeout(200)
        if ready.is_visible():
            return
    pytest.fail("The camera's session did not start.")


def test_asked_once_then_rules_and_the_neutral_face(page: Page, artifacts: Path) -> None:
    page.goto("/")
    go_on, start = page.get_by_role("button", name=GO_ON), page.get_by_role("button", name="Start", exact=True)
    go_on.wait_for(timeout=WAIT_MS)
    expect(page.get_by_text("article 5(1)(f)")).to_be_visible()
    expect(start).to_have_count(0)
    go_on.click()
    start.wait_for(timeout=WAIT_MS)
    go_to(page, "About", page.get_by_role("heading", name="What it measures"))
    go_to(page, "Live", start)
    expect(go_on).to_have_count(0)

    started(page)
    page.get_by_text("Events", exact=True).click()
    rules = page.get_by_role("textbox", name="Rules, one a line")
    rules.fill("no face for 59 min\nneutral below 0.999 for 0.2 s")
    rules.press("Control+Enter")
    page.get_by_text(re.compile(r"neutral below 0\.999 for 0\.2 s \(0\.\d\d\)")).first.wait_for(timeout=WAIT_MS)
    rules.fill("bored above 0.5 for 3 s")
    rules.press("Control+Enter")
    page.get_by_text("is none of the emotions").wait_for(timeout=WAIT_MS)
    rules.scroll_into_view_if_needed()
    page.screenshot(path=artifacts / "live-events.png")

    page.locator(NEUTRAL_READY).first.click()
    page.get_by_text(NEUTRAL_ENDS).first.wait_for(timeout=WAIT_MS)
    page.screenshot(path=artifacts / "live-neutral.png", full_page=True)
    page.get_by_role("button", name="Stop", exact=True).click()
    start.wait_for(timeout=WAIT_MS)


def give(page: Page, picture: bytes) -> None:
    """Chooses the picture; once more where Streamlit has lost it, as it may while a busy server draws the page."""
    answer = page.get_by_text(re.compile(r"Face 1: \w+"))
    for _ in range(2):
        page.locator("input[type=file]").set_input_files(
            {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": picture}
        )
        try:
            answer.wait_for(timeout=WAIT_MS)
        except PlaywrightTimeout:
            continue
        return
    answer.wait_for(timeout=WAIT_MS)


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_looks(browser: Browser, server: str, artifacts: Path, scheme: str, width: int) -> None:
    """The consent, and a picture that is tried: look at them in ``test-artifacts/``."""
    file = io.BytesIO()
    Pillow.fromarray(astronaut_frames(1, size=(640, 480), face_px=150).images[0]).save(file, "JPEG")
    context = browser.new_context(
        base_url=server,
        viewport=ViewportSize(width=width, height=1000),
        color_scheme=scheme,  # type: ignore[arg-type]  # one of two words
    )
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name=GO_ON).wait_for(timeout=WAIT_MS)
    page.screenshot(path=artifacts / f"consent-{scheme}-{width}.png")
    fits = "document.documentElement.scrollWidth <= window.innerWidth"
    assert page.evaluate(fits), "The page scrolls sideways."

    page.get_by_role("button", name=GO_ON).click()
    page.get_by_text("Try a picture instead", exact=True).click(timeout=WAIT_MS)
    # A page that is still being drawn may put another place to drop into this one's stead.
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for(timeout=WAIT_MS)
    give(page, file.getvalue())
    page.get_by_test_id("stVegaLiteChart").first.wait_for(timeout=WAIT_MS)
    page.get_by_test_id("stVegaLiteChart").first.scroll_into_view_if_needed()
    page.screenshot(path=artifacts / f"try-picture-{scheme}-{width}.png")
    assert page.evaluate(fits), "The page scrolls sideways."
    context.close()

"""What browser tests do on our pages, as a person does it."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from emotion.web.consent import GO_ON

ANALYSE_MS = 180_000
QUALITY_LINE = re.compile(r"^(\d+) fps · (\d+) analysed · (\d+) ms · light \w+ · ")


def upload(page: Page, *paths: Path) -> None:
    """What is dropped is analysed at once; nothing has to be pressed."""
    page.goto("./videos")
    page.get_by_text("or drop them here").wait_for(timeout=60_000)
    page.locator("input[type=file]").set_input_files(list(paths))
    page.get_by_role("heading", name="Queue").wait_for(timeout=60_000)


def row(page: Page, name: str) -> Locator:
    return page.get_by_test_id("stHorizontalBlock").filter(has=page.get_by_text(name, exact=True))


LIVE_MS = 90_000
"""For whatever a live page has to come to: a busy machine takes its time."""
AGAIN_MS = 15_000
"""Whoever pressed a link and sees the old page for so long presses it again."""


def open_live(page: Page) -> None:
    """The Live page, past what stands before the first start."""
    page.goto("./")
    page.get_by_role("button", name=GO_ON).click(timeout=LIVE_MS)
    page.locator(".st-key-live-start button").first.wait_for(timeout=LIVE_MS)


def start_live(page: Page) -> None:
    """Presses Start on the open page, and waits until pictures are analysed.

    Where a busy machine could not connect in the time that the page gives it, presses it again, as the page says.
    """
    begin, playing = page.locator(".st-key-live-start button").first, page.get_by_text(QUALITY_LINE)
    for _ in range(3):
        begin.click(timeout=LIVE_MS)
        # Stop is not waited for: where connecting fails at once, it is there too shortly to be seen.
        with contextlib.suppress(PlaywrightTimeout):
            playing.first.wait_for(timeout=LIVE_MS / 2)
        if not begin.is_visible():
            playing.first.wait_for(timeout=LIVE_MS)
            return
    raise AssertionError("Three times it could not connect.")


def stop_live(page: Page) -> None:
    page.locator(".st-key-live-stop button").first.click(timeout=LIVE_MS)
    page.get_by_text("Press Start and allow the camera").wait_for(timeout=LIVE_MS)


def go_to(page: Page, name: str, there: Locator) -> None:
    """Presses the link to another page; once more where Streamlit went back at once.

    What a component of the old page tells in the moment between the click and the server's answer names the old page,
    and is obeyed: a click within the first second of the Live page may come to nothing.
    """
    for _ in range(5):
        page.get_by_role("link", name=name).click()
        try:
            there.wait_for(timeout=AGAIN_MS)
        except PlaywrightTimeout:
            continue
        return
    there.wait_for(timeout=LIVE_MS)

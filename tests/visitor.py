"""What browser tests do on our pages, as a person does it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page

ANALYSE_MS = 180_000


def upload(page: Page, *paths: Path) -> None:
    """What is dropped is analysed at once; nothing has to be pressed."""
    page.goto("/videos")
    page.get_by_text("or drop them here").wait_for(timeout=60_000)
    page.locator("input[type=file]").set_input_files(list(paths))
    page.get_by_role("heading", name="Queue").wait_for(timeout=60_000)


def row(page: Page, name: str) -> Locator:
    return page.get_by_test_id("stHorizontalBlock").filter(has=page.get_by_text(name, exact=True))

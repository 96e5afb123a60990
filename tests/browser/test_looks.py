"""A picture of every page, light and dark, wide and narrow: look at them in ``test-artifacts/``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, ViewportSize

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES = {"wide": ViewportSize(width=1440, height=1000), "narrow": ViewportSize(width=390, height=1200)}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("path", "ready"),
    [
        ("/", "Before you start|Press Start"),
        ("/videos", "Drop one or more|Queue|Last results"),
        ("/library", "Begin with|Tick rows"),
        ("/about", "AI Act"),
    ],
)
def test_page(
    browser: Browser,
    server: str,
    artifacts: Path,
    path: str,
    ready: str,
    scheme: Literal["light", "dark"],
    size: str,
) -> None:
    context = browser.new_context(base_url=server, viewport=SIZES[size], color_scheme=scheme)
    page = context.new_page()
    page.goto(path)
    page.get_by_text(re.compile(ready)).first.wait_for(timeout=30_000)
    page.wait_for_timeout(1_000)
    page.screenshot(path=artifacts / f"{path.strip('/') or 'live'}-empty-{scheme}-{size}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "The page scrolls sideways."
    context.close()

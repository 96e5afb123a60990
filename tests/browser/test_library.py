"""A person looks through the library: opens, names, notes, compares, deletes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from clips import make_face_clip
from playwright.sync_api import Browser, Locator, Page, expect
from visitor import ANALYSE_MS, row, upload

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TICK_PX, NAME_PX = 16, 80
HEAD_PX, ROW_PX = 36, 40
NAMES = ("library one.mp4", "library two.mp4")


@pytest.fixture(scope="module")
def filled(browser: Browser, server: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Two recordings in the library."""
    clips = [tmp_path_factory.mktemp("clips") / name for name in NAMES]
    for clip in clips:
        make_face_clip(clip, count=12)
    with browser.new_context(base_url=server) as context:
        page = context.new_page()
        upload(page, *clips)
        for clip in clips:
            row(page, clip.name).get_by_role("link", name="Open").wait_for(timeout=ANALYSE_MS)


@pytest.fixture
def library(page: Page, filled: None) -> Page:
    """The library, with no others than these two, the second one first."""
    page.goto("/library")
    page.get_by_placeholder("Part of a name").fill("library")
    page.keyboard.press("Enter")
    expect(names(page)).to_have_count(2, timeout=60_000)
    return page


def names(page: Page) -> Locator:
    """What the table tells those who cannot see it."""
    return page.locator("[role=gridcell]").filter(has_text="library")


def click_row(page: Page, number: int, x: int) -> None:
    """The table is a canvas."""
    box = page.get_by_test_id("stDataFrame").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + x, box["y"] + HEAD_PX + ROW_PX * (number + 0.5))


def test_open_name_and_note(library: Page, artifacts: Path) -> None:
    click_row(library, 1, NAME_PX)
    library.wait_for_url(re.compile("/recording"), timeout=60_000)
    expect(library.get_by_role("heading", name=NAMES[0])).to_be_visible(timeout=60_000)
    library.get_by_role("radio", name="Face 1").click()
    library.get_by_role("textbox", name="Name").fill("Ana")
    library.keyboard.press("Enter")
    expect(library.get_by_role("radio", name="Ana")).to_be_visible(timeout=30_000)
    library.get_by_role("textbox", name="Note").fill("here she laughs")
    library.get_by_role("button", name="Mark 0:").click()
    expect(library.get_by_role("paragraph").filter(has_text="here she laughs")).to_be_visible(timeout=30_000)
    library.screenshot(path=artifacts / "recording-noted.png", full_page=True)
    library.reload()
    expect(library.get_by_role("radio", name="Ana")).to_be_visible(timeout=60_000)
    answer = linked(library, "Notes (CSV)")
    assert answer.splitlines()[1].endswith("here she laughs")
    assert linked(library, "People (CSV)").splitlines()[1] == "1,0.0,,1,Ana"


def linked(page: Page, label: str) -> str:
    href = page.get_by_role("link", name=label).get_attribute("href")
    assert href is not None
    answer = page.request.get(href)
    assert answer.ok
    return answer.text()


def test_compare(library: Page, artifacts: Path) -> None:
    for number in range(2):
        click_row(library, number, TICK_PX)
        library.wait_for_timeout(500)
    library.get_by_role("button", name="Compare").click(timeout=30_000)
    library.wait_for_url(re.compile("/compare"), timeout=60_000)
    charts = library.get_by_test_id("stVegaLiteChart")
    expect(charts).to_have_count(2, timeout=60_000)  # she smiles all the time, and the shares
    library.get_by_role("button", name="Surprise").click()
    expect(charts).to_have_count(3, timeout=60_000)
    library.wait_for_timeout(1_000)
    library.screenshot(path=artifacts / "compare.png", full_page=True)
    library.reload()
    expect(charts).to_have_count(2, timeout=60_000)


def test_delete_asks_first(library: Page) -> None:
    click_row(library, 0, TICK_PX)
    library.get_by_role("button", name="Delete …").click(timeout=30_000)
    dialog = library.get_by_role("dialog")
    expect(dialog.get_by_text(NAMES[1])).to_be_visible(timeout=30_000)
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_have_count(0, timeout=30_000)
    expect(names(library)).to_have_count(1, timeout=30_000)

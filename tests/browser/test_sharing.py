"""Anna shows a recording to Bob, and takes it back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import dashboard
import pytest
from clips import make_face_clip
from crew import until
from playwright.sync_api import Browser, Page, expect
from shelf import add_done

from emotion.settings import Settings
from emotion.store.database import Database
from emotion.store.places import Places
from emotion.types import Emotion

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WAIT_MS = 90_000
CHANGES = re.compile(r"Mark \d|Exclude|Share …")
As = Callable[[str], Page]


@pytest.fixture
def seen_by(browser: Browser, tmp_path: Path, artifacts: Path) -> Iterator[As]:
    """Opens the page of Anna's recording as somebody whom a proxy signed in."""
    settings = Settings.load(data_dir=tmp_path)
    with ExitStack() as opened:
        with Database.open(settings) as database:
            made = add_done(database, settings, [Emotion.HAPPY] * 6, name="Interview.mp4", owner="proxy:anna")
        make_face_clip(Places(tmp_path).results(made.id) / "annotated.mp4", count=12)
        people = {"EMOTION_AUTH": "proxy", "EMOTION_DEFAULT_ROLE": "member"}
        server = opened.enter_context(dashboard.serving(tmp_path, artifacts / "sharing.log", **people))

        def open_as(who: str) -> Page:
            context = opened.enter_context(
                browser.new_context(base_url=server.url, extra_http_headers={"X-Forwarded-User": who})
            )
            page = context.new_page()
            page.goto(f"/recording?recording={made.id}")
            return page

        yield open_as


def test_a_link_shows_it_and_revoke_takes_it_back(seen_by: As, artifacts: Path) -> None:
    bob = seen_by("bob")
    expect(bob.get_by_text("is not here any more")).to_be_visible(timeout=WAIT_MS)

    anna = seen_by("anna")
    expect(anna.get_by_role("button", name=CHANGES)).to_have_count(3, timeout=WAIT_MS)
    anna.get_by_role("button", name="Share …").click()
    dialog = anna.get_by_role("dialog")
    dialog.get_by_role("button", name="Make a link").click(timeout=WAIT_MS)
    expect(dialog.get_by_role("button", name="Revoke")).to_have_count(1, timeout=WAIT_MS)
    anna.screenshot(path=artifacts / "share.png")

    bob.goto(dialog.locator("code").inner_text())
    expect(bob.get_by_text("Shared with you")).to_be_visible(timeout=WAIT_MS)
    until(lambda: bob.locator("video").evaluate("video => video.readyState > 0"))
    expect(bob.get_by_role("link", name="Table (CSV)")).to_be_visible(timeout=WAIT_MS)
    expect(bob.get_by_role("button", name=CHANGES)).to_have_count(0)
    bob.screenshot(path=artifacts / "shared.png")
    table = bob.get_by_role("link", name="Table (CSV)").get_attribute("href") or ""
    assert bob.request.get(table).status == 200
    assert anna.request.get(table).status == 403, "a link is for one person"

    dialog.get_by_role("button", name="Revoke").click()
    expect(dialog.get_by_role("button", name="Revoke")).to_have_count(0, timeout=WAIT_MS)
    assert bob.request.get(table).status == 403
    bob.get_by_role("radio", name="Face 1").click()
    expect(bob.get_by_text("shows nothing any more")).to_be_visible(timeout=WAIT_MS)
    expect(bob.get_by_role("link", name="Table (CSV)")).to_have_count(0, timeout=WAIT_MS)

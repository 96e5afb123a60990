"""Our own components in a real browser, together: the drop zone and the player."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser.components import METADATA, RECORDING, a_video, choose, make_recording
from playwright.sync_api import Browser
from web.http.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_all_of_it_under_a_sub_path(browser: Browser, tmp_path: Path) -> None:
    server = Server(tmp_path / "data", base="emotion/team")
    make_recording(server.data_dir / "recordings" / RECORDING / "results")
    server.record(RECORDING)
    server.start()
    page = browser.new_page()
    try:
        page.goto(f"{server.url}/emotion/team/")
        choose(page, a_video(tmp_path / "clip.mp4", 5))
        page.get_by_text("came: clip.mp4 of 5").wait_for(timeout=30_000)
        page.goto(f"{server.url}/emotion/team/?show=player")
        page.wait_for_function(f"() => ({METADATA})()", timeout=30_000)
    finally:
        page.close()
        server.kill()

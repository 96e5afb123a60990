"""The drop zone in a real browser, by itself."""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from browser.components import PROGRESS, a_video, choose
from playwright.sync_api import Browser, Page, Route, expect
from web.http.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MIB = 1 << 20


def slow_down(page: Page, *, bytes_per_s: int) -> None:
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_s},
    )


def clear(parts: Server) -> None:
    for folder in (parts.data_dir / "uploads").iterdir():
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def test_files_arrive_whole(open_page: Callable[..., Page], parts: Server, tmp_path: Path, artifacts: Path) -> None:
    large = a_video(tmp_path / "интервью 😀.mp4", 20 * MIB + 17)
    small = a_video(tmp_path / "clip.MOV", 5)
    page = open_page()
    expect(page.get_by_text("Up to 41 MB each")).to_be_visible(timeout=30_000)
    choose(page, large, small)
    page.get_by_text(f"came: {large.name} of {large.stat().st_size}").wait_for(timeout=60_000)
    page.get_by_text("came: clip.MOV of 5, blurred: others").wait_for(timeout=30_000)
    page.screenshot(path=artifacts / "drop-zone.png")
    page.get_by_role("button", name="Take them").click()
    expect(page.locator(".row")).to_have_count(0, timeout=30_000)
    for path in (large, small):
        assert (parts.data_dir / "taken" / path.name).read_bytes() == path.read_bytes()
        (parts.data_dir / "taken" / path.name).unlink()
    assert list((parts.data_dir / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "size", "says"),
    [
        pytest.param("notes.txt", 5, "This is no video", id="no video"),
        pytest.param("empty.mp4", 0, "This file is empty", id="empty"),
        pytest.param("huge.mp4", 42 * MIB, "Up to 41 MB each", id="too large"),
    ],
)
def test_what_cannot_be_taken_is_said_at_once(
    open_page: Callable[..., Page], parts: Server, tmp_path: Path, name: str, size: int, says: str
) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        os.truncate(file.fileno(), size)
    page = open_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.method))
    choose(page, path)
    expect(page.locator(".told")).to_contain_text(says)
    assert "POST" not in requests
    page.get_by_role("button", name=f"Remove {name}").click()
    expect(page.locator(".row")).to_have_count(0)


def test_a_broken_connection_is_mended(open_page: Callable[..., Page], parts: Server, tmp_path: Path) -> None:
    """The server is killed in the middle of an upload, and started again."""
    video = a_video(tmp_path / "broken.mp4", 32 * MIB)
    page = open_page()
    slow_down(page, bytes_per_s=8 * MIB)
    choose(page, video)
    page.wait_for_function(f"() => ({PROGRESS})() > 0.3", timeout=30_000)
    parts.kill()
    expect(page.locator(".told")).to_contain_text("The connection broke", timeout=30_000)
    parts.start()
    expect(page.locator(".told")).to_contain_text("Uploaded", timeout=60_000)
    arrived = [folder / "whole" for folder in (parts.data_dir / "uploads").iterdir()]
    assert [hashlib.sha256(path.read_bytes()).digest() for path in arrived] == [
        hashlib.sha256(video.read_bytes()).digest()
    ]
    clear(parts)


def test_a_closed_tab_goes_on_when_the_file_comes_again(
    open_page: Callable[..., Page], parts: Server, tmp_path: Path
) -> None:
    video = a_video(tmp_path / "again.mp4", 32 * MIB)
    page = open_page()
    slow_down(page, bytes_per_s=8 * MIB)
    choose(page, video)
    page.wait_for_function(f"() => ({PROGRESS})() > 0.4", timeout=30_000)
    page.close()
    before = {folder.name for folder in (parts.data_dir / "uploads").iterdir()}
    page = open_page()
    sent: list[int] = []
    page.on("request", lambda request: sent.append(int(request.headers.get("upload-offset", -1))))
    choose(page, video)
    page.get_by_text("came: again.mp4").wait_for(timeout=60_000)
    assert {folder.name for folder in (parts.data_dir / "uploads").iterdir()} == before, "it began anew"
    assert min(offset for offset in sent if offset >= 0) > 10 * MIB
    (folder,) = (parts.data_dir / "uploads").iterdir()
    assert (folder / "whole").read_bytes() == video.read_bytes()
    clear(parts)


def test_a_server_that_asks_to_wait_is_asked_again(
    open_page: Callable[..., Page], parts: Server, tmp_path: Path
) -> None:
    page, busy = open_page(), [True]

    def answer(route: Route) -> None:
        if busy[0] and route.request.method == "POST":
            said = {"error": "Too many at once. It goes on by itself."}
            route.fulfill(status=429, json=said, headers={"Retry-After": "1"})
        else:
            route.continue_()

    page.route("**/api/uploads*", answer)
    choose(page, a_video(tmp_path / "patient.mp4", 5))
    expect(page.locator(".told")).to_have_text("Too many at once. It goes on by itself.", timeout=30_000)
    expect(page.get_by_role("button", name="Cancel patient.mp4")).to_be_visible(timeout=30_000)
    busy[0] = False
    page.get_by_text("came: patient.mp4 of 5").wait_for(timeout=30_000)
    clear(parts)


def test_cancel_leaves_nothing(open_page: Callable[..., Page], parts: Server, tmp_path: Path) -> None:
    page = open_page()
    slow_down(page, bytes_per_s=4 * MIB)
    choose(page, a_video(tmp_path / "unwanted.mp4", 20 * MIB))
    page.wait_for_function(f"() => ({PROGRESS})() > 0.1", timeout=30_000)
    with page.expect_request(lambda request: request.method == "DELETE") as deleted:
        page.get_by_role("button", name="Cancel unwanted.mp4").click()
    response = deleted.value.response()
    assert response is not None
    assert response.status == 204
    expect(page.locator(".row")).to_have_count(0)
    assert list((parts.data_dir / "uploads").iterdir()) == []


@pytest.mark.parametrize("length", [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 1 << 20])
def test_the_browsers_hash_is_sha256(browser: Browser, length: int) -> None:
    script = Path("emotion/web/components/dropzone/sha256.js")
    source = (Path(__file__).parents[2] / script).read_text(encoding="utf-8")
    body = random.Random(length).randbytes(length)
    pieces = [list(body[: length // 3]), list(body[length // 3 :])] if length < 100_000 else None
    page = browser.new_page()
    # Random bytes of a megabyte take too long as an argument; a pattern does as well.
    made = "[new Uint8Array(1 << 20).map((_, i) => i * 31)]" if pieces is None else "pieces"
    expected = bytes(i * 31 % 256 for i in range(1 << 20)) if pieces is None else body
    hashed = page.evaluate(
        f"""pieces => {{ {source}
            const hash = new Sha256();
            for (const piece of {made}) hash.update(Uint8Array.from(piece));
            return [...hash.digest()]; }}""",
        pieces,
    )
    page.close()
    assert bytes(hashed) == hashlib.sha256(expected).digest()

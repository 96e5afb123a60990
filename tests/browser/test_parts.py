"""Our own components in a real browser, each by itself: the drop zone and the player."""

from __future__ import annotations

import hashlib
import math
import os
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from clips import changing_faces, even_times, make_clip
from crew import until
from playwright.sync_api import Browser, Locator, Page, Route, expect
from web.http.servers import Server

from emotion.report.traces import FaceTrace, Traces

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RECORDING = "0123456789abcdef0123456789abcdef"
MIB = 1 << 20
FRAMES, RATE = 100, 20.0


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("data"), {"EMOTION_MAX_UPLOAD_GB": "0.04"})
    make_recording(started.data_dir / "recordings" / RECORDING / "results")
    started.record(RECORDING)
    started.start()
    yield started
    started.kill()


@pytest.fixture
def open_page(browser: Browser, parts: Server) -> Iterator[Callable[..., Page]]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    complaints: list[str] = []

    def make(query: str = "") -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{parts.url}/{query}")
        return page

    yield make
    context.close()
    assert complaints == []


def make_recording(results: Path) -> None:
    results.mkdir(parents=True)
    images = changing_faces(FRAMES, size=(640, 360), face_px=120)
    make_clip(results / "annotated.mp4", times_s=even_times(FRAMES, rate=RATE), size=(640, 360), images=images)
    times = tuple(frame / RATE for frame in range(FRAMES))
    faces = tuple(FaceTrace(face, 5.0, (1 / RATE,) * FRAMES, waves(times, face)) for face in (0, 1, 2))
    (results / "traces.json").write_text(Traces(times, FRAMES / RATE, faces).to_json(), encoding="utf-8")


def waves(times: tuple[float, ...], face: int) -> tuple[tuple[float | None, ...], ...]:
    """Seven curves that add up to 1; the first person is away for a while."""
    rows = [[math.exp(2 * math.sin(time * (place + 1) / 2 + face + place)) for time in times] for place in range(7)]
    sums = [sum(column) for column in zip(*rows, strict=True)]
    away = range(40, 55) if face == 1 else range(0)
    return tuple(tuple(None if i in away else round(value / sums[i], 4) for i, value in enumerate(row)) for row in rows)


def a_video(path: Path, size: int) -> Path:
    """Bytes of that name: the drop zone does not look inside."""
    path.write_bytes(os.urandom(size))
    return path


def choose(page: Page, *paths: Path) -> None:
    page.get_by_role("button", name="Choose videos").wait_for(timeout=30_000)
    page.locator("input[type=file]").set_input_files(list(paths))


# The drop zone.


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


FIND = """const find = (name, root = document) => root.querySelector(name)
    ?? [...root.querySelectorAll('*')].map(e => e.shadowRoot && find(name, e.shadowRoot)).find(Boolean);"""
PROGRESS = f"() => {{ {FIND} return find('progress')?.value ?? 0; }}"
METADATA = f"() => {{ {FIND} return find('video')?.readyState >= 1; }}"


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


# The player.


@pytest.fixture
def player(open_page: Callable[..., Page]) -> Page:
    page = open_page("?show=player")
    page.locator(".chart").wait_for(timeout=30_000)
    expect(page.locator(".time")).to_have_text("0:00.0 / 0:05")
    video(page).evaluate("video => video.readyState || new Promise(done => video.onloadedmetadata = done)")
    return page


def video(page: Page) -> Locator:
    return page.locator("video")


def stands_at(page: Page) -> float:
    return float(video(page).evaluate("video => video.currentTime"))


def plot(page: Page) -> tuple[float, float, float]:
    """Left and right end of the axis, and a height within it, on the page."""
    box = page.locator(".chart").bounding_box()
    assert box
    return box["x"] + 34, box["x"] + box["width"] - 96, box["y"] + 100


def test_it_plays_the_file_by_ranges(player: Page) -> None:
    assert video(player).evaluate("video => video.videoWidth") == 640
    assert video(player).evaluate("video => video.duration") == pytest.approx(5.0, abs=0.1)


def test_a_click_in_the_chart_moves_the_video_and_python_hears_of_it(player: Page, artifacts: Path) -> None:
    left, right, height = plot(player)
    player.mouse.click(left + (right - left) * 0.6, height)
    player.get_by_text("stands at 3.0").wait_for(timeout=30_000)
    assert stands_at(player) == pytest.approx(3.0, abs=0.02)
    expect(player.locator(".time")).to_have_text("0:03.0 / 0:05")
    player.wait_for_timeout(300)
    player.screenshot(path=artifacts / "player.png")


def test_the_cursor_follows_while_it_plays(player: Page) -> None:
    before = float(player.locator(".cursor-line").get_attribute("x1") or 0)
    value = player.locator(".now .value").first
    shown = value.text_content()
    video(player).evaluate("video => { video.muted = true; return video.play(); }")
    until(lambda: stands_at(player) > 1)
    video(player).evaluate("video => video.pause()")
    left, right, _ = plot(player)

    def moved_by() -> float:
        return float(player.locator(".cursor-line").get_attribute("x1") or 0) - before

    until(lambda: moved_by() == pytest.approx((right - left) * stands_at(player) / 5, abs=4))
    until(lambda: value.text_content() != shown)


def test_who_leaves_it_while_it_plays_has_this_moment(player: Page) -> None:
    expect(player.get_by_text("stands at 0.00")).to_be_visible()
    video(player).hover(position={"x": 20, "y": 20})
    # So slow that it does not come to its end, which would be told too.
    video(player).evaluate("video => { video.muted = true; video.playbackRate = 0.1; return video.play(); }")
    until(lambda: stands_at(player) > 0.1)
    player.get_by_role("button", name="To the marker").hover()
    player.get_by_text(re.compile(r"stands at (0\.[1-9]|[1-4])")).wait_for(timeout=30_000)
    assert not video(player).evaluate("video => video.paused")


def test_python_moves_the_video(player: Page) -> None:
    player.get_by_role("button", name="To the marker").click()
    player.get_by_text("stands at 1.50").wait_for(timeout=30_000)
    assert stands_at(player) == pytest.approx(1.5, abs=0.02)
    left, right, height = plot(player)
    player.mouse.click(left + (right - left) * 0.9, height)
    player.get_by_text("stands at 4.5").wait_for(timeout=30_000)
    player.get_by_role("button", name="To the marker").click()
    player.get_by_text("stands at 1.50").wait_for(timeout=30_000)


def test_a_drag_looks_closer_and_back(player: Page) -> None:
    left, right, height = plot(player)
    player.mouse.move(left + (right - left) * 0.2, height)
    player.mouse.down()
    player.mouse.move(left + (right - left) * 0.4, height, steps=4)
    player.mouse.up()
    player.get_by_text(re.compile(r"chosen \((1\.0|0\.99)\d*, (2\.0|1\.99)\d*\)")).wait_for(timeout=30_000)
    expect(player.get_by_text(re.compile(r"asked for \((1\.0|0\.99)"))).to_be_visible()
    assert stands_at(player) == pytest.approx(1.0, abs=0.05)
    expect(player.locator(".grid text").last).to_have_text(re.compile(r"0:0(1\.8|2\.0)"))
    player.get_by_role("button", name="Show the whole recording").click()
    player.get_by_text("chosen None").wait_for(timeout=30_000)
    expect(player.locator(".grid text").last).to_have_text("0:05")


@pytest.mark.parametrize(
    ("keys", "time_s"),
    [
        pytest.param(["ArrowRight"], 1.0, id="a second on"),
        pytest.param(["End", "ArrowLeft"], 4.0, id="the end, and back"),
        pytest.param(["Shift+ArrowRight", "Home"], 0.0, id="the begin"),
        pytest.param(["ArrowRight", "+", "+", "ArrowRight"], 2.0, id="closer"),
    ],
)
def test_keys_do_the_same(player: Page, keys: list[str], time_s: float) -> None:
    chart = player.get_by_role("slider", name=re.compile("Scores over time"))
    chart.focus()
    for key in keys:
        player.keyboard.press(key)
        player.wait_for_timeout(150)
    until(lambda: stands_at(player) == pytest.approx(time_s, abs=0.05))
    until(lambda: float(chart.get_attribute("aria-valuenow") or -1) == pytest.approx(time_s, abs=0.1))


def test_each_face_has_its_curves_and_each_line_its_name(player: Page) -> None:
    names = player.locator(".names text:not(.marker-text)")
    expect(names).to_have_count(7)
    before = player.locator(".lines path").first.get_attribute("d")
    player.get_by_text("face 1").click()
    expect(player.locator(".who")).to_have_text("Anna")
    path = player.locator(".lines path").first.get_attribute("d") or ""
    assert path != before
    assert path.count("M") == 2, "the line does not break where the face is away"
    left, right, height = plot(player)
    player.mouse.click(left + (right - left) * 0.45, height)
    expect(player.locator(".now .value").first).to_have_text("–")


def test_another_face_does_not_load_the_video_again(player: Page) -> None:
    left, right, height = plot(player)
    player.mouse.click(left + (right - left) * 0.6, height)
    player.get_by_text("stands at 3.0").wait_for(timeout=30_000)
    loads: list[str] = []
    player.on("request", lambda request: loads.append(request.url))
    player.get_by_text("face 2").click()
    expect(player.locator(".who")).to_have_text("Face 2")
    assert stands_at(player) == pytest.approx(3.0, abs=0.02)
    assert not [url for url in loads if "annotated.mp4" in url]


def test_a_link_that_ran_out_is_replaced_and_the_video_goes_on(open_page: Callable[..., Page], parts: Server) -> None:
    """The page gets a link that has run out first, then a fresh one, as after an hour."""
    page = open_page()
    runs_out = [True]

    def answer(route: Route) -> None:
        if runs_out[0]:
            route.fulfill(status=403, body="{}")
        else:
            route.continue_()

    page.route("**/files/annotated.mp4*", answer)
    page.goto(f"{parts.url}/?show=player")
    expect(page.get_by_role("alert").filter(has_text="cannot be played here")).to_be_visible(timeout=30_000)
    runs_out[0] = False
    page.get_by_role("button", name="A fresh link").click()
    expect(page.locator(".trouble")).to_be_hidden(timeout=30_000)
    page.wait_for_function(f"() => ({METADATA})()", timeout=30_000)


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_looks(browser: Browser, parts: Server, artifacts: Path, scheme: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 1100}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{parts.url}/?show=player")
    page.locator(".chart").wait_for(timeout=30_000)
    page.get_by_role("button", name="To the marker").click()
    page.get_by_text("stands at 1.50").wait_for(timeout=30_000)
    page.wait_for_timeout(500)
    page.screenshot(path=artifacts / f"player-{scheme}-{width}.png")
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    context.close()
    assert wide <= width

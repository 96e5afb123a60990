"""Where live pictures come from: a server with videos and a camera of its own, and a browser with or without one."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import dashboard
import pytest
from clips import make_face_clip
from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from visitor import LIVE_MS, QUALITY_LINE, go_to, open_live, start_live, stop_live

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FAKE_CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
# It does not answer, and its address holds a password.
SECRET = "s3cret-word"  # noqa: S105 - what must not show up anywhere
CAMERAS = [{"name": "Entrance", "address": f"http://admin:{SECRET}@127.0.0.1:1/video"}]


@pytest.fixture(scope="module")
def log(artifacts: Path) -> Path:
    return artifacts / "server-sources.log"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, log: Path) -> Iterator[str]:
    media = tmp_path_factory.mktemp("media")
    make_face_clip(media / "face.mp4", count=60, rate=12.0, size=(640, 480), face_px=150)
    settings = {"EMOTION_MEDIA_DIR": str(media), "EMOTION_CAMERAS": json.dumps(CAMERAS)}
    with dashboard.running(tmp_path_factory.mktemp("data"), log, **settings) as started:
        yield started.url


@pytest.fixture(scope="module")
def blind(launch: Callable[..., Browser]) -> Iterator[Browser]:
    """A browser without any camera, which nobody asks for one."""
    with launch() as launched:
        yield launched


@pytest.fixture
def page(blind: Browser, server: str) -> Iterator[Page]:
    complaints: list[str] = []
    context = blind.new_context(base_url=server, viewport={"width": 1440, "height": 1200})
    opened = context.new_page()
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


def pick(page: Page, label: str, option: str | re.Pattern[str]) -> None:
    """Chooses in a box of the sidebar."""
    page.get_by_test_id("stSidebar").get_by_role("combobox", name=re.compile(label)).click(timeout=LIVE_MS)
    page.get_by_role("option", name=option).click(timeout=LIVE_MS)


def open_sources(page: Page) -> None:
    open_live(page)
    page.get_by_test_id("stExpandSidebarButton").click(timeout=LIVE_MS)


def play_once(page: Page, over: Locator) -> None:
    """Takes the loop off, and waits for the end; once more where a busy page drew the switch anew under the click."""
    label = "Begin again at its end"
    switch = page.get_by_test_id("stSidebar").locator("label").filter(has_text=label).locator("input")
    for _ in range(3):
        switch.wait_for(state="attached", timeout=LIVE_MS)
        if switch.is_checked():
            page.get_by_test_id("stSidebar").get_by_text(label).click()
        try:
            over.wait_for(timeout=LIVE_MS / 2)
        except PlaywrightTimeout:
            continue
        return
    over.wait_for(timeout=LIVE_MS)


def played_on(page: Page, by_s: float = 0.5) -> None:
    """Waits until the video in the page has played so much further."""
    video = page.locator("iframe[title*='webrtc']").last.content_frame.locator("video")
    from_s = video.evaluate("video => video.currentTime", timeout=LIVE_MS)
    page.wait_for_function(
        """([from, by]) => [...document.querySelectorAll("iframe[title*='webrtc']")].some(
            (frame) => frame.contentDocument.querySelector("video")?.currentTime > from + by)""",
        arg=[from_s, by_s],
        timeout=LIVE_MS,
    )


def test_the_servers_pictures_need_no_camera(page: Page, artifacts: Path) -> None:
    """A drawn face, then, while it plays, a video of the server's folder to its end."""
    open_sources(page)
    pick(page, "Pictures come from", re.compile("drawn face"))
    start_live(page)
    expect(page.get_by_text(re.compile(r" · 1 face · "))).to_be_visible(timeout=LIVE_MS)
    played_on(page)
    page.screenshot(path=artifacts / "live-drawn-face.png")

    pick(page, "Pictures come from", "A recorded video")
    # Five seconds of video, however long this machine needs to begin: its end is told, and the place is free again.
    play_once(page, page.get_by_text("'face.mp4' is over."))
    page.locator(".st-key-live-start button").first.wait_for(timeout=LIVE_MS)

    start_live(page)
    expect(page.get_by_text(re.compile(r" · 1 face · "))).to_be_visible(timeout=LIVE_MS)


def test_a_camera_of_the_server_that_is_away_says_so_and_not_its_address(page: Page, log: Path) -> None:
    open_sources(page)
    pick(page, "Pictures come from", "A camera of the server")
    page.locator(".st-key-live-start button").first.click()
    page.get_by_text("The camera 'Entrance' does not answer. It is tried again in").wait_for(timeout=LIVE_MS)
    assert SECRET not in page.content()
    assert SECRET not in log.read_text()
    page.locator(".st-key-live-stop button").first.click()
    page.locator(".st-key-live-start button").first.wait_for(timeout=LIVE_MS)


def test_another_page_ends_the_stream_and_coming_back_finds_it_stopped(page: Page) -> None:
    open_sources(page)
    pick(page, "Pictures come from", re.compile("drawn face"))
    start_live(page)
    go_to(page, "Videos", page.get_by_role("heading", name="Videos"))
    go_to(page, "Live", page.locator(".st-key-live-start button").first)
    expect(page.get_by_text(QUALITY_LINE)).to_have_count(0)
    start_live(page)
    stop_live(page)


def test_screen_and_cameras_change_without_a_new_connection(
    launch: Callable[..., Browser], server: str, camera_clip: Path, artifacts: Path
) -> None:
    with launch(*FAKE_CAMERA, f"--use-file-for-fake-video-capture={camera_clip}") as launched:
        page = launched.new_page(base_url=server, viewport={"width": 1440, "height": 1200})
        open_sources(page)
        start_live(page)
        expect(page.get_by_text(re.compile(r" · 1 face · "))).to_be_visible(timeout=LIVE_MS)
        mark = "element => { element.contentWindow.marked = true }"
        page.locator("iframe[title*='webrtc']").evaluate(mark)

        # The browser names its cameras once one was allowed.
        pick(page, "^Camera", camera_clip.name)
        played_on(page)
        pick(page, "Pictures come from", "My screen or a window")
        expect(page.get_by_text(re.compile(r" · 0 faces · "))).to_be_visible(timeout=LIVE_MS)
        page.screenshot(path=artifacts / "live-screen.png")
        pick(page, "Pictures come from", "My camera")
        page.get_by_role("radio", name="15", exact=True).click()
        expect(page.get_by_text(re.compile(r" · 1 face · "))).to_be_visible(timeout=LIVE_MS)
        assert page.locator("iframe[title*='webrtc']").evaluate("element => element.contentWindow.marked === true")
        stop_live(page)


def check(page: Page, expected: dict[str, str]) -> None:
    """How its steps end. A machine too busy to connect in the page's own 3 to 12 s has a second try."""
    if steps(page) != expected:
        assert steps(page) == expected


def steps(page: Page) -> dict[str, str]:
    """What the connection check says: each step and how it went."""
    page.get_by_role("button", name="Check the connection").click(timeout=LIVE_MS)
    done = page.locator("li[data-step=pictures]:not([data-state=waits])")
    done.wait_for(timeout=LIVE_MS)
    expect(page.locator("button.go")).to_be_enabled(timeout=LIVE_MS)
    rows = page.locator("ol.steps li").all()
    return {row.get_attribute("data-step") or "": row.get_attribute("data-state") or "" for row in rows}


WORKS = dict.fromkeys(("secure", "api", "device", "permission", "server", "pictures"), "works") | {"relay": "unneeded"}
NO_CAMERA = {"device": "fails", "permission": "unknown"}
UNREACHABLE = {"server": "fails", "relay": "fails", "pictures": "unknown"}


@pytest.mark.parametrize(
    ("arguments", "fails", "says"),
    [
        pytest.param(FAKE_CAMERA, {}, "Pictures arrive at the server and come back", id="all well"),
        pytest.param([], NO_CAMERA, "The browser sees no camera. Plug one in", id="no camera"),
        pytest.param(
            ["--use-fake-device-for-media-stream", "--deny-permission-prompts"],
            {"permission": "fails"},
            "The camera is refused for this page.",
            id="refused",
        ),
        pytest.param(
            [*FAKE_CAMERA, "--webrtc-ip-handling-policy=disable_non_proxied_udp"],
            UNREACHABLE,
            "The browser tells no address of this machine",
            id="no way by UDP",
        ),
    ],
)
def test_the_connection_check_names_the_step_that_fails(
    launch: Callable[..., Browser], server: str, arguments: list[str], fails: dict[str, str], says: str
) -> None:
    with launch(*arguments) as launched:
        page = launched.new_page(base_url=server)
        page.goto("/about")
        check(page, WORKS | fails)
        expect(page.get_by_text(says)).to_be_visible()


def test_the_connection_check_on_a_page_that_is_not_secure(blind: Browser, tmp_path: Path, artifacts: Path) -> None:
    reached_by = this_machine()
    if reached_by is None:
        pytest.skip("This machine has no address besides its own loop.")
    log = artifacts / "server-insecure.log"
    with dashboard.running(tmp_path, log, address="0.0.0.0") as started:  # noqa: S104 - a test's server
        page = blind.new_page()
        page.goto(started.url.replace("127.0.0.1", reached_by) + "/about")
        missing = {"secure": "fails", "api": "fails", "device": "unknown", "permission": "unknown"}
        check(page, WORKS | missing)
        expect(page.locator("li[data-step=secure]")).to_contain_text("only by HTTPS or on localhost")
        page.screenshot(path=artifacts / "connection-check.png", full_page=True)
        page.close()


def this_machine() -> str | None:
    """The address under which others reach it; no packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith("127.") else address

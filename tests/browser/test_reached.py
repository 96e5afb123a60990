"""Reached from elsewhere: through nginx with TLS under a sub-path, and through a relay."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import coturn
import dashboard
import httpx
import nginx
import pytest
from clips import make_face_clip
from coturn import Coturn
from nginx import Front
from playwright.sync_api import Browser, Page, Response, expect
from visitor import ANALYSE_MS, LIVE_MS, go_to, open_live, row, start_live, stop_live, upload

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SUB_PATH = "/emotion"
RELAYED = re.compile(r"peer usage: .*rp=([1-9]\d*), .*sp=([1-9]\d*),")
"""What coturn says of a relay that is given back: packets that came from the peer and went to it."""


PROBE = re.compile(r"/(videos|library|recording)/_stcore/(health|host-config)$")
"""Streamlit's page asks under every part of its address, the longest first, where its server begins."""


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, artifacts: Path) -> Iterator[Front]:
    """nginx on this machine's own address; the dashboard behind it listens on the loop only."""
    host, folder = dashboard.own_address(), tmp_path_factory.mktemp("reached")
    settings = {"EMOTION_SUB_PATH": SUB_PATH, "EMOTION_NAMES": json.dumps([host]), "EMOTION_MIN_FREE_GB": "0"}
    with (
        # Whoever reaches nginx is let in, as somebody said: without --open it would not start.
        dashboard.serving(folder / "data", artifacts / "server-reached.log", "--open", **settings) as behind,
        nginx.running(folder / "nginx", [urlsplit(behind.url).netloc], host=host, sub_path=SUB_PATH) as started,
    ):
        yield started


@pytest.fixture
def answers() -> list[Response]:
    return []


@pytest.fixture
def page(browser: Browser, front: Front, answers: list[Response]) -> Iterator[Page]:
    """Playwright can be given no authority to trust; `test_its_certificate_holds` looks at that."""
    context = browser.new_context(
        base_url=f"{front.address}{SUB_PATH}/",
        ignore_https_errors=True,
        viewport={"width": 1440, "height": 1200},
        permissions=["camera"],
        accept_downloads=True,
    )
    opened = context.new_page()
    opened.on("response", lambda response: answers.append(response))
    yield opened
    context.close()


def test_its_certificate_holds(front: Front) -> None:
    answer = httpx.get(f"{front.address}{SUB_PATH}/", verify=front.tls(), timeout=60)
    assert answer.status_code == 200
    assert "<title>" in answer.text


def test_the_camera_of_a_colleague(page: Page, front: Front, answers: list[Response], artifacts: Path) -> None:
    open_live(page)
    assert page.url.startswith(f"{front.address}{SUB_PATH}/")
    assert page.evaluate("isSecureContext")
    start_live(page)
    page.screenshot(path=artifacts / "reached-live.png")
    stop_live(page)
    all_went_well(answers, front)


def test_a_recording_of_a_colleague(page: Page, front: Front, answers: list[Response], tmp_path: Path) -> None:
    clip = tmp_path / "talk.mp4"
    make_face_clip(clip, count=36, rate=12.0, size=(320, 240))
    upload(page, clip)
    row(page, clip.name).get_by_role("link", name="Open").click(timeout=ANALYSE_MS)
    there = re.compile(rf"^{re.escape(front.address)}{SUB_PATH}/recording\?recording=[0-9a-f]{{32}}$")
    expect(page).to_have_url(there, timeout=LIVE_MS)
    video = page.locator("video")
    page.wait_for_function("video => video.readyState >= 2", arg=video.element_handle(), timeout=LIVE_MS)
    video.evaluate("video => { video.currentTime = 2 }")
    sought = "video => !video.seeking && video.readyState >= 2"
    page.wait_for_function(sought, arg=video.element_handle(), timeout=LIVE_MS)
    assert video.evaluate("video => video.currentTime") == pytest.approx(2, abs=0.2)
    everything = page.get_by_role("link", name="Everything (ZIP)")
    with page.expect_event("download", timeout=LIVE_MS) as begun:
        everything.evaluate("link => { link.target = '_self'; link.click() }")
    with zipfile.ZipFile(begun.value.path()) as packed:
        assert packed.testzip() is None
    go_to(page, "Library", page.get_by_test_id("stDataFrame"))
    assert {answer.status for answer in answers if answer.url.partition("?")[0].endswith("/annotated.mp4")} == {206}
    all_went_well(answers, front)


def all_went_well(answers: list[Response], front: Front) -> None:
    """Everything came from below the sub-path, and nothing was missing."""
    met = [(answer.status, answer.url) for answer in answers if not answer.url.startswith(("data:", "blob:"))]
    assert [url for _, url in met if not url.startswith(f"{front.address}{SUB_PATH}/")] == []
    assert [url for status, url in met if status >= 400 and not PROBE.search(url)] == []


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    with coturn.running(tmp_path_factory.mktemp("coturn"), dashboard.own_address()) as started:
        yield started


@pytest.fixture(scope="module")
def by_relay(relay: Coturn, tmp_path_factory: pytest.TempPathFactory, artifacts: Path) -> Iterator[str]:
    """A dashboard that lets pictures come by the relay only."""
    settings = {**relay.settings, "EMOTION_TURN_ONLY": "true", "EMOTION_TURN_TTL_S": "600"}
    data_dir = tmp_path_factory.mktemp("relayed")
    with dashboard.serving(data_dir, artifacts / "server-relayed.log", **settings) as started:
        yield started.url


def test_pictures_by_the_relay(browser: Browser, by_relay: str, relay: Coturn) -> None:
    with browser.new_context(base_url=by_relay, permissions=["camera"]) as tab:
        page = tab.new_page()
        open_live(page)
        start_live(page)
        stop_live(page)
        wait_for_relayed(page, relay, 10)


def wait_for_relayed(page: Page, relay: Coturn, packets: int) -> None:
    """Both ways: pictures to the server, and drawn ones back."""
    for _ in range(300):
        if any(min(map(int, found)) >= packets for found in RELAYED.findall(relay.says())):
            return
        page.wait_for_timeout(200)
    raise AssertionError(relay.says()[-3000:])


def test_the_connection_check_tries_the_relay(browser: Browser, by_relay: str, artifacts: Path) -> None:
    with browser.new_context(base_url=by_relay, permissions=["camera"]) as tab:
        page = tab.new_page()
        check(page, {"server": "unneeded", "relay": "works", "pictures": "works"})
        expect(page.get_by_text("Pictures always go by the relay")).to_be_visible(timeout=LIVE_MS)
        page.screenshot(path=artifacts / "connection-check-relay.png")


@pytest.fixture
def walled(launch: Callable[..., Browser], camera_clip: Path) -> Iterator[Browser]:
    """A browser whose network lets no UDP through."""
    with launch(
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={camera_clip}",
        "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    ) as launched:
        yield launched


def test_where_udp_is_closed_the_relay_takes_over(
    walled: Browser, relay: Coturn, tmp_path: Path, artifacts: Path
) -> None:
    with (
        dashboard.serving(tmp_path, artifacts / "server-walled.log", **relay.settings) as started,
        walled.new_context(base_url=started.url, permissions=["camera"]) as tab,
    ):
        page = tab.new_page()
        check(page, {"server": "unneeded", "relay": "works", "pictures": "works"})
        expect(page.get_by_text("Nothing came through directly")).to_be_visible(timeout=LIVE_MS)
        open_live(page)
        start_live(page)


def test_a_relay_with_another_secret_is_named(browser: Browser, relay: Coturn, tmp_path: Path, artifacts: Path) -> None:
    settings = {**relay.settings, "EMOTION_TURN_SECRET": "not-the-secret-of-coturn"}
    with (
        dashboard.serving(tmp_path, artifacts / "server-relay-refuses.log", **settings) as started,
        browser.new_context(base_url=started.url, permissions=["camera"]) as tab,
    ):
        page = tab.new_page()
        # Only the relay is missing: the direct way does.
        check(page, {"server": "works", "relay": "fails", "pictures": "works"})
        expect(page.get_by_text("The relay gave no address")).to_be_visible(timeout=LIVE_MS)


def check(page: Page, expected: dict[str, str]) -> None:
    """How the steps of the network end. A machine too busy to connect in the page's own 3 to 12 s has a second try."""
    page.goto("./about")
    if checked(page) != expected:
        assert checked(page) == expected


def checked(page: Page) -> dict[str, str]:
    """Runs the connection check on the open page; how the steps of the network ended."""
    page.get_by_role("button", name="Check the connection").click(timeout=LIVE_MS)
    expect(page.locator("li[data-state=waits]")).to_have_count(0, timeout=LIVE_MS)
    expect(page.locator("button.go")).to_be_enabled(timeout=LIVE_MS)
    rows = {name: page.locator(f"li[data-step={name}]") for name in ("server", "relay", "pictures")}
    return {name: one.get_attribute("data-state") or "" for name, one in rows.items()}

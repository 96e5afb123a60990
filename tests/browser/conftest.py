"""A real server process and a real Chromium whose camera plays the astronaut.

Screenshots and whatever else is worth looking at go to ``test-artifacts/``.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import dashboard
import pytest
from browser.components import RECORDING, make_recording
from clips import changing_faces
from playwright.sync_api import Browser, Page, Playwright, ViewportSize, expect, sync_playwright
from web.http.servers import Server

from emotion.types import Image

ROOT = Path(__file__).parents[2]
ARTIFACTS = ROOT / "test-artifacts"
CAMERA_SIZE = (640, 480)
CAMERA_RATE = 15
CAMERA_FRAMES = 48
WIDE = ViewportSize(width=1440, height=1200)

# Playwright waits 5 s by itself, which a busy machine may take for one page.
expect.set_options(timeout=60_000)

POLICY = "Content Security Policy"
"""What Chromium complains with when a page does what web/http/clad.py forbids."""

# Chromium's own calls home would be refused one by one, and slow the tests.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
    "--no-sandbox",
]


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None and os.environ.get("CI"):
        pytest.fail("Chromium is missing, and under CI that is a failure: .ci/run installs it.")
    if path is None:
        pytest.skip("Chromium is not installed.")
    return path


@pytest.fixture(scope="session")
def artifacts() -> Path:
    ARTIFACTS.mkdir(exist_ok=True)
    return ARTIFACTS


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, artifacts: Path) -> Iterator[str]:
    """The address of a dashboard started as people start it."""
    with dashboard.running(tmp_path_factory.mktemp("data"), artifacts / "server.log") as started:
        yield started.url


@pytest.fixture(scope="session")
def camera_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the fake camera plays, in a loop: raw Y4M, the only format that Chromium takes."""
    path = tmp_path_factory.mktemp("camera") / "astronaut.y4m"
    width, height = CAMERA_SIZE
    with path.open("wb") as file:
        file.write(b"YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420mpeg2\n" % (width, height, CAMERA_RATE))
        for image in changing_faces(CAMERA_FRAMES, size=CAMERA_SIZE, face_px=150):
            file.write(b"FRAME\n" + yuv420(image))
    return path


def yuv420(image: Image) -> bytes:
    return av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p").to_ndarray().tobytes()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def launch(playwright: Playwright, chromium_path: str) -> Callable[..., Browser]:
    """Starts a browser; the arguments are Chromium's own, the options are Playwright's."""

    def start(*arguments: str, **options: Any) -> Browser:
        return playwright.chromium.launch(executable_path=chromium_path, args=[*QUIET, *arguments], **options)

    return start


@pytest.fixture(scope="session")
def browser(launch: Callable[..., Browser], camera_clip: Path) -> Iterator[Browser]:
    with launch(
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={camera_clip}",
    ) as launched:
        yield launched


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    context = browser.new_context(base_url=server, viewport=WIDE, permissions=["camera"], accept_downloads=True)
    opened = context.new_page()
    forbidden: list[str] = []
    context.on("console", lambda message: forbidden.append(message.text) if POLICY in message.text else None)
    yield opened
    context.close()
    assert forbidden == []


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that shows our own components, each by itself, and lets small videos in."""
    started = Server(tmp_path_factory.mktemp("data"), {"EMOTION_MAX_UPLOAD_GB": "0.04"})
    make_recording(started.data_dir / "recordings" / RECORDING / "results")
    started.record(RECORDING)
    started.start()
    yield started
    started.kill()


@pytest.fixture
def open_page(browser: Browser, parts: Server) -> Iterator[Callable[..., Page]]:
    """Opens that server's page, in which nothing of JavaScript may fail."""
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

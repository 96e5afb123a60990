"""`emotion serve` as a colleague meets it: by HTTPS, at the machine's own address, with an authority trusted once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import dashboard
import pytest
import trust
import visitor
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, artifacts: Path) -> Iterator[dashboard.Dashboard]:
    """From another working directory than the checkout, open to the network, with a certificate that it made."""
    folder = tmp_path_factory.mktemp("served")
    address = dashboard.own_address()
    with dashboard.serving(folder / "data", artifacts / "serve.log", "--open", address=address, cwd=folder) as started:
        yield started


@pytest.fixture
def page(
    served: dashboard.Dashboard, launch: Callable[..., Browser], camera_clip: Path, tmp_path: Path
) -> Iterator[Page]:
    """A colleague's browser, which knows the authority and nothing else about this server."""
    assert served.authority is not None
    with launch(
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera_clip}",
        env={**os.environ, **trust.home(tmp_path, served.authority)},
    ) as launched:
        yield launched.new_context(base_url=served.url, permissions=["camera"]).new_page()


def test_a_colleague_uses_the_camera(page: Page) -> None:
    visitor.open_live(page)
    assert page.url.startswith("https://")
    assert page.evaluate("window.isSecureContext")
    visitor.start_live(page)
    visitor.stop_live(page)

"""The player in a real browser, by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from browser.components import METADATA
from crew import until
from playwright.sync_api import Browser, Locator, Page, Route, expect
from web.http.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]


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

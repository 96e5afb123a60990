"""People sign in with a real OpenID provider, see what is theirs to see, and sign out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dashboard
import httpx
import provider
import pytest
from crew import until
from playwright.sync_api import Browser, Page, expect
from provider import ADA, BEN, CLEO, DORA, Person

from emotion.settings import Settings
from emotion.store import audit
from emotion.store.database import Database
from emotion.web import frame

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WAIT_MS = 60_000


@dataclass(frozen=True, slots=True)
class Place:
    """A dashboard that people sign in to."""

    url: str
    data_dir: Path
    log: Path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, artifacts: Path) -> Iterator[Place]:
    data_dir, log = tmp_path_factory.mktemp("data"), artifacts / "server-sign-in.log"
    port = dashboard.free_port()
    with provider.running(artifacts / "provider.log") as started:
        variables = started.register(f"http://127.0.0.1:{port}")
        log.write_text("")
        with dashboard.serving(data_dir, log, port=port, **variables) as served:
            yield Place(served.url, data_dir, log)


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    context = browser.new_context(base_url=place.url, viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def menu(page: Page) -> list[str]:
    return [link.strip() for link in page.get_by_test_id("stTopNavLink").all_inner_texts()]


def logged(place: Place) -> list[tuple[str, str]]:
    with Database.open(Settings.load(data_dir=place.data_dir)) as database:
        return [(entry.actor, entry.action) for entry in audit.latest(database, action="signed")]


def test_a_member_signs_in_where_they_wanted_to_be_and_out(page: Page, place: Place, artifacts: Path) -> None:
    page.goto("/library?search=talk")
    provider.sign_in(page, BEN)
    expect(page.get_by_role("heading", name="Library")).to_be_visible(timeout=WAIT_MS)
    assert page.url == f"{place.url}/library?search=talk"
    until(lambda: [name.split("\n")[-1] for name in menu(page)] == ["Live", "Videos", "Library", "About"])
    kept = {cookie["name"]: cookie for cookie in page.context.cookies(place.url)}
    assert kept["_streamlit_user"]["httpOnly"]
    assert kept["_streamlit_user"]["sameSite"] == "Lax"
    assert "emotion_return" not in kept
    page.screenshot(path=artifacts / "signed-in.png")

    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_text("Signed in as Ben Example, member")).to_be_visible(timeout=WAIT_MS)
    provider.sign_out(page)
    expect(page.get_by_role("button", name=frame.SIGN_IN)).to_be_visible(timeout=WAIT_MS)
    assert page.get_by_text("did not work").count() == 0
    assert not {cookie["name"] for cookie in page.context.cookies(place.url)} & {"_streamlit_user"}
    # The page before is not shown again, and the provider asks for the password again.
    page.goto("/library")
    provider.sign_in(page, BEN)
    expect(page.get_by_role("heading", name="Library")).to_be_visible(timeout=WAIT_MS)
    # What happened is written when the browser has its answer already.
    told = [(BEN.key, "signed.in"), (BEN.key, "signed.out"), (BEN.key, "signed.in")]
    until(lambda: logged(place)[:3] == told)


@pytest.mark.parametrize(
    ("person", "address", "sentence", "links"),
    [
        pytest.param(CLEO, "/videos", frame.MEMBERS_ONLY, ["Shared with you", "About"], id="a viewer"),
        pytest.param(BEN, "/usage", frame.ADMINISTRATORS_ONLY, ["Live", "Videos", "Library", "About"], id="a member"),
        pytest.param(
            ADA, "/usage", "Audit log", ["Live", "Videos", "Library", "Usage", "About"], id="an administrator"
        ),
        pytest.param(DORA, "/videos", "may not use this dashboard", [], id="somebody who is not let in"),
    ],
)
def test_people_see_what_their_role_allows(
    page: Page, person: Person, address: str, sentence: str, links: list[str]
) -> None:
    page.goto(address)
    provider.sign_in(page, person)
    expect(page.get_by_text(sentence).first).to_be_visible(timeout=WAIT_MS)
    until(lambda: [name.split("\n")[-1] for name in menu(page)] == links)


def test_a_sign_in_that_fails_says_so(page: Page, place: Place, artifacts: Path) -> None:
    page.goto("/oauth2callback?error=access_denied&state=made-up")
    expect(page.get_by_text("Signing in did not work.")).to_be_visible(timeout=WAIT_MS)
    page.screenshot(path=artifacts / "sign-in-failed.png")
    until(lambda: logged(place)[:1] == [("", "signed.refused")])


def test_another_address_leads_to_the_right_one(page: Page, place: Place) -> None:
    page.goto(place.url.replace("127.0.0.1", "localhost"))
    expect(page.get_by_role("link", name="Open it there")).to_have_attribute("href", place.url, timeout=WAIT_MS)


@pytest.mark.parametrize(
    "referer",
    [
        pytest.param("http://evil.test/library", id="another site"),
        pytest.param("{}/api/uploads", id="no page"),
        pytest.param("{}//evil.test", id="an address that looks like a path"),
    ],
)
def test_nobody_is_sent_elsewhere_after_sign_in(place: Place, referer: str) -> None:
    with httpx.Client(base_url=place.url, timeout=60) as client:
        answer = client.get("/auth/login", headers={"Referer": referer.format(place.url)})
        back = client.get("/oauth2callback?x=1", headers={"Cookie": "emotion_return=%2F%2Fevil.test"})
    assert "emotion_return=http" not in answer.headers.get("set-cookie", "")
    assert "evil" not in answer.headers.get("set-cookie", "")
    assert back.headers["location"] == "/?sign_in=failed"


def test_no_secret_and_no_name_is_in_the_log(page: Page, place: Place) -> None:
    page.goto("/library")
    provider.sign_in(page, BEN)
    expect(page.get_by_role("heading", name="Library")).to_be_visible(timeout=WAIT_MS)
    until(lambda: "sign-in 302" in place.log.read_text())
    log = place.log.read_text()
    for word in ("Example", "example.org", "code=", "state=", "eyJ", BEN.key):
        assert word not in log

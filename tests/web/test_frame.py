"""The frame around the pages: the way in, the way out, and which page is for whom."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from emotion.access.values import Identity, Role
from emotion.web import frame, seal

NAVIGATION = str(Path(__file__).parents[2] / "pages" / "navigation.py")


def opened(visit: seal.Visit, page: str | None = None, **query: str) -> AppTest:
    app = AppTest.from_file(NAVIGATION, default_timeout=60)
    app.user = {seal.FIELD: seal.sealed(visit)}
    for name, value in query.items():
        app.query_params[name] = value
    app.run() if page is None else app.switch_page(page).run()
    assert not app.exception
    return app


def visit(role: Role | None, until_s: float | None = None) -> seal.Visit:
    who = Identity("proxy:ada", "Ada *Lovelace*", role) if role else None
    return seal.Visit(who, "Ada *Lovelace*", "proxy:ada", until_s)


@pytest.mark.parametrize(
    ("stranger", "query", "sentence"),
    [
        pytest.param(seal.NOBODY, {}, "Signing in is not set up", id="not set up"),
        pytest.param(seal.NOBODY, {"sign_in": "failed"}, "did not work", id="came back without"),
        pytest.param(visit(None), {}, "signed in as Ada \\*Lovelace\\*", id="not let in"),
        pytest.param(visit(Role.MEMBER, until_s=1.0), {}, "Signing in is not set up", id="time over"),
    ],
)
def test_strangers_see_the_way_in_alone(
    monkeypatch: pytest.MonkeyPatch, stranger: seal.Visit, query: dict[str, str], sentence: str
) -> None:
    monkeypatch.setenv("EMOTION_AUTH", "oidc")
    for page in (None, "library.py", "usage.py"):
        app = opened(stranger, page, **query)
        assert [title.value for title in app.title] == [frame.NAME]
        assert any(sentence in error.value for error in app.error), [error.value for error in app.error]


def test_half_a_provider_is_said_to_be_half(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_AUTH", "oidc")
    monkeypatch.setenv("EMOTION_OIDC_URL", "https://sso.lan/.well-known/openid-configuration")
    app = opened(seal.NOBODY)
    assert [error.value for error in app.error] == ["Signing in needs EMOTION\\_PUBLIC\\_URL too\\."]
    assert not app.button


def test_a_header_that_is_not_ours_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_AUTH", "proxy")
    for forged in ("WyJwcm94eTphZGEiXQ.forged", "", "null", seal.sealed(visit(Role.MEMBER))[:-2] + "AA"):
        assert seal.unsealed(forged) == seal.NOBODY
    assert seal.unsealed(None) == seal.NOBODY
    assert seal.unsealed(seal.sealed(visit(Role.MEMBER))) == visit(Role.MEMBER)


@pytest.mark.parametrize(
    ("role", "page", "expected"),
    [
        pytest.param(Role.VIEWER, None, "Shared with you", id="a viewer's first page"),
        pytest.param(Role.VIEWER, "library.py", frame.MEMBERS_ONLY, id="a viewer, the library"),
        pytest.param(Role.VIEWER, "videos.py", frame.MEMBERS_ONLY, id="a viewer, videos"),
        pytest.param(Role.VIEWER, "live.py", frame.MEMBERS_ONLY, id="a viewer, live"),
        pytest.param(Role.VIEWER, "compare.py", frame.MEMBERS_ONLY, id="a viewer, comparing"),
        pytest.param(Role.VIEWER, "usage.py", frame.ADMINISTRATORS_ONLY, id="a viewer, usage"),
        pytest.param(Role.MEMBER, "library.py", "Library", id="a member, the library"),
        pytest.param(Role.MEMBER, "usage.py", frame.ADMINISTRATORS_ONLY, id="a member, usage"),
        pytest.param(Role.ADMINISTRATOR, "usage.py", "Usage", id="an administrator, usage"),
    ],
)
def test_pages_are_for_roles(monkeypatch: pytest.MonkeyPatch, role: Role, page: str | None, expected: str) -> None:
    monkeypatch.setenv("EMOTION_AUTH", "proxy")
    app = opened(visit(role), page)
    assert expected in [element.value for element in (*app.title, *app.info)]
    assert any(f"**Ada \\*Lovelace\\***, {role}" in caption.value for caption in app.sidebar.caption)


def test_without_sign_in_there_is_no_way_out() -> None:
    app = opened(seal.NOBODY, "library.py")
    assert [title.value for title in app.title] == ["Library"]
    assert not app.sidebar.caption


def test_a_proxys_own_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_AUTH", "proxy")
    monkeypatch.setenv("EMOTION_PROXY_SIGN_OUT", "/oauth2/sign_out")
    app = opened(visit(Role.MEMBER), "library.py")
    assert [link.proto.url for link in app.sidebar.get("link_button")] == ["/oauth2/sign_out"]

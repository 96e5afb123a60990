"""Around every page: which pages there are for whom, the way in, and the way out."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

import streamlit as st

from emotion.access.values import Identity
from emotion.errors import NotSignedIn
from emotion.settings.auth import Auth
from emotion.web import sign_in, state
from emotion.web.text import plain

NAME = "Emotion Dashboard"
FAILED = {"sign_in": "failed"}
"""The query of a page that somebody comes back to who was not signed in (http/entry.py)."""
MEMBERS_ONLY = "This page is for members. Ask the administrator to make you one."
ADMINISTRATORS_ONLY = "This page is for administrators."
SIGN_IN = "Sign in"
SIGN_OUT = "Sign out"


def visitor() -> Identity | None:
    """Who looks at the page; None before sign-in. Raises SettingsError."""
    try:
        return state.identity()
    except NotSignedIn:
        return None


def usage_in_menu(who: Identity | None) -> Literal["visible", "hidden"]:
    """Whoever is alone on the machine finds it by its address. Raises SettingsError."""
    return "visible" if who and who.administers and state.settings().auth is not Auth.NONE else "hidden"


def may_open(who: Identity, *, makes_something: bool, administers: bool) -> bool:
    """Whether the page is for them; says so where it is not."""
    if makes_something and not who.makes:
        st.info(MEMBERS_ONLY, icon=":material/lock:")
        return False
    if administers and not who.administers:
        st.info(ADMINISTRATORS_ONLY, icon=":material/lock:")
        return False
    return True


def way_in() -> None:
    """Instead of a page, for whoever has not signed in, or is not let in. Raises SettingsError, OutputError."""
    visit = sign_in.visit()
    st.title(NAME)
    if visit.key:
        st.error(
            f"You are signed in as {plain(visit.name)}, and may not use this dashboard. Ask its administrator.",
            icon=":material/block:",
        )
        st.button("Sign in as somebody else", on_click=st.logout, icon=":material/logout:")
        return
    if {name: st.query_params.get(name) for name in FAILED} == FAILED:
        st.error("Signing in did not work. Try again; if it stays so, tell the administrator.", icon=":material/error:")
    sign_in.of_settings(state.settings())  # says which setting is missing, if one is
    right = state.settings().public_url or ""
    if _elsewhere(right):
        st.info("Signing in works at the dashboard's own address.", icon=":material/info:")
        st.link_button("Open it there", right, icon=":material/open_in_new:", type="primary")
    elif not sign_in.is_set_up():
        st.error("Signing in is not set up. See docs/deploy.md.", icon=":material/error:")
    else:
        st.write("Watch faces, live or in recorded videos, and see what emotions they express.")
        st.button(SIGN_IN, on_click=st.login, icon=":material/login:", type="primary")


def way_out(who: Identity) -> None:
    """Who is signed in, and how to end it; nothing where nobody signs in."""
    settings = state.settings()
    if settings.auth is Auth.NONE:
        return
    with st.sidebar:
        st.caption(f"Signed in as **{plain(who.name)}**, {who.role.value}")
        if settings.auth is Auth.OIDC:
            st.button(SIGN_OUT, on_click=st.logout, icon=":material/logout:", key="sign-out")
        elif settings.proxy_sign_out:
            st.link_button(SIGN_OUT, settings.proxy_sign_out, icon=":material/logout:")


def _elsewhere(right: str) -> bool:
    """Whether the browser is at another address than the one to which the provider sends it back."""
    here = urlsplit(st.context.url or "")
    there = urlsplit(right)
    return bool(here.netloc and there.netloc) and (here.scheme, here.netloc) != (there.scheme, there.netloc)

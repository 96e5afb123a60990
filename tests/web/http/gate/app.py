"""The dashboard's own doors before one page of a test's."""

from pathlib import Path

import streamlit as st

from emotion.web import http, sessions, sign_in

app = st.App(
    Path(__file__).with_name("page.py"),
    routes=http.routes(),
    middleware=http.middleware(
        lambda: str(st.get_option("server.baseUrlPath") or ""),
        http.Ways(sign_in.read_cookies, sessions.shows, sessions.owns, sessions.has_room, sessions.may_say),
    ),
    secrets=sign_in.secrets(),
)

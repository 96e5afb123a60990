"""What ``streamlit run app.py`` starts."""

import streamlit as st

from emotion.web import http, life, sessions, sign_in

app = st.App(
    "pages/navigation.py",
    lifespan=life.lifespan,
    routes=http.routes(),
    middleware=http.middleware(
        lambda: str(st.get_option("server.baseUrlPath") or ""),
        http.Ways(sign_in.read_cookies, sessions.shows, sessions.owns, sessions.has_room, sessions.may_say),
    ),
    secrets=sign_in.secrets(),
)

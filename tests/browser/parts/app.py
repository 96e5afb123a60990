"""A server whose one page shows our components by themselves."""

import streamlit as st

from emotion.web import http

app = st.App(
    "page.py",
    routes=http.routes(),
    middleware=http.middleware(lambda: str(st.get_option("server.baseUrlPath") or "")),
)

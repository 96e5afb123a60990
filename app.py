"""What ``streamlit run app.py`` starts."""

import streamlit as st

from emotion.web import http, workers

app = st.App(
    "pages/navigation.py",
    lifespan=workers.lifespan,
    routes=http.routes(),
    middleware=http.middleware(lambda: str(st.get_option("server.baseUrlPath") or "")),
)

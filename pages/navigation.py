"""The frame around every page."""

from pathlib import Path

import streamlit as st

from emotion.web import place
from emotion.web.settle import settle

st.set_page_config(
    page_title="Emotion Dashboard",
    # A file of ours: a Material symbol as the tab's icon would be fetched from the internet.
    page_icon=str(Path(__file__).with_name("icon.svg")),
    layout="wide",
    initial_sidebar_state="collapsed",
)

live = st.Page("live.py", title="Live", icon=":material/videocam:", default=True)
shown = st.navigation(
    [
        live,
        st.Page("videos.py", title="Videos", icon=":material/movie:"),
        st.Page("library.py", title="Library", icon=":material/video_library:"),
        st.Page("recording.py", title="Recording", icon=":material/monitoring:", visibility="hidden"),
        st.Page("compare.py", title="Compare", icon=":material/compare:", visibility="hidden"),
        st.Page("about.py", title="About", icon=":material/info:"),
    ],
    position="top",
)
if shown.url_path != live.url_path:
    place.elsewhere()
shown.run()

settle()

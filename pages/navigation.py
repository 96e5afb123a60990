"""The frame around every page."""

import streamlit as st

st.set_page_config(page_title="Emotion Dashboard", page_icon=":material/mood:", layout="wide")

st.navigation(
    [
        st.Page("live.py", title="Live", icon=":material/videocam:", default=True),
        st.Page("videos.py", title="Videos", icon=":material/movie:"),
        st.Page("about.py", title="About", icon=":material/info:"),
    ],
    position="top",
).run()

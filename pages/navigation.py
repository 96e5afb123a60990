"""The frame around every page."""

from pathlib import Path

import streamlit as st

from emotion.web import frame, place
from emotion.web.settle import settle
from emotion.web.telling import shown_errors

st.set_page_config(
    page_title=frame.NAME,
    # A file of ours: a Material symbol as the tab's icon would be fetched from the internet.
    page_icon=str(Path(__file__).with_name("icon.svg")),
    layout="wide",
    initial_sidebar_state="collapsed",
)

with shown_errors():
    who = frame.visitor()
    makes = who is None or who.makes
    hidden, for_makers = "hidden", "visible" if makes else "hidden"
    live = st.Page("live.py", title="Live", icon=":material/videocam:", default=makes, visibility=for_makers)
    making = [
        live,
        st.Page("videos.py", title="Videos", icon=":material/movie:", visibility=for_makers),
        st.Page("library.py", title="Library", icon=":material/video_library:", visibility=for_makers),
        st.Page("compare.py", title="Compare", icon=":material/compare:", visibility=hidden),
    ]
    welcome = [st.Page("welcome.py", title="Shared with you", icon=":material/group:", default=True)]
    recording = st.Page("recording.py", title="Recording", icon=":material/monitoring:", visibility=hidden)
    usage = st.Page("usage.py", title="Usage", icon=":material/bar_chart:", visibility=frame.usage_in_menu(who))
    about = st.Page("about.py", title="About", icon=":material/info:")
    # All are in the list for everybody, so that an address leads to a sentence where it leads to no page.
    shown = st.navigation(
        [*([] if makes else welcome), *making, recording, usage, about], position="top" if who else "hidden"
    )
    if shown.url_path != live.url_path:
        place.elsewhere()
    if who is None:
        frame.way_in()
    else:
        if frame.may_open(who, makes_something=shown in making, administers=shown is usage):
            shown.run()
        frame.way_out(who)

settle()

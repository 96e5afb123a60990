"""Library: every recording, and what can be done with it."""

import streamlit as st

from emotion.store import recordings
from emotion.web import library, routes, state
from emotion.web.telling import shown_errors

st.title("Library")

with shown_errors():
    owner = state.person()
    box, _ = st.columns([1, 2])
    with box:
        wanted = library.search()
    found = recordings.find(state.database(), owner=owner, search=wanted, limit=library.MOST)
    if found:
        toolbar = st.container()
        ticked = library.table(found)
        with toolbar:
            library.actions(ticked)
        st.caption("Click a name to open it. Tick rows to compare, rename, keep or delete them.")
        if len(found) == library.MOST:
            st.caption(f"These are the newest {library.MOST}. Search for a name to find older ones.")
    elif wanted:
        st.info("No recording has this in its name. Search for less.", icon=":material/search:")
    else:
        st.info("Recordings stay here once they are analysed. Begin with a video.", icon=":material/video_library:")
        st.page_link(routes.VIDEOS, label="To the videos", icon=":material/movie:")

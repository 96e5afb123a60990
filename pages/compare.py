"""Compare: two or more recordings side by side. The address says which."""

import streamlit as st

from emotion.web import compare, routes
from emotion.web.telling import shown_errors

st.title("Compare")

with shown_errors():
    found = compare.studies(routes.asked_recordings())
    if len(found) < 2:
        st.info("Tick two or more recordings in the library and press Compare.", icon=":material/compare:")
        st.page_link(routes.LIBRARY, label="To the library", icon=":material/video_library:")
    else:
        compare.draw(found)

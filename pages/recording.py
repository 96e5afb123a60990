"""Recording: one video with its curves, its people, its files. The address says which."""

import streamlit as st

from emotion.store import recordings
from emotion.store.values import JobState
from emotion.web import recording, routes, state
from emotion.web.telling import shown_errors

number = routes.asked_recording()
if not number:
    st.title("Recording")
    st.info("Choose a recording in the library.", icon=":material/video_library:")
    st.page_link(routes.LIBRARY, label="To the library", icon=":material/video_library:")
    st.stop()

with shown_errors():
    found = recordings.get(state.database(), number)
    recording.heading(found)
    if found.job.state is JobState.DONE:
        recording.result(number)
    else:
        recording.not_done(found)

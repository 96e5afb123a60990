"""Recording: one video with its curves, its people, its files. The address says which."""

import streamlit as st

from emotion.store.values import JobState
from emotion.web import recording, rights, routes
from emotion.web.telling import shown_errors

number = routes.asked_recording()
if not number:
    st.title("Recording")
    recording.none_asked()
    st.stop()

with shown_errors():
    looked = rights.look(number, routes.asked_share())
    rights.note_opened(looked)
    recording.heading(looked)
    if looked.recording.job.state is JobState.DONE:
        recording.result(number, looked.share_id)
    else:
        recording.not_done(looked)

"""Live: your own face, analysed as you look at it."""

import streamlit as st

from emotion.errors import EmotionError
from emotion.web import live_panels, options
from emotion.web.camera_check import camera_check
from emotion.web.models import models_for
from emotion.web.stream import camera_stream

st.title("Live")

try:
    settings = options.choose()
    models = models_for(settings)
except EmotionError as error:
    st.error(str(error), icon=":material/error:")
    st.stop()

camera_check()
picture, now = st.columns([2, 1], gap="large")
with picture:
    session = camera_stream(settings, models)

refresh = st.fragment(run_every=live_panels.REFRESH_S if session else None)
with now:
    refresh(live_panels.now_panel)(session, settings.labels)
refresh(live_panels.session_panel)(session, settings.labels)

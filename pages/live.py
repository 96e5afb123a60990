"""Live: faces before a camera, analysed as you look at them."""

import streamlit as st

from emotion.errors import EmotionError
from emotion.web import consent, live_panels, live_recording, live_seat, live_source, options
from emotion.web.connection import connection_check
from emotion.web.live_controls import controls
from emotion.web.live_rules import events_panel
from emotion.web.models import models_for
from emotion.web.stream import camera_stream
from emotion.web.text import plain
from emotion.web.try_picture import try_picture

st.title("Live")

try:
    with st.sidebar:
        source = live_source.choose()
    settings = options.choose()
    models = models_for(settings)
    if not consent.ask(settings):
        st.stop()
    seated = live_seat.seated()
except EmotionError as error:
    st.error(plain(str(error)), icon=":material/error:")
    st.stop()

picture, now = st.columns([2, 1], gap="large")
with picture:
    stream = camera_stream(source, settings, models, playing=seated, on_end=live_seat.leave)
    live_seat.keep(stream)

refresh = st.fragment(run_every=live_panels.REFRESH_S if stream.session else None)
with picture:
    live_panels.messages(stream)
    controls(stream, source.name)
    refresh(live_panels.quality_line)(stream.session)
    live_recording.aftermath()
with now:
    refresh(live_panels.now_panel)(stream, settings.labels)
refresh(live_panels.session_panel)(stream.session, settings.labels)

events_panel(stream.session, settings)
with st.expander("Connection check", icon=":material/network_check:"):
    connection_check()
with st.expander("Try a picture instead", icon=":material/image:"):
    try_picture(settings, models)

"""Says who looks at it, and holds what Streamlit keeps in memory for them: a picture, downloads, an upload."""

import uuid

import numpy as np
import streamlit as st

from emotion.errors import NotSignedIn
from emotion.web import sessions, state


@st.cache_resource
def kept() -> str:
    return uuid.uuid4().hex


try:
    who = state.identity()
except NotSignedIn as error:
    st.write(f"nobody: {error}")
    st.stop()

st.write(f"{who.key} is a {who.role.value}")
st.write(f"kept by the server: {kept()}")
shade = sum(who.key.encode()) % 256
st.image(np.full((8, 8, 3), shade, np.uint8), output_format="PNG")
st.download_button("At once", f"of {who.key}", key="at-once")
st.download_button("Later", lambda: sessions.handed_out(who.key, f"made for {who.key}".encode()), key="later")
given = st.file_uploader("File")
st.write(f"given: {given.getvalue().decode() if given else 'nothing'}")

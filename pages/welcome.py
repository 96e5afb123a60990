"""The first page of a viewer, who has no recordings of their own."""

import streamlit as st

st.title("Shared with you")
st.info(
    "Open the link that a colleague sent you: it leads to the recording that they share with you.",
    icon=":material/link:",
)
st.write("To upload videos or use the camera yourself, ask the administrator to make you a member.")

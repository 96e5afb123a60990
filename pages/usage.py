"""Usage: for administrators, how the server is used and by whom."""

import streamlit as st

from emotion.web import usage
from emotion.web.telling import shown_errors

st.title("Usage")

with shown_errors():
    usage.only_administrators()
    usage.show_server()
    st.subheader("People")
    usage.show_people()
    st.subheader("Audit log")
    usage.show_log()
    st.caption("No page shows administrators what others recorded, nor what they called it.")

"""What ``streamlit run app.py`` starts."""

import streamlit as st

app = st.App("pages/navigation.py")

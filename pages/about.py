"""About: what this measures, what it does not, and what happens to pictures."""

import streamlit as st

from emotion.web.about import SMALL_PRINT, how_often_right, show_card, versions, whose
from emotion.web.connection import connection_check

st.title("About")

what, privacy = st.columns(2, gap="large")
with what:
    st.subheader("What it measures")
    st.markdown(
        "A network looks at each face and says how much its **expression** looks like one of seven: angry, disgust, "
        "fear, happy, sad, surprise, neutral. The seven scores of a face add up to 1.\n\n"
        "It does **not** measure feelings. A smile is not happiness, and a face at rest can look sad. "
        "Light, glasses, a turned head, age and skin tone change the scores."
    )
    st.subheader("How often it is right")
    st.markdown(how_often_right())
with privacy:
    st.subheader("What happens to pictures")
    st.markdown(
        "**Live**: pictures are analysed in this server's memory and forgotten. None is stored unless you press "
        "Record: then the session becomes a recording like any other, with faces blurred if you chose so. A rule that "
        "you write can tell another program, among those the administrator allowed, its own words, a score and the "
        "time; never a picture. Who held a session and when is noted, not what it showed.\n\n"
        "**Videos**: a recording and its results stay on this server until somebody deletes them or their day has "
        "come; the library says which. " + whose() + "\n\n"
        "No picture leaves this server."
    )
    st.subheader("Where it must not be used")
    st.markdown(
        "In the European Union the AI Act, article 5(1)(f), forbids systems that infer emotions of people at work "
        "and in schools, with narrow exceptions for medical and safety reasons. This is no legal advice."
    )

show_card()

st.subheader("Does Live work on this connection?")
connection_check()

st.subheader("Versions and licences")
st.dataframe(versions(), hide_index=True, width="content", height="content")
st.caption(SMALL_PRINT)

"""What a person is told before the first start of a session, and that they went on."""

from __future__ import annotations

import streamlit as st

from emotion.live.consent import Consent
from emotion.settings import Settings
from emotion.web import state

# As wide as a text reads well.
WIDTH_PX = 720
GO_ON = "I understand, go on"


def agreed() -> Consent | None:
    """This session's answer, to stand beside a recording; None before it."""
    return state.session().consent


def ask(settings: Settings) -> bool:
    """Whether the person has gone on; until then it shows what they should know, and the button."""
    if agreed():
        return True
    with st.container(width=WIDTH_PX):
        st.subheader("Before you start")
        for line in _lines(settings):
            st.markdown(line)
        st.button(GO_ON, type="primary", icon=":material/check:", key="consent", on_click=_go_on)
    return False


def _go_on() -> None:
    state.session().consent = Consent.now()


def _lines(settings: Settings) -> list[str]:
    """When they say something else, emotion/live/consent.py gets a new version."""
    return [
        ":material/face: **What is computed.** In each picture this server finds the faces of everybody in view, and "
        "for each face seven scores: how much its expression looks angry, happy, sad and so on.",
        f":material/lock: **What is stored.** {_storing(settings)}",
        ":material/sentiment_satisfied: **What it means.** A smile is not happiness. The scores describe a face, not "
        "what a person feels, and they are often wrong; do not decide about people by them.",
        ":material/gavel: **Where it is forbidden.** The European Union forbids systems that infer emotions of people "
        "at work and in schools, with narrow exceptions (AI Act, article 5(1)(f)). This is no legal advice.",
    ]


def _storing(settings: Settings) -> str:
    days = settings.audit_days
    kept = f" for {days:g} day{'s' * (days != 1)}" if days else ""
    noted = f"Only who held a session and when is noted{kept}, not what it showed."
    stored = f"No picture and no score{', unless you press Record' if settings.live_record else ''}. {noted}"
    if settings.webhooks:
        return f"{stored} Rules that you write can send a few words and numbers to another program, never a picture."
    return f"{stored} Pictures do not leave this server."

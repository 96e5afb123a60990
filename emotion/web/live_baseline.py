"""The neutral face on the Live page: taking it, and saying that scores are relative to it."""

from __future__ import annotations

import streamlit as st

from emotion.live.session import LiveSession

HELP = (
    "Some faces look sad or angry while they rest. Press this, look straight into the camera and relax your face for "
    "five seconds: from then on your scores are shown relative to it."
)


def neutral_button(session: LiveSession | None) -> None:
    """One button for the row of controls."""
    st.button(
        "Neutral face",
        icon=":material/sentiment_neutral:",
        key="live-neutral",
        help=HELP,
        disabled=session is None,
        on_click=_start,
        args=(session,),
    )


def neutral_note(session: LiveSession) -> None:
    """How taking it goes, or that the shown scores are relative to it; nothing else. For the fragment of "Now"."""
    now = session.baseline.state
    if now.taking is not None:
        st.progress(now.taking, text="Neutral face: look straight into the camera, relaxed and still.")
    elif now.refused:
        st.warning(now.refused, icon=":material/sentiment_neutral:")
    chosen = session.snapshot().chosen
    if now.held and chosen and chosen.track == now.held.track:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("Relative to your neutral face.", width="stretch")
            st.button("Undo", type="tertiary", key="live-neutral-undo", on_click=session.baseline.drop)


def _start(session: LiveSession) -> None:
    chosen = session.snapshot().chosen
    if chosen is None:
        st.toast("No face is in view. Look into the camera and press Neutral face again.", icon=":material/face:")
    else:
        session.baseline.start(chosen.track)

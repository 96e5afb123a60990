"""The page: what the tests of the components look at, the one that the address names."""

from pathlib import Path

import streamlit as st

from emotion.jobs.inbox import Inbox
from emotion.report.traces import Traces
from emotion.settings import Privacy
from emotion.web import state
from emotion.web.dropzone import arrived, drop_zone
from emotion.web.player import Marker, player

RECORDING = "0123456789abcdef0123456789abcdef"


def show_drop_zone() -> None:
    uploads = arrived()
    drop_zone(privacy=Privacy.OTHERS)
    for upload in uploads:
        st.write(f"came: {upload.name} of {upload.length}, blurred: {upload.privacy}")
    if st.button("Take them"):
        for upload in uploads:
            Inbox.of(state.settings()).take(upload.id, "local", state.settings().data_dir / "taken")
        st.rerun()


@st.fragment
def show_player() -> None:
    results = Path(state.settings().data_dir) / "recordings" / RECORDING / "results"
    face = st.pills("Faces", [0, 1, 2], default=0, format_func=lambda number: f"face {number}") or 0
    jumps = st.session_state.setdefault("jumps", 0)
    if st.button("To the marker"):
        jumps = st.session_state["jumps"] = jumps + 1

    def traces(focus: tuple[float, float] | None) -> Traces:
        st.write(f"asked for {focus}")
        return Traces.from_json((results / "traces.json").read_text(encoding="utf-8"))

    fresh = 1 if st.button("A fresh link") else 0
    seen = player(
        state.links().file(RECORDING, "annotated.mp4", lasts_s=3600 + fresh),
        traces,
        names={1: "Anna"},
        face=face,
        markers=[Marker(1.5, None, "the question"), Marker(2.0, 2.5, "excluded: a call")],
        seek=(1.5, jumps) if jumps else None,
        key="player",
    )
    st.write(f"stands at {seen.time_s:.2f}")
    st.write(f"chosen {seen.range_s}")


if st.query_params.get("show") == "player":
    show_player()
else:
    show_drop_zone()

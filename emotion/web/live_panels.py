"""What stands beside and below the live picture. Drawn anew twice a second, inside fragments."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from emotion.jobs.progress import duration
from emotion.live import quality
from emotion.live.session import LiveSession
from emotion.live.values import Marker, Point, Snapshot
from emotion.report import charts
from emotion.report.vega import Chart
from emotion.types import EMOTIONS, UNCERTAIN, Emotion, Face
from emotion.web import live_recording, state
from emotion.web.live_baseline import neutral_note
from emotion.web.stream import Stream, StreamState
from emotion.web.text import plain

Labels = Mapping[Emotion, str]

REFRESH_S = 0.5
# Bars of so many faces fit beside the picture.
MOST_FACES = 4
# Places (live_source.PLACES) that send many pictures a second, if all is well.
CAMERAS = frozenset({"camera", "attached"})
# How a person is asked for: a number is a face's.
LARGEST, EVERYBODY = "Largest", "All"
START = (
    "Press Start and allow the camera. You see your face with its emotion, and what the emotions add up to. "
    "No picture is stored. Other sources, layers and blurred faces are in the sidebar (»)."
)
IN_LINE = "The picture comes as soon as there is a place. You see your face with its emotion then."
CONNECTING = "Connecting. The picture comes in a few seconds; your browser may ask whether it may use the camera."


def messages(stream: Stream) -> None:
    """What a person should know of a stream that does not play, or not as it should."""
    note = state.session().live.note
    if stream.problem:
        st.warning(plain(stream.problem), icon=":material/videocam_off:")
    elif note:
        st.info(plain(note), icon=":material/info:")
    if stream.note:
        st.info(plain(stream.note), icon=":material/info:")


def now_panel(stream: Stream, labels: Labels) -> None:
    """The chosen face at this moment, or up to four: its dominant emotion and its seven scores."""
    session = stream.session
    if session is None:
        st.info(_at_rest(stream), icon=":material/videocam:")
        return
    snapshot = session.snapshot()
    _whom(session, snapshot)
    if state.session().live.everybody and len(snapshot.faces) > 1:
        _all_faces(snapshot, labels)
    else:
        _one_face(snapshot, labels)
    neutral_note(session)


def _at_rest(stream: Stream) -> str:
    if stream.state is StreamState.CONNECTING:
        return CONNECTING
    return IN_LINE if state.session().live.wanted else START


def quality_line(session: LiveSession | None) -> None:
    """How well it works, in one quiet line, and what to do where it does not."""
    if session is None:
        # A fragment that draws nothing is taken out of the page, and those after it lose their places.
        st.empty()
        return
    snapshot = session.snapshot()
    live = state.session().live
    live.advice = quality.advise(snapshot, live.advice, camera=live.source.place in CAMERAS)
    with st.container(key="live-quality", gap="xsmall"):
        if live.recorder is not None:
            live_recording.badge()
        if snapshot.analysis:
            st.caption(
                f"{quality.in_short(snapshot)} · {duration(snapshot.elapsed_s)}", help=quality.at_length(snapshot)
            )
        sentence = quality.sentence(live.advice, snapshot)
        if sentence:
            st.markdown(f":orange[:material/warning:] {sentence}")


def session_panel(session: LiveSession | None, labels: Labels) -> None:
    """The session so far: the last minute, what the emotions add up to, how the time was shared, its markers.

    After its end it stays until another begins.
    """
    live = state.session().live
    if session is not None:
        live.last = session.snapshot()
    if live.last is None:
        st.empty()
        return
    snapshot = live.last
    if session is None:
        st.caption(f"The session that ended, {duration(snapshot.elapsed_s)} long. The next one begins anew.")
    whose = f"face {snapshot.chosen_track}" if snapshot.chosen_track else "the largest face"
    minute, sums = st.columns(2, gap="large")
    with minute:
        st.markdown(f"**Last minute**: scores of {whose}")
        _chart("minute", charts.score_lines(_pairs(snapshot.story.recent), labels=labels), "Scores of the last minute")
    with sums:
        adding, sharing = st.tabs(["Since start", "Share of time"])
        with adding:
            st.caption("Score × seconds, added up.")
            lines = charts.cumulative_lines(_pairs(snapshot.story.cumulative), labels=labels)
            _chart("cumulative", lines, "Cumulative score of each emotion since the start")
        with sharing:
            share, uncertain = shares(snapshot)
            st.caption(f"Of the time with a face; {uncertain:.0%} of it uncertain.")
            _chart("share", charts.share_bars(share, labels=labels), "Share of time of each emotion")
    if snapshot.markers:
        st.caption(f":material/bookmark: Markers: {' · '.join(map(_in_words, snapshot.markers))}")


def shares(snapshot: Snapshot) -> tuple[dict[Emotion, float], float]:
    """Of the time in which the face was seen, the share of each emotion, and of the uncertain time."""
    label_s = dict(snapshot.story.label_s)
    whole = sum(label_s.values()) or 1.0
    return {emotion: label_s.get(emotion, 0.0) / whole for emotion in EMOTIONS}, label_s.get(UNCERTAIN, 0.0) / whole


def _in_words(marker: Marker) -> str:
    return f"{duration(marker.time_s)} {plain(marker.text)}".strip()


def _pairs(points: tuple[Point, ...]) -> list[tuple[float, tuple[float, ...]]]:
    return [(point.time_s, point.totals) for point in points]


def _one_face(snapshot: Snapshot, labels: Labels) -> None:
    face = snapshot.chosen
    st.metric("Now", in_a_word(face, labels) if face else "–")
    _chart("bars", charts.score_bars(face.scores if face else None, labels=labels), "Scores of the chosen face now")


def _all_faces(snapshot: Snapshot, labels: Labels) -> None:
    largest = sorted(snapshot.faces, key=lambda face: -face.box.area)[:MOST_FACES]
    for face in sorted(largest, key=lambda face: face.track):
        st.markdown(f"**#{face.track}** {plain(in_a_word(face, labels))}")
        chart = charts.score_bars(face.scores, labels=labels, small=True)
        _chart(f"bars-{face.track}", chart, f"Scores of face {face.track} now")


def _whom(session: LiveSession, snapshot: Snapshot) -> None:
    """Whose scores are shown, where there is a choice."""
    tracks = {face.track for face in snapshot.faces} | ({snapshot.chosen_track} if snapshot.chosen_track else set())
    # With all faces blurred the only one in view may be the one to show.
    if len(tracks) < 2 and not snapshot.chosen_track and not snapshot.all_blurred:
        return
    options = [LARGEST, EVERYBODY, *(f"#{track}" for track in sorted(tracks))]
    # The options belong to the key: Streamlit drops a choice whose options change under it.
    key = f"live-whom-{'-'.join(options[2:])}"
    everybody = EVERYBODY if state.session().live.everybody else LARGEST
    st.session_state[key] = f"#{snapshot.chosen_track}" if snapshot.chosen_track else everybody
    st.segmented_control(
        "Whose scores",
        options,
        key=key,
        required=True,
        on_change=_take,
        args=(session, key),
        label_visibility="collapsed",
    )


def _take(session: LiveSession, key: str) -> None:
    asked = st.session_state[key]
    state.session().live.everybody = asked == EVERYBODY
    session.choose(int(asked[1:]) if asked.startswith("#") else None)


def _chart(name: str, chart: Chart, alt: str) -> None:
    st.vega_lite_chart(spec=chart.spec, key=f"live-{name}", width="stretch", alt=alt)


def in_a_word(face: Face, labels: Labels) -> str:
    """What the face shows, and how much."""
    if face.label == UNCERTAIN:
        return UNCERTAIN.title()
    emotion = Emotion(face.label)
    return f"{labels.get(emotion, emotion.value).title()} {face.scores[emotion]:.2f}"

"""The page of one recording: its video and curves on one time axis, who is in it, what it comes down to, its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from emotion.jobs import artefacts, noted
from emotion.jobs.progress import duration
from emotion.notes import NoteKind
from emotion.report import charts
from emotion.report.people import MAIN, Figures
from emotion.store.values import JobState
from emotion.web import noting, rights, routes, sharing, state
from emotion.web.links import HOUR_S
from emotion.web.player import Marker, PlayerState, player
from emotion.web.rights import Look
from emotion.web.study import Study
from emotion.web.telling import shown_errors
from emotion.web.text import plain

DOWNLOADS = {
    "all.zip": ("Everything (ZIP)", ":material/folder_zip:"),
    artefacts.MERGED_MP4: ("Merged video", ":material/view_column:"),
    artefacts.ANNOTATED_MP4: ("Annotated video", ":material/movie:"),
    artefacts.FACES_CSV: ("Table (CSV)", ":material/table:"),
    artefacts.FACES_PARQUET: ("Table (Parquet)", ":material/database:"),
    artefacts.BARS_GIF: ("Moving bars (GIF)", ":material/animation:"),
    artefacts.CUMULATIVE_PNG: ("Cumulative chart (PNG)", ":material/show_chart:"),
    artefacts.SUMMARY_JSON: ("Summary (JSON)", ":material/data_object:"),
    artefacts.NOTES_CSV: ("Notes (CSV)", ":material/flag:"),
    noted.PEOPLE_CSV: ("People (CSV)", ":material/group:"),
}
# More would not fit into a row of chips; the others can still be merged into one of these.
CHIPS = 8
# Of less than this share of the recording's time no shares can be told.
TOO_LITTLE_S = 0.2


def none_asked() -> None:
    """What stands here when the address names no recording."""
    if not state.identity().makes:
        st.info("Open the link that somebody gave you.", icon=":material/link:")
        return
    st.info("Choose a recording in the library.", icon=":material/video_library:")
    st.page_link(routes.LIBRARY, label="To the library", icon=":material/video_library:")


def heading(looked: Look) -> None:
    """Its name, whose it is, and in a sentence what came out."""
    sharing.title(looked)
    facts = looked.recording.facts
    if facts:
        st.markdown(plain(facts["in_words"]))
        if facts["source"]["damage"]:
            st.warning(plain(facts["source"]["damage"]), icon=":material/warning:")


def not_done(looked: Look) -> None:
    """What stands here while there is no result."""
    if not looked.own:
        st.info("There is no result to show yet. Open the link again later.", icon=":material/hourglass_top:")
        return
    recording = looked.recording
    match recording.job.state:
        case JobState.RECORDING:
            st.info(
                "This is being recorded now. Stop it on the Live page, and its results are made.",
                icon=":material/radio_button_checked:",
            )
        case JobState.FAILED:
            st.error(plain(recording.job.message), icon=":material/error:")
        case JobState.CANCELLED:
            st.info(
                "This analysis was cancelled. Its row on the Videos page can start it again.", icon=":material/cancel:"
            )
        case _:
            st.info(
                "This recording is being analysed. Its row on the Videos page says how far it is.",
                icon=":material/hourglass_top:",
            )
    st.page_link(routes.VIDEOS, label="To the videos", icon=":material/movie:")


@st.fragment
def result(recording_id: str, share_id: str = "") -> None:
    """Everything that answers to the player. Player, chips and notes draw only this part of the page anew; each time it
    is asked again whether this person may look."""
    with shown_errors():
        looked = rights.look(recording_id, share_id)
        study = Study.of(state.database(), state.settings(), looked.recording)
        seen = _player(study, looked)
        person = _chips(study)
        figures = study.figures(person)
        share, said = st.columns(2, gap="large")
        with share:
            _share(study, person, figures)
        with said:
            if looked.own:
                noting.people(study, person, seen.time_s)
                noting.add_note(study, seen.time_s, seen.range_s)
            elif study.said.notes:
                st.subheader("Notes")
            noting.note_rows(study, own=looked.own)
        _cumulative(study, figures)
        _downloads(study, looked)
        _how(study.facts)


def _player(study: Study, looked: Look) -> PlayerState:
    number = study.recording.id
    lasts_s = max(HOUR_S, 2 * study.end_s)  # with pauses and looks back
    return player(
        rights.file_link(looked, artefacts.ANNOTATED_MP4, lasts_s=lasts_s),
        study.traces,
        names=_names(study),
        labels=study.labels,
        face=state.session().chosen.get(number, MAIN),
        markers=[Marker(note.from_s, note.until_s, _marked(note.kind, note.text)) for note in study.said.notes],
        seek=state.session().seek(number),
        key=f"player-{number}",
    )


def _marked(kind: NoteKind, text: str) -> str:
    return text if kind is NoteKind.MARKER else f"excluded: {text}" if text else "excluded"


def _names(study: Study) -> dict[int, str]:
    return {trace.face: study.said.called(trace.face) for trace in study.traces().faces if trace.face != MAIN}


def _chips(study: Study) -> int:
    """Whose numbers are shown."""
    seconds = study.people()
    shown = [MAIN, *list(seconds)[:CHIPS]]
    mine, number = state.session(), study.recording.id
    chosen = mine.chosen.get(number, MAIN)
    if chosen not in shown:
        chosen = mine.chosen[number] = MAIN
    # What it shows is part of the key: Streamlit keeps a choice by its place, and places change as people are merged.
    key = f"chips-{number}-{hash((tuple(shown), tuple(study.said.names.items())))}"
    st.pills(
        "Faces",
        shown,
        default=chosen,
        required=True,
        format_func=lambda one: _chip(study, one, seconds),
        key=key,
        on_change=lambda: mine.chosen.update({number: st.session_state[key]}),
        help="The largest face of each frame, or one person. Others than these are in view more shortly.",
    )
    return chosen


def _chip(study: Study, person: int, seconds: dict[int, float]) -> str:
    if person == MAIN:
        return "Main face"
    return f"{plain(study.said.called(person))} · {duration(seconds.get(person, 0.0))}"


def _share(study: Study, person: int, figures: Figures) -> None:
    whose = "the main face" if person == MAIN else plain(study.said.called(person))
    st.subheader("Share of time")
    left_out = ", without what is excluded" if study.said.excluded else ""
    st.caption(f"How long each emotion was the strongest of {whose}: {duration(figures.seconds)} in view{left_out}.")
    if figures.seconds < TOO_LITTLE_S:
        st.caption("There is too little of a face to speak of shares.")
        return
    bars = charts.share_bars(figures.share, labels=study.labels)
    st.vega_lite_chart(spec=bars.spec, key="result-share", width="stretch", alt="Share of time")


def _cumulative(study: Study, figures: Figures) -> None:
    st.subheader("Cumulative scores")
    st.caption("Score × seconds, added up from the start.")
    lines = charts.cumulative_lines(figures.cumulative, labels=study.labels)
    st.vega_lite_chart(spec=lines.spec, key="result-cumulative", width="stretch", alt="Cumulative scores over time")


def _downloads(study: Study, looked: Look) -> None:
    st.subheader("Downloads")
    stem = Path(study.recording.name).stem
    with st.container(horizontal=True):
        for name, (label, icon) in DOWNLOADS.items():
            if name == "all.zip" or (study.folder / name).exists():
                download_as = f"{stem}.zip" if name == "all.zip" else f"{stem}-{name}"
                st.link_button(label, rights.file_link(looked, name, download_as=download_as), icon=icon)


def _how(facts: dict[str, Any]) -> None:
    settings, source = facts["settings"], facts["source"]
    size = f"{source['width']} × {source['height']} pixels"
    every = f", every {settings['every']} frames" if settings["every"] > 1 else ""
    st.caption(
        plain(
            f"{size}, {duration(source['duration_s'])}, {source['frames']} frames. "
            f"Made with detector {settings['detector']}, model {settings['model']}, smallest face "
            f"{settings['min_face_px']} px, smoothing {settings['smoothing_s']} s{every}."
        )
    )
    with st.expander("All settings and versions", icon=":material/info:"):
        st.json({"settings": settings, "versions": facts["versions"], "sha256": source["sha256"]}, expanded=2)

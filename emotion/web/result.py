"""The results of one recording: the video, its charts, its downloads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import streamlit as st

from emotion.errors import EmotionError
from emotion.jobs import analyze
from emotion.report import charts
from emotion.report.summary import HARDLY_ANY
from emotion.report.timeline import Timeline
from emotion.types import Emotion
from emotion.web.text import plain

DOWNLOADS = {
    analyze.MERGED_MP4: ("Merged video", "video/mp4", ":material/view_column:"),
    analyze.ANNOTATED_MP4: ("Annotated video", "video/mp4", ":material/movie:"),
    analyze.FACES_CSV: ("Table (CSV)", "text/csv", ":material/table:"),
    analyze.BARS_GIF: ("Moving bars (GIF)", "image/gif", ":material/animation:"),
    analyze.CUMULATIVE_PNG: ("Cumulative chart (PNG)", "image/png", ":material/show_chart:"),
    analyze.SUMMARY_JSON: ("Summary (JSON)", "application/json", ":material/data_object:"),
}


def show_result(folder: Path) -> None:
    """Everything about one analysed recording, or that it is no longer there."""
    try:
        facts: dict[str, Any] = json.loads((folder / analyze.SUMMARY_JSON).read_text(encoding="utf-8"))
        timeline = Timeline.load(folder / analyze.FACES_CSV, end_s=facts["source"]["duration_s"])
    except (OSError, EmotionError):
        st.info("These results were deleted. Upload the video and press Analyse again.", icon=":material/delete:")
        return
    labels = {Emotion(name): word for name, word in facts["settings"]["labels"].items()}
    st.subheader(plain(facts["source"]["name"]))
    st.markdown(plain(facts["in_words"]))
    if facts["source"]["damage"]:
        st.warning(plain(facts["source"]["damage"]), icon=":material/warning:")
    picture, share = st.columns([2, 1], gap="large")
    picture.video(str(folder / analyze.ANNOTATED_MP4))
    with share:
        _share(timeline, labels)
    _lines(timeline, labels)
    _downloads(folder, Path(facts["source"]["name"]).stem)
    st.caption(plain(_how(facts)))


def _share(timeline: Timeline, labels: dict[Emotion, str]) -> None:
    st.markdown("**Share of time**: how long each emotion was the strongest")
    if timeline.frames_with_face < HARDLY_ANY * timeline.frames:
        st.caption("There is too little of a face to speak of shares.")
        return
    bars = charts.share_bars(timeline.share(), labels=labels)
    st.altair_chart(bars, key="result-share", width="stretch", alt="Share of time")


def _lines(timeline: Timeline, labels: dict[Emotion, str]) -> None:
    st.markdown("**Scores over time** of the main face")
    scores = charts.score_lines(timeline, labels=labels)
    st.altair_chart(scores, key="result-scores", width="stretch", alt="Scores over time")
    st.markdown("**Cumulative scores**: score × seconds")
    cumulative = charts.cumulative_lines(timeline, labels=labels)
    st.altair_chart(cumulative, key="result-cumulative", width="stretch", alt="Cumulative scores over time")


def _how(facts: dict[str, Any]) -> str:
    settings = facts["settings"]
    every = f", every {settings['every']} frames" if settings["every"] > 1 else ""
    return (
        f"Made with detector {settings['detector']}, model {settings['model']}, smallest face "
        f"{settings['min_face_px']} px, smoothing {settings['smoothing_s']} s{every}."
    )


def _downloads(folder: Path, stem: str) -> None:
    st.markdown("**Downloads**")
    with st.container(horizontal=True):
        for name, (label, mime, icon) in DOWNLOADS.items():
            st.download_button(
                label,
                data=(folder / name).read_bytes,
                file_name=f"{stem}-{name}",
                mime=mime,
                icon=icon,
                on_click="ignore",
                key=f"download-{name}",
            )

"""The results of one recording: the video, its charts, its downloads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import streamlit as st

from emotion.jobs import analyze
from emotion.report import charts
from emotion.report.timeline import Timeline

DOWNLOADS = {
    analyze.MERGED_MP4: ("Merged video", "video/mp4", ":material/view_column:"),
    analyze.ANNOTATED_MP4: ("Annotated video", "video/mp4", ":material/movie:"),
    analyze.FACES_CSV: ("Table (CSV)", "text/csv", ":material/table:"),
    analyze.BARS_GIF: ("Moving bars (GIF)", "image/gif", ":material/animation:"),
    analyze.CUMULATIVE_PNG: ("Cumulative chart (PNG)", "image/png", ":material/show_chart:"),
    analyze.SUMMARY_JSON: ("Summary (JSON)", "application/json", ":material/data_object:"),
}


def show_result(folder: Path) -> None:
    """Everything about one analysed recording."""
    facts: dict[str, Any] = json.loads((folder / analyze.SUMMARY_JSON).read_text(encoding="utf-8"))
    timeline = Timeline.load(folder / analyze.FACES_CSV, end_s=facts["source"]["duration_s"])
    st.subheader(facts["source"]["name"])
    st.markdown(facts["in_words"])
    if facts["source"]["damage"]:
        st.warning(facts["source"]["damage"], icon=":material/warning:")
    picture, share = st.columns([2, 1], gap="large")
    picture.video(str(folder / analyze.ANNOTATED_MP4))
    with share:
        st.markdown("**Share of time**: how long each emotion was the strongest")
        st.altair_chart(charts.share_bars(timeline.share()), key="result-share", width="stretch", alt="Share of time")
    _lines(timeline)
    _downloads(folder, Path(facts["source"]["name"]).stem)


def _lines(timeline: Timeline) -> None:
    st.markdown("**Scores over time** of the main face")
    st.altair_chart(charts.score_lines(timeline), key="result-scores", width="stretch", alt="Scores over time")
    st.markdown("**Cumulative scores**: score × seconds")
    st.altair_chart(
        charts.cumulative_lines(timeline), key="result-cumulative", width="stretch", alt="Cumulative scores over time"
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

"""The Compare page: two to six recordings, by their main faces."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from emotion.report import comparison
from emotion.report.comparison import LETTERS, Compared
from emotion.report.people import MAIN
from emotion.types import EMOTIONS, Emotion
from emotion.web import rights, routes, state
from emotion.web.study import Study
from emotion.web.telling import attempt
from emotion.web.text import plain

SHOWN_AT_FIRST = 3
ALIGNED = {"start": "Time from the start", "share": "Share of the length"}


def studies(asked: Sequence[str]) -> list[Study]:
    """Those that are there and done; of the others it is said."""
    found: list[Study] = []
    for number in asked[: len(LETTERS)]:
        attempt(partial(_add, found, number))
    if len(asked) > len(LETTERS):
        st.info(f"More than {len(LETTERS)} curves cannot be told apart: these are the first {len(LETTERS)}.")
    return found


def _add(found: list[Study], number: str) -> None:
    found.append(Study.of(state.database(), state.settings(), rights.mine(number)))


def draw(found: Sequence[Study]) -> None:
    """Curves over each other, shares beside each other, means in a table."""
    compared = [_compared(letter, study) for letter, study in zip(LETTERS, found, strict=False)]
    labels = found[0].labels
    for one, study in zip(compared, found, strict=True):
        st.page_link(
            routes.RECORDING,
            label=f"**{one.letter}** {plain(one.name)}",
            icon=":material/monitoring:",
            query_params=routes.of_recording(study.recording.id),
        )
    _curves(compared, labels)
    st.subheader("Share of time")
    st.caption("How long each emotion was the strongest of the main face.")
    bars = comparison.shares(compared, labels)
    st.vega_lite_chart(spec=bars.spec, key="compare-shares", width="stretch", alt="Shares side by side")
    _means(compared, labels)


def _compared(letter: str, study: Study) -> Compared:
    traces, figures = study.traces(), study.figures()
    main = next(trace for trace in traces.faces if trace.face == MAIN)
    return Compared(
        letter,
        study.recording.name,
        traces.times_s,
        traces.end_s,
        main.scores,
        figures.share,
        figures.mean,
    )


def _curves(compared: Sequence[Compared], labels: dict[Emotion, str]) -> None:
    st.subheader("Scores over time")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        aligned = st.segmented_control(
            "Aligned by",
            list(ALIGNED),
            default="start",
            required=True,
            format_func=ALIGNED.__getitem__,
            key="compare-aligned",
        )
        chosen = st.pills(
            "Emotions",
            list(EMOTIONS),
            selection_mode="multi",
            default=_strongest(compared),
            format_func=lambda emotion: labels.get(emotion, emotion.value).capitalize(),
            key="compare-emotions",
        )
    if not chosen:
        st.caption("Choose an emotion to see its curves.")
    for emotion in (emotion for emotion in EMOTIONS if emotion in chosen):
        st.markdown(f"**{plain(labels.get(emotion, emotion.value).capitalize())}**")
        lines = comparison.overlaid(compared, emotion, by_share=aligned == "share")
        alt = f"{emotion} in all recordings over time"
        st.vega_lite_chart(spec=lines.spec, key=f"compare-{emotion}", width="stretch", alt=alt)


def _strongest(compared: Sequence[Compared]) -> list[Emotion]:
    """Those that most of the time goes to; none that no time goes to, unless there is no other."""
    total = {emotion: sum(one.share.get(emotion, 0.0) for one in compared) for emotion in EMOTIONS}
    ordered = sorted(EMOTIONS, key=lambda emotion: -total[emotion])[:SHOWN_AT_FIRST]
    return [emotion for emotion in ordered if total[emotion] > 0] or ordered


def _means(compared: Sequence[Compared], labels: dict[Emotion, str]) -> None:
    st.subheader("Mean scores")
    rows = comparison.means(compared, labels)
    digits = {name: st.column_config.NumberColumn(format="%.3f") for name in rows[0] if name != "Length (s)"}
    digits["Recording"] = st.column_config.TextColumn(pinned=True)
    st.dataframe(rows, hide_index=True, width="stretch", placeholder="–", column_config=digits)
    st.download_button(
        "Means and shares (CSV)",
        comparison.means_csv(compared),
        file_name="comparison.csv",
        mime="text/csv",
        icon=":material/table:",
        on_click="ignore",
    )

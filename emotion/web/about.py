"""Facts for the About page."""

from __future__ import annotations

import functools
from importlib import metadata
from typing import Any

import streamlit as st

from emotion.report import card_charts
from emotion.report.vega import spec
from emotion.settings.auth import Auth
from emotion.types import EMOTIONS
from emotion.vision.card import Card, Judgement, read_card
from emotion.vision.engine import OPENCV
from emotion.web import state

# What decides results, or handles pictures, files, people; requirements.lock lists all. The name of OpenCV's package
# depends on how this was installed.
PACKAGES = (
    "emotion-dashboard",
    "streamlit",
    "streamlit-webrtc",
    "aiortc",
    "av",
    "fer",
    "mtcnn",
    "ai-edge-litert",
    "onnxruntime",
    *OPENCV,
    "numpy",
    "pandas",
    "pyarrow",
    "pillow",
    "altair",
    "sqlalchemy",
    "psycopg",
    "starlette",
    "zipstream-ng",
    "requests",
)
NOT_STATED = "not stated"
LONGEST_LICENCE = 80
SMALL_PRINT = (
    "Licences as the packages state them. The wheel of `av` carries FFmpeg with x264, which is under the GPL; the "
    "network's weights and its training data are described in docs/model.md."
)


def versions() -> list[dict[str, str]]:
    """Package, version and licence, a row each; first our own network."""
    network = {"Package": "emotion network", "Version": read_card().version, "Licence": licence("emotion-dashboard")}
    return [network, *(row for package in PACKAGES if (row := _row(package)))]


def licence(package: str) -> str:
    """The licence of an installed package as its metadata state it: an SPDX expression, a classifier, or one line.

    Older packages put the whole text where the name belongs; that is no name.
    """
    facts = metadata.metadata(package)
    if "License-Expression" in facts:
        return facts["License-Expression"]
    classified = [line for line in facts.get_all("Classifier") or [] if line.startswith("License ::")]
    named = [line.rsplit(" :: ", 1)[-1].removesuffix(" License") for line in classified]
    said = facts["License"].strip() if "License" in facts else ""
    if not named and 0 < len(said) <= LONGEST_LICENCE and "\n" not in said:
        return said
    return ", ".join(named) or NOT_STATED


@functools.cache
def _row(package: str) -> dict[str, str] | None:
    try:
        return {"Package": package, "Version": metadata.version(package), "Licence": licence(package)}
    except metadata.PackageNotFoundError:
        return None


def whose() -> str:
    """Who sees recordings on this server."""
    if state.settings().auth is Auth.NONE:
        return "Whoever can open this dashboard sees them."
    return (
        "Only you see yours, and whoever has a link that you made, until you end it or its last day is over. "
        "Administrators see how much you use, not what. Who opened, shared, downloaded or deleted a recording is noted."
    )


def how_often_right() -> str:
    """The card's figures in sentences."""
    card = read_card()
    low, high = card.ours.interval
    weakest = sorted(zip(card.ours.recall, EMOTIONS, strict=True))[:2]
    return (
        f"The network was trained on {card.faces_trained:,} faces from the web (FER+), each seen by ten people. On "
        f"{card.faces_judged:,} faces that it had not learnt from it says what most of the ten said for "
        f"**{_percent(card.ours.accuracy)}**; the network of the package `fer`, which can be chosen instead, for "
        f"{_percent(card.fer.accuracy)}. Counting each emotion the same it is **{_percent(card.ours.mean_recall)}** "
        f"(95 % interval {_percent(low)} to {_percent(high)}) against {_percent(card.fer.mean_recall)}. Its weakest "
        f"are {weakest[0][1]} ({_percent(weakest[0][0])}) and {weakest[1][1]} ({_percent(weakest[1][0])}). On "
        "pictures as they come from the web it is right on about two of three. Do not decide about people by it."
    )


def recall_table() -> list[dict[str, str | float]]:
    """How many of each emotion's faces both networks find, in percent."""
    card = read_card()
    return [
        {"Emotion": emotion.value, "emotion": 100 * ours, "fer": 100 * fer}
        for emotion, ours, fer in zip(EMOTIONS, card.ours.recall, card.fer.recall, strict=True)
    ]


def show_card() -> None:
    """Draws the model card: recall per emotion, confusions, calibration."""
    card = read_card()
    st.subheader("The network in figures")
    table, confusions, meaning = st.columns(3, gap="large")
    with table:
        st.markdown("**How many of each emotion's faces it finds**")
        columns = {
            name: st.column_config.ProgressColumn(name, min_value=0, max_value=100, format="%.0f %%")
            for name in ("emotion", "fer")
        }
        st.dataframe(recall_table(), hide_index=True, width="stretch", column_config=columns)
    with confusions:
        st.markdown("**What it takes for what**")
        chart = _confusion()
        st.vega_lite_chart(
            spec=chart, key="card-confusion", width="stretch", alt="Share of each emotion's faces by answer"
        )
    with meaning:
        st.markdown("**What a score means**")
        chart = _reliability()
        st.vega_lite_chart(
            spec=chart, key="card-reliability", width="stretch", alt="How often the highest score is right"
        )
    st.caption(_small_print(card))


@st.cache_data(show_spinner=False)
def _confusion() -> dict[str, Any]:
    return spec(card_charts.confusion(read_card().ours.confusion))


@st.cache_data(show_spinner=False)
def _reliability() -> dict[str, Any]:
    return spec(card_charts.reliability(_points(read_card().ours)))


def _points(judgement: Judgement) -> list[tuple[float, float, int]]:
    return [(one.score, one.right, one.faces) for one in judgement.reliability]


def _small_print(card: Card) -> str:
    return (
        f"Network {card.version}, {card.parameters:,} weights, seed {card.seed}, {card.epochs} passes. All figures: "
        f"FER+'s validation part, {card.faces_judged:,} faces. Scores are calibrated: on average the highest one is "
        f"{100 * card.ours.calibration_error:.1f} percentage points from how often it is right. The pictures come from "
        "a web search of 2013: mostly posed, of public people, young and light-skinned ones more than others, and ten "
        "people agree on fear or disgust much less than on a smile. Data, method and licences: docs/model.md."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"

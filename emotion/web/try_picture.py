"""A picture instead of the camera: for whoever has none, or whose connection fails."""

from __future__ import annotations

import threading

import streamlit as st

from emotion.errors import EmotionError
from emotion.media.pictures import small_picture
from emotion.report import charts
from emotion.report.overlay import Overlay
from emotion.settings import Layer, Settings
from emotion.types import UNCERTAIN, Emotion, Face, Frame, Image
from emotion.vision.assets import Models
from emotion.vision.engine import Engine
from emotion.web.text import plain

# What the page shows it at, twice, for sharp screens; a face of 40 pixels in it is one of a hundred in the photo.
LONGEST_PX = 1600
# Held in the server's memory while its page is open.
MOST_MB = 20
# Bars of more people would be too small to read.
MOST_BARS = 4
# Of all people together: a large picture takes 340 MB for a moment.
_ONE_AT_A_TIME = threading.Lock()
FORMATS = ["jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff"]


def try_picture(settings: Settings, models: Models) -> None:
    """Draws a place to drop a picture, and what is seen in it. Nothing is stored."""
    st.fragment(_try)(settings, models)


def _try(settings: Settings, models: Models) -> None:
    given = st.file_uploader(
        "A picture with one or more faces. It is analysed in memory and not stored.",
        type=FORMATS,
        max_upload_size=MOST_MB,
        key="try-picture",
    )
    if given is None:
        return
    try:
        with _ONE_AT_A_TIME:
            image = small_picture(given, given.name, longest_px=LONGEST_PX)
        faces = Engine.create(settings, models).analyze(Frame(0, 0.0, image)).faces
    except EmotionError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    picture, bars = st.columns([2, 1], gap="large")
    picture.image(_drawn(image, faces, settings), width="content")
    with bars:
        _bars(faces, settings)


def _drawn(image: Image, faces: tuple[Face, ...], settings: Settings) -> Image:
    wanted = {Layer.BOXES, Layer.LABELS} | ({Layer.NUMBERS} if len(faces) > 1 else set())
    height, width = image.shape[:2]
    return Overlay(settings.but(layers=settings.layers | wanted), (width, height)).draw(image, faces)


def _bars(faces: tuple[Face, ...], settings: Settings) -> None:
    if not faces:
        st.info("No face was found. Try a picture that shows a face larger and from the front.", icon=":material/face:")
    for face in sorted(faces, key=lambda face: -face.box.area)[:MOST_BARS]:
        st.markdown(f"**{plain(_in_a_word(face, settings))}**")
        chart = charts.score_bars(face.scores, labels=settings.labels, small=len(faces) > 1)
        st.vega_lite_chart(
            spec=chart.spec, key=f"try-{face.track}", width="stretch", alt=f"Scores of face {face.track}"
        )
    if len(faces) > MOST_BARS:
        st.caption(f"Bars of the {MOST_BARS} largest of {len(faces)} faces.")


def _in_a_word(face: Face, settings: Settings) -> str:
    if face.label == UNCERTAIN:
        return f"Face {face.track}: {UNCERTAIN}"
    emotion = Emotion(face.label)
    return f"Face {face.track}: {settings.labels.get(emotion, emotion.value)} {face.scores[emotion]:.2f}"

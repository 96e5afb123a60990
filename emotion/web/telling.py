"""Telling people what went wrong, in the sentence that the error carries."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import streamlit as st

from emotion.errors import EmotionError
from emotion.web.text import plain


def attempt(action: Callable[[], object]) -> bool:
    """Does what a person asked for; where it cannot be done, says so and goes on. Whether it was done."""
    try:
        action()
    except EmotionError as error:
        st.toast(plain(str(error)), icon=":material/error:", duration="long")
        return False
    return True


def attempting(action: Callable[[], object]) -> Callable[[], None]:
    """The same for a widget to call."""

    def call() -> None:
        attempt(action)

    return call


@contextlib.contextmanager
def shown_errors() -> Iterator[None]:
    """Draws the block, or as far as it came and then the sentence."""
    try:
        yield
    except EmotionError as error:
        st.error(plain(str(error)), icon=":material/error:")

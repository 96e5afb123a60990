"""Our own components of Streamlit's second kind: HTML, CSS and plain JavaScript that lie in ``components/``.

No build and no node: the scripts of a component are joined in the order given, the last one exports the function
which Streamlit calls. They share one scope, and the module stays loaded while a person moves between pages.
"""

from __future__ import annotations

import functools
from importlib import resources

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer


@functools.cache
def component(name: str, *scripts: str) -> ComponentRenderer:
    """The component of that folder; to be called where a page is drawn.

    Not at import: without a page Streamlit has no server to register it with.
    """
    folder = resources.files("emotion.web") / "components" / name
    script = "\n".join((folder / file).read_text(encoding="utf-8") for file in scripts)
    return st.components.v2.component(
        f"emotion_{name}",
        html=(folder / f"{name}.html").read_text(encoding="utf-8"),
        css=(folder / f"{name}.css").read_text(encoding="utf-8"),
        js=script,
    )

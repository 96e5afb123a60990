"""Facts for the About page."""

from __future__ import annotations

from importlib import metadata

PACKAGES = ("emotion-dashboard", "streamlit", "streamlit-webrtc", "av", "fer", "mtcnn", "ai-edge-litert", "altair")


def versions() -> list[dict[str, str]]:
    """Package and version, a row each."""
    return [{"Package": package, "Version": metadata.version(package)} for package in PACKAGES]

"""One colour per emotion, everywhere: video, charts, GIF. Pages take theirs from ``.streamlit/config.toml``."""

from __future__ import annotations

from emotion.types import Emotion

Rgb = tuple[int, int, int]

# The Okabe-Ito set for colour-blind readers (jfly.uni-koeln.de/color), a violet for fear and a grey for neutral. Their
# lightness keeps fear apart from sad and neutral from surprise where red and green look alike; a test simulates that.
HEX: dict[Emotion, str] = {
    Emotion.ANGRY: "#D55E00",
    Emotion.DISGUST: "#009E73",
    Emotion.FEAR: "#A272DC",
    Emotion.HAPPY: "#E69F00",
    Emotion.SAD: "#0072B2",
    Emotion.SURPRISE: "#CC79A7",
    Emotion.NEUTRAL: "#71757E",
}


def rgb(color: str) -> Rgb:
    """``"#0F1216"`` as ``(15, 18, 22)``."""
    value = int(color.removeprefix("#"), 16)
    return value >> 16, value >> 8 & 0xFF, value & 0xFF


RGB: dict[Emotion, Rgb] = {emotion: rgb(color) for emotion, color in HEX.items()}

# A grey for labels that should not be trusted: light, because neutral has the dark one.
UNSURE: Rgb = rgb("#C3C7CE")

# The merged video is dark whatever the page is: people watch it in players, beside other videos.
PANEL_BACKGROUND: Rgb = rgb("#0F1216")
PANEL_TRACK: Rgb = rgb("#1E232B")
PANEL_GRID: Rgb = rgb("#2A303A")
PANEL_TEXT: Rgb = rgb("#E8EAED")
PANEL_QUIET: Rgb = rgb("#9AA1AC")


def of_label(label: str) -> Rgb:
    """The colour of a face's label: its emotion's, or :data:`UNSURE` for any other word."""
    return RGB[Emotion(label)] if label in RGB else UNSURE


def luminance(color: Rgb) -> float:
    """Relative luminance of sRGB, 0 (black) to 1 (white), as WCAG 2.1 defines it."""

    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(channel) for channel in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """The WCAG contrast ratio of two colours, 1 (the same) to 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def text_on(color: Rgb) -> Rgb:
    """Black or white, whichever reads better on ``color``: always at least 4.58:1."""
    black, white = (0, 0, 0), (255, 255, 255)
    return max(black, white, key=lambda text: contrast(text, color))

"""High dynamic range (phones' 10-bit HEVC) shown on a screen that has none: the way players do, so that faces look
as the networks know them, not grey and flat.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from emotion.pixels import recolor
from emotion.types import Image

# AVCOL_TRC_* in FFmpeg's pixfmt.h.
PQ, HLG = 16, 18
# What white paper is in candelas per square metre, and the brightest that is mastered for: ITU-R BT.2408 and BT.2100.
WHITE, PEAK = 203.0, 1000.0
# Up to this share of white brightness stays as it is; all above is pressed together, highlights most.
KNEE = 0.75
# A screen's own curve, ITU-R BT.1886.
GAMMA = 2.4
# From BT.2020's primaries to BT.709's, after the curve, where it is only an approximation: fitted by least squares to
# 20,000 colours that BT.709 has (rows sum to 1, so grey stays grey). Wrong by 4 or 5 levels of 255 on a photograph, in
# 3 ms for 1920x1080; exact ways (FFmpeg's lut3d) take 60, and swscale's own needs 10 seconds before its first picture.
PRIMARIES = {
    PQ: ((1.659, -0.609, -0.050), (-0.179, 1.183, -0.004), (-0.024, -0.122, 1.146)),
    HLG: ((1.421, -0.392, -0.029), (-0.104, 1.098, 0.006), (0.029, 0.004, 0.967)),
}


@dataclass(frozen=True, slots=True, eq=False)
class Tone:
    """How colours change."""

    curve: npt.NDArray[np.uint8]
    """Per stored level the shown one, shape ``(256,)``."""
    primaries: npt.NDArray[np.float32]
    """Shape ``(3, 3)``."""

    def shown(self, image: Image) -> Image:
        """``image`` as it is to be shown."""
        return recolor(image, self.curve, self.primaries)


def tone_of(frame: VideoFrame) -> Tone | None:
    """What to do with the colours of ``frame``; None where they are an ordinary screen's."""
    transfer = int(frame.color_trc)
    return _tone(transfer) if transfer in PRIMARIES else None


@functools.cache
def _tone(transfer: int) -> Tone:
    levels = np.arange(256) / 255
    light = _pq(levels) if transfer == PQ else _hlg(levels)
    shown = np.clip(_pressed(light / WHITE), 0, 1) ** (1 / GAMMA)
    return Tone((shown * 255).round().astype(np.uint8), np.array(PRIMARIES[transfer], np.float32))


def _pq(levels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Candelas per square metre by SMPTE ST 2084."""
    root = levels ** (1 / 78.84375)
    return np.asarray(
        10_000 * (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)
    )


def _hlg(levels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The same by ARIB STD-B67, on a screen of 1,000 candelas, whose own gamma is 1.2."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(levels <= 0.5, levels**2 / 3, (np.exp((levels - c) / a) + b) / 12)
    return np.asarray(PEAK * scene**1.2)


def _pressed(light: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Light as a share of white, brought below 1: Reinhard's curve above the knee, 1 at the peak."""
    top = (PEAK / WHITE - KNEE) / (1 - KNEE)
    above = (np.minimum(light, PEAK / WHITE) - KNEE) / (1 - KNEE)
    return np.asarray(np.where(light > KNEE, KNEE + (1 - KNEE) * above * (top + 1) / (top * (above + 1)), light))

"""Whether people who see colours differently can tell the seven apart."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from skimage.color import rgb2lab

from emotion.palette import PANEL_BACKGROUND, RGB, UNSURE, Rgb, contrast, of_label, text_on
from emotion.types import EMOTIONS, UNCERTAIN, Emotion

# Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision Deficiency (2009),
# severity 1.0; they apply to linear RGB.
SIMULATIONS = {
    "all cones": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
# A difference of 2.3 is just noticeable side by side; lines that cross a chart need several times that.
LEAST_DISTANCE = 12.0


def seen(simulation: str, colors: Sequence[Rgb]) -> np.ndarray:
    """The colours in CIELAB as such a person sees them, shape ``(n, 3)``."""
    share = np.array(colors) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    mixed = np.clip(linear @ np.array(SIMULATIONS[simulation]).T, 0, 1)
    back = np.where(mixed <= 0.0031308, mixed * 12.92, 1.055 * mixed ** (1 / 2.4) - 0.055)
    return np.asarray(rgb2lab(back[None])[0])


@pytest.mark.parametrize("simulation", SIMULATIONS)
def test_no_two_lines_can_be_confused(simulation: str) -> None:
    lab = seen(simulation, [RGB[emotion] for emotion in EMOTIONS])
    distances = {
        (EMOTIONS[i].value, EMOTIONS[j].value): float(np.linalg.norm(lab[i] - lab[j]))
        for i, j in itertools.combinations(range(len(EMOTIONS)), 2)
    }
    pair = min(distances, key=lambda pair: distances[pair])
    assert distances[pair] >= LEAST_DISTANCE, f"{pair} are {distances[pair]:.1f} apart"


@pytest.mark.parametrize("simulation", SIMULATIONS)
def test_the_grey_of_doubt_is_no_emotions_colour(simulation: str) -> None:
    *emotions, grey = seen(simulation, [*RGB.values(), UNSURE])
    assert min(float(np.linalg.norm(lab - grey)) for lab in emotions) >= LEAST_DISTANCE


def test_a_label_has_its_colour() -> None:
    assert of_label("happy") == RGB[Emotion.HAPPY]
    assert of_label(UNCERTAIN) == of_label("a word of an older version") == UNSURE


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_lines_show_on_the_dark_panels_and_text_on_chips(emotion) -> None:
    assert contrast(RGB[emotion], PANEL_BACKGROUND) >= 3
    assert contrast(text_on(RGB[emotion]), RGB[emotion]) >= 4.5

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emotion.errors import SettingsError
from emotion.report.text import Typeface, fitting_size, words
from emotion.types import EMOTIONS, Emotion


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("happy 0.87", True, id="latin"),
        pytest.param("счастье", True, id="cyrillic"),
        pytest.param("χαρά", True, id="greek"),
        pytest.param("سعادة", True, id="arabic"),
        pytest.param("می\u200cخندد", True, id="persian with a joiner"),
        pytest.param("快乐", False, id="chinese"),
        pytest.param("happy 快", False, id="partly"),
        pytest.param("", False, id="empty"),
        pytest.param("  ", False, id="blank"),
        pytest.param("a\nb", False, id="two lines"),
    ],
)
def test_knows_what_the_default_font_can_write(text: str, expected: bool) -> None:
    assert Typeface.default().renders(text) is expected


def test_the_default_font_is_found_without_importing_matplotlib(settings) -> None:
    assert Typeface.of(settings).plain.name == "DejaVuSans.ttf"


@pytest.mark.parametrize("content", [pytest.param(None, id="missing"), pytest.param(b"no font", id="something else")])
def test_a_font_that_cannot_be_read_is_one_sentence(settings, tmp_path: Path, content: bytes | None) -> None:
    font = tmp_path / "mine.ttf"
    if content is not None:
        font.write_bytes(content)
    with pytest.raises(SettingsError, match=r"'mine\.ttf' cannot be read\. Set EMOTION_FONT"):
        Typeface.of(settings.but(font=font))


def test_a_font_of_ones_own_serves_plain_and_bold(settings) -> None:
    font = Typeface.default().bold
    assert Typeface.of(settings.but(font=font)) == Typeface(font, font)


def test_a_sprite_is_as_wide_as_measured_and_is_kept() -> None:
    typeface = Typeface.default()
    sprite = typeface.sprite("happy 0.87", 16, (255, 0, 0), bold=True)
    assert sprite.width == typeface.width("happy 0.87", 16, bold=True)
    assert sprite.height == typeface.height(16, bold=True)
    assert typeface.sprite("happy 0.87", 16, (255, 0, 0), bold=True) is sprite


def test_numbers_do_not_jump_about() -> None:
    widths = {Typeface.default().width(f"{i / 100:.2f}", 16) for i in range(101)}
    assert len(widths) == 1


def test_what_the_font_lacks_is_not_drawn_as_boxes(settings) -> None:
    chosen = settings.but(labels={"happy": "快乐", "sad": "грусть"})
    assert words(chosen, Typeface.default()) == {emotion: emotion.value for emotion in EMOTIONS} | {
        Emotion.SAD: "грусть"
    }


def test_fitting_size_shrinks_only_as_far_as_needed() -> None:
    typeface = Typeface.default()
    assert fitting_size(typeface, ["sad"], 20, 500) == 20
    size = fitting_size(typeface, ["a rather long word", "sad"], 20, 100)
    assert typeface.width("a rather long word", size) <= 100 < typeface.width("a rather long word", size + 1)


def test_sprites_hold_letters() -> None:
    opacity = 256 - Typeface.default().sprite("I", 32, (255, 255, 255)).keep
    assert opacity.max() == 256
    assert 0 < np.count_nonzero(opacity > 128) < opacity.size / 2

from __future__ import annotations

from pathlib import Path

from emotion.vision.card import read_card
from training import page


def test_the_page_says_what_the_card_says() -> None:
    assert page.figures(read_card()) in page.PAGE.read_text(encoding="utf-8")


def test_writing_keeps_what_stands_around(tmp_path: Path) -> None:
    path = tmp_path / "model.md"
    path.write_text(f"before\n{page.BEGIN}\nold\n{page.END}\nafter\n", encoding="utf-8")
    for _ in range(2):
        page.write(read_card(), path)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert text.count("| fer |") == 2


def test_its_pictures_are_there() -> None:
    for name in ("confusion", "calibration", "learning"):
        assert (page.PAGE.parent / "images" / f"model-{name}.png").stat().st_size > 1000

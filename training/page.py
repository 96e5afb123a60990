"""The figures in docs/model.md, written from the card so that both say the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from emotion.types import EMOTIONS
from emotion.vision.card import Card, Judgement

PAGE = Path(__file__).parents[1] / "docs" / "model.md"
BEGIN = "<!-- Written by training/page.py; changes in between are lost. -->"
END = "<!-- The figures end here. -->"


def figures(card: Card) -> str:
    """Two Markdown tables, and what the network is made of."""
    return "\n".join([*_networks(card), "", *_emotions(card), "", _made_of(card)])


def write(card: Card, page: Path = PAGE) -> None:
    """Puts the figures between the two marks of the page, in place of what was there."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n\n{figures(card)}\n\n{END}{after}", encoding="utf-8")


def _networks(card: Card) -> Iterator[str]:
    yield f"| {card.faces_judged:,} faces | accuracy | mean recall | its 95 % interval | calibration error |"
    yield "| --- | --- | --- | --- | --- |"
    for name, one in (("emotion", card.ours), ("fer", card.fer)):
        low, high = one.interval
        between = f"{low:.3f} to {high:.3f}"
        yield f"| {name} | {one.accuracy:.3f} | {one.mean_recall:.3f} | {between} | {one.calibration_error:.3f} |"


def _emotions(card: Card) -> Iterator[str]:
    yield "| recall | " + " | ".join(EMOTIONS) + " |"
    yield "| --- |" + " --- |" * len(EMOTIONS)
    yield "| faces | " + " | ".join(str(sum(row)) for row in card.ours.confusion) + " |"
    yield f"| emotion | {_recalls(card.ours)} |"
    yield f"| fer | {_recalls(card.fer)} |"


def _recalls(one: Judgement) -> str:
    return " | ".join(f"{recall:.3f}" for recall in one.recall)


def _made_of(card: Card) -> str:
    return (
        f"Version {card.version}: {card.parameters:,} weights, seed {card.seed}, {card.epochs} passes over "
        f"{card.faces_trained:,} faces; temperature {card.temperature:g}, share of the prior {card.prior_share:g}. "
        f"Calibrated on one half and judged on the other, both ways, the calibration error is "
        f"{card.crossed_calibration_error:.3f}. The LiteRT file's scores differ from the trained network's by at most "
        f"{card.litert_difference:.4f}."
    )

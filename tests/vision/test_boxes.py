from __future__ import annotations

import numpy as np
import pytest

from emotion.vision import boxes
from emotion.vision.boxes import best, shifted, squared


def array(*rows: tuple[float, ...]) -> boxes.Floats:
    return np.array(rows, dtype=np.float32).reshape(-1, 4)


def test_a_square_keeps_the_centre_and_the_longer_side() -> None:
    assert squared(array((10, 10, 30, 20), (0, 0, 4, 8))).tolist() == [[10, 5, 30, 25], [-2, 0, 6, 8]]


def test_corners_move_by_shares_of_the_size_counting_both_end_pixels() -> None:
    moved = shifted(array((10, 10, 29, 19)), array((0.1, 0.1, -0.1, -0.1)))
    assert moved.tolist() == [[12, 11, 27, 18]]


@pytest.mark.parametrize(
    ("rows", "scores", "of", "kept"),
    [
        pytest.param([], [], "union", [], id="none"),
        pytest.param([(0, 0, 10, 10)], [0.5], "union", [0], id="one"),
        pytest.param([(0, 0, 10, 10), (50, 0, 60, 10)], [0.5, 0.9], "union", [1, 0], id="apart: best first"),
        pytest.param([(0, 0, 10, 10), (1, 0, 11, 10)], [0.5, 0.9], "union", [1], id="the better one covers the other"),
        pytest.param([(0, 0, 20, 20), (5, 5, 10, 10)], [0.9, 0.5], "union", [0, 1], id="small in large, of both"),
        pytest.param([(0, 0, 20, 20), (5, 5, 10, 10)], [0.9, 0.5], "smaller", [0], id="small in large, of the smaller"),
        pytest.param(
            [(0, 0, 10, 10), (2, 0, 12, 10), (4, 0, 14, 10)],
            [0.9, 0.8, 0.7],
            "union",
            [0],
            id="a dropped box still drops",
        ),
    ],
)
def test_best(rows: list[tuple[float, ...]], scores: list[float], of: str, kept: list[int]) -> None:
    assert best(array(*rows), np.array(scores, dtype=np.float32), 0.5, of=of).tolist() == kept  # type: ignore[arg-type]


def test_many_boxes_compared_in_blocks_give_what_one_block_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(1)
    corners = random.uniform(0, 60, (200, 2))
    many = np.hstack([corners, corners + random.uniform(5, 30, (200, 2))]).astype(np.float32)
    scores = random.uniform(0, 1, 200).astype(np.float32)
    whole = best(many, scores, 0.5)
    monkeypatch.setattr(boxes, "ROWS", 7)
    assert best(many, scores, 0.5).tolist() == whole.tolist()

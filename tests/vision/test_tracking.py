from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from emotion.types import Box
from emotion.vision.tracking import Tracks, follow

Path = Callable[[float], Box | None]


def line(
    x: float, y: float, *, vx: float = 0, vy: float = 0, size: float = 100, hidden: tuple[float, float] = (0, 0)
) -> Path:
    """A face whose box's corner moves evenly, hidden from one time to another."""
    first, last = hidden
    return lambda time_s: None if first <= time_s < last else Box(x + vx * time_s, y + vy * time_s, size, size)


def numbers(paths: Sequence[Path], *, fps: float, seconds: float) -> list[list[int | None]]:
    """Each path's numbers over time. The order of the boxes alternates, as a detector's does."""
    tracks = Tracks()
    told: list[list[int | None]] = [[] for _ in paths]
    for frame in range(int(seconds * fps) + 1):
        boxes = [(index, box) for index, path in enumerate(paths) if (box := path(frame / fps))]
        if frame % 2 and frame > 1:
            boxes.reverse()
        tracks, found = follow(tracks, [box for _, box in boxes], frame / fps)
        named = dict(zip((index for index, _ in boxes), found, strict=True))
        for index, numbers_of_path in enumerate(told):
            numbers_of_path.append(named.get(index))
    return told


def people(told: list[list[int | None]]) -> list[set[int]]:
    return [{number for number in path if number is not None} for path in told]


ALL_RATES = [pytest.param(fps, id=f"{fps} fps") for fps in (1, 5, 10, 30, 60)]


@pytest.mark.parametrize("fps", ALL_RATES)
@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        pytest.param([], [], id="nobody"),
        pytest.param([line(0, 0)], [{1}], id="one sits still"),
        pytest.param([line(0, 0), line(130, 0)], [{1}, {2}], id="two side by side"),
        pytest.param([line(0, 0, vx=20), line(130, 0, vx=20)], [{1}, {2}], id="two side by side, moving"),
        pytest.param([line(0, 0, vx=100), line(500, 300, vx=-100)], [{1}, {2}], id="passing far apart"),
        pytest.param([line(0, 0, vx=100)], [{1}], id="a face width per second"),
        pytest.param([line(0, 0, size=100), line(100, 0, size=180)], [{1}, {2}], id="near and far"),
    ],
)
def test_everybody_keeps_their_number_at_any_rate(paths: list[Path], expected: list[set[int]], fps: float) -> None:
    assert people(numbers(paths, fps=fps, seconds=5)) == expected


@pytest.mark.parametrize(
    ("paths", "fps", "expected"),
    [
        pytest.param([line(0, 0, vx=120), line(500, 0, vx=-120)], 30, [{1}, {2}], id="through each other"),
        pytest.param([line(0, 0, vx=120), line(500, 60, vx=-120)], 10, [{1}, {2}], id="through each other at 10 fps"),
        pytest.param([line(0, 0, vx=300)], 5, [{1}], id="fast at 5 fps: boxes barely overlap"),
        pytest.param([line(0, 0, hidden=(2, 2.8))], 30, [{1}], id="a short loss"),
        pytest.param([line(0, 0, hidden=(2, 2.8))], 5, [{1}], id="a short loss at 5 fps"),
        pytest.param([line(0, 0, hidden=(2, 3))], 1, [{1}], id="one frame lost at 1 fps"),
        pytest.param([line(0, 0, hidden=(1, 4))], 30, [{1, 2}], id="gone for three seconds"),
        pytest.param([line(0, 0), line(130, 0, hidden=(1, 1.5))], 30, [{1}, {2}], id="one of two is lost for a moment"),
        pytest.param([line(0, 0), line(400, 0, hidden=(0, 2))], 30, [{1}, {2}], id="a latecomer"),
        pytest.param(
            [line(0, 0, hidden=(2, 9)), line(400, 0, hidden=(0, 2))], 30, [{1}, {2}], id="one goes, another comes"
        ),
        pytest.param(
            [line(0, 0, size=60, hidden=(2, 9)), line(-70, -70, size=200, hidden=(0, 2))],
            30,
            [{1}, {2}],
            id="another one, far larger, in the same place",
        ),
    ],
)
def test_who_is_who(paths: list[Path], fps: float, expected: list[set[int]]) -> None:
    assert people(numbers(paths, fps=fps, seconds=5)) == expected


def test_rare_frames_lose_nobody() -> None:
    assert people(numbers([line(0, 0), line(150, 0)], fps=0.2, seconds=60)) == [{1}, {2}]


def test_newcomers_of_one_frame_count_in_the_order_given() -> None:
    boxes = [Box(300, 0, 50, 50), Box(0, 0, 50, 50)]
    tracks, found = follow(Tracks(), boxes, 0.0)
    assert found == (1, 2)
    assert follow(tracks, boxes[::-1], 0.1)[1] == (2, 1)


def test_what_is_known_before_a_frame_stays_as_it_was() -> None:
    before, _ = follow(Tracks(), [Box(0, 0, 50, 50)], 0.0)
    once = follow(before, [Box(5, 0, 50, 50)], 0.1)
    assert follow(before, [Box(5, 0, 50, 50)], 0.1) == once


def test_boxes_without_size_are_followed_too() -> None:
    tracks, _ = follow(Tracks(), [Box(5, 5, 0, 0)], 0.0)
    assert follow(tracks, [Box(5, 5, 0, 0)], 0.1)[1] == (1,)

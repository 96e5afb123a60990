from pathlib import Path

import numpy as np
import pytest
from clips import even_times, make_clip, number_in, numbered_image

from emotion.media.geometry import Geometry, Turn
from emotion.media.read import open_video

PICTURE = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)


@pytest.mark.parametrize(
    ("turn", "expected", "degrees"),
    [
        pytest.param(Turn(), PICTURE, 0, id="upright"),
        pytest.param(Turn(transpose=True, flip_x=True), np.rot90(PICTURE, -1), 90, id="90 clockwise"),
        pytest.param(Turn(flip_x=True, flip_y=True), np.rot90(PICTURE, 2), 180, id="180"),
        pytest.param(Turn(transpose=True, flip_y=True), np.rot90(PICTURE, 1), 270, id="270 clockwise"),
        pytest.param(Turn(flip_x=True), PICTURE[:, ::-1], 0, id="mirrored"),
    ],
)
def test_upright(turn: Turn, expected: np.ndarray, degrees: int) -> None:
    before = PICTURE.copy()
    assert np.array_equal(turn.upright(PICTURE), expected)
    assert turn.degrees == degrees
    assert np.array_equal(PICTURE, before)


@pytest.mark.parametrize("hflip", [False, True])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_phone_video(tmp_path: Path, rotation: int, hflip: bool) -> None:
    # Written so that a player turns it upright: the stored picture is turned the other way, then mirrored.
    shown = numbered_image(0b10110101)
    stored = np.ascontiguousarray(np.rot90(shown[:, ::-1] if hflip else shown, rotation // 90))
    size = (stored.shape[1], stored.shape[0])
    path = make_clip(
        tmp_path / "phone.mp4", times_s=even_times(2), size=size, images=[stored] * 2, rotation=rotation, hflip=hflip
    )
    with open_video(path) as video:
        images = [frame.image for frame in video.frames()]
        assert (video.info.width, video.info.height) == (160, 120)
    assert number_in(images[0]) == 0b10110101
    assert np.abs(images[0].astype(int) - shown).mean() < 4


@pytest.mark.parametrize(
    ("within", "expected"),
    [
        pytest.param((1000, 1000), (100, 200), id="fits already"),
        pytest.param((100, 100), (50, 100), id="too high"),
        pytest.param((10, 200), (10, 20), id="too wide"),
        pytest.param((1, 1), (1, 1), id="never empty"),
    ],
)
def test_within(within: tuple[int, int], expected: tuple[int, int]) -> None:
    turned = Geometry(200, 100, Turn(transpose=True, flip_x=True)).within(*within)
    assert (turned.width, turned.height) == expected

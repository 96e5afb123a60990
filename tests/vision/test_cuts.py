from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest
import skimage.data
from clips import astronaut_frames

from emotion.types import Image
from emotion.vision.cuts import Cuts, is_cut

WIDTH, HEIGHT = 640, 480


def scene(name: str) -> Image:
    """A photograph out of scikit-image's wheel, larger than a frame so that one can pan over it."""
    return np.asarray(cv2.resize(getattr(skimage.data, name)(), (2 * WIDTH, 2 * HEIGHT)), dtype=np.uint8)


def view(image: Image, x: float = 0.0, y: float = 0.0, zoom: float = 1.0) -> Image:
    """A frame out of it, ``x`` and ``y`` frames beside the middle."""
    width, height = round(WIDTH / zoom), round(HEIGHT / zoom)
    left, top = WIDTH - width // 2 + round(x * WIDTH), HEIGHT - height // 2 + round(y * HEIGHT)
    return np.asarray(cv2.resize(image[top : top + height, left : left + width], (WIDTH, HEIGHT)), dtype=np.uint8)


def lit(image: Image, gain: float, lift: float = 0.0) -> Image:
    return np.clip(image * gain + lift, 0, 255).astype(np.uint8)


def noisy(image: Image, seed: int) -> Image:
    return np.clip(image + np.random.default_rng(seed).normal(0, 12, image.shape), 0, 255).astype(np.uint8)


def cuts(images: list[Image]) -> list[int]:
    """At which pictures another scene begins."""
    watch = Cuts()
    return [index for index, image in enumerate(images) if watch.begins_scene(image)]


SCENES = ("astronaut", "chelsea", "coffee", "rocket")


@pytest.mark.parametrize("one", SCENES)
@pytest.mark.parametrize("other", SCENES)
def test_hard_cuts(one: str, other: str) -> None:
    first, second = view(scene(one)), view(scene(other))
    expected = [] if one == other else [2, 4]
    assert cuts([first, first, second, second, first]) == expected


@pytest.mark.parametrize("name", SCENES)
def test_no_cuts(name: str) -> None:
    whole = scene(name)
    still = view(whole)
    stories = {
        "nothing moves": [still] * 3,
        "a quick pan": [view(whole, x=step * 0.1) for step in range(-4, 5)],
        "a quick tilt": [view(whole, y=step * 0.1) for step in range(-4, 5)],
        "a zoom": [view(whole, zoom=1 + step * 0.08) for step in range(6)],
        "a flash": [still, lit(still, 1.3, 90), still],
        "a white frame": [still, np.full_like(still, 255), still],
        "black frames": [still, still // 40, still // 40, still],
        "fading to black and back": [lit(still, abs(step) / 6) for step in range(-6, 7)],
        "the light goes on": [still // 3, still, still],
        "noise": [noisy(still, seed) for seed in range(3)],
    }
    assert {name: cuts(images) for name, images in stories.items() if cuts(images)} == {}


def test_a_head_that_moves_fast_is_no_cut() -> None:
    frames = astronaut_frames(
        24, size=(WIDTH, HEIGHT), face_px=160, path=lambda index: (120 + abs(index * 60 % 800 - 400), 230)
    )
    assert cuts(list(frames.images)) == []


def test_a_cut_behind_a_black_frame_is_seen() -> None:
    one, other = view(scene("coffee")), view(scene("chelsea"))
    assert cuts([one, np.zeros_like(one), other, other]) == [2]


@pytest.mark.parametrize("shape", [(12, 12, 3), (1, 1, 3), (16, 700, 3), (40, 30, 3), (2160, 3840, 3)])
def test_any_size_works(shape: tuple[int, int, int]) -> None:
    random = np.random.default_rng(0)
    images = [random.integers(0, 256, shape, dtype=np.uint8) for _ in range(2)]
    assert cuts([images[0], images[0]]) == []
    assert cuts([*images, np.zeros((50, 60, 3), dtype=np.uint8)]) in ([], [1])


def test_another_size_of_picture_is_another_scene() -> None:
    still = view(scene("coffee"))
    assert cuts([still, np.ascontiguousarray(still[:200])]) == [1]


def test_anew_still_tells_a_cut_but_remembers_nothing_older() -> None:
    one, other, black = view(scene("coffee")), view(scene("chelsea")), np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    watch = Cuts()
    assert [watch.begins_scene(image, anew=image is other) for image in (one, one, other)] == [False, False, True]
    assert not watch.begins_scene(black, anew=True)
    # What came before the black frame does not count any more.
    assert not watch.begins_scene(one)


def test_pieces_tell_a_cut_between_them_as_the_whole_does() -> None:
    one, other, black = view(scene("coffee")), view(scene("chelsea")), np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for images in itertools.product((one, other, black), repeat=4):
        whole = Cuts()
        told = [whole.begins_scene(image, anew=place in (0, 2)) for place, image in enumerate(images)]
        first, second = Cuts(), Cuts()
        pieces = [
            *(first.begins_scene(image, anew=place == 0) for place, image in enumerate(images[:2])),
            *(second.begins_scene(image, anew=place == 0) for place, image in enumerate(images[2:])),
        ]
        pieces[2] = is_cut(first.last, second.first)
        assert pieces == told

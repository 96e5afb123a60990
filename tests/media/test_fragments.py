"""A video that grows in fragments: what is on the disk at any moment is a video, once its broken end is cut off."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from clips import number_in, numbered_image
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emotion.media.fragments import FRAGMENT_S, FragmentWriter, cut_to_whole_fragments
from emotion.media.plan import plan
from emotion.media.read import open_video
from emotion.media.stretch import ALL

SIZE = (160, 120)
UNEVEN = [index / 20 + 0.013 * (index % 3) for index in range(100)]
WITH_PAUSES = [*(index / 10 for index in range(15)), *(9.7 + index / 10 for index in range(15)), 400.0, 400.05]


def write(path: Path, times_s: list[float], size: tuple[int, int] = SIZE) -> list[float]:
    """The times at which the pictures are said to lie."""
    with FragmentWriter(path, width=size[0], height=size[1], frame_rate=20, preset="superfast", crf=21) as writer:
        said = [writer.write(numbered_image(number % 256, size), time_s) for number, time_s in enumerate(times_s)]
    return [time_s for time_s in said if time_s is not None]


def read(path: Path) -> list[tuple[float, int]]:
    with open_video(path) as video:
        found = [(frame.time_s, number_in(frame.image)) for frame in video.frames()]
        assert video.damage == ""
    return found


@pytest.mark.parametrize(
    ("times_s", "size"),
    [
        pytest.param([0.0], SIZE, id="a single picture"),
        pytest.param(UNEVEN, SIZE, id="uneven times"),
        pytest.param(WITH_PAUSES, SIZE, id="pauses"),
        pytest.param([index / 25 for index in range(40)], (161, 121), id="odd sides"),
    ],
)
def test_every_picture_lies_at_the_very_time_that_was_said(
    tmp_path: Path, times_s: list[float], size: tuple[int, int]
) -> None:
    said = write(tmp_path / "grown.mp4", times_s, size)

    found = read(tmp_path / "grown.mp4")
    assert [time_s for time_s, _ in found] == said
    assert said == pytest.approx(times_s, abs=1e-5)
    assert [number for _, number in found] == list(range(len(times_s)))


def test_a_picture_that_is_not_later_is_left_out(tmp_path: Path) -> None:
    with FragmentWriter(tmp_path / "a.mp4", width=160, height=120, frame_rate=20, preset="superfast", crf=21) as writer:
        said = [writer.write(numbered_image(number), time_s) for number, time_s in enumerate([0.0, 0.5, 0.5, 0.4, 0.6])]
    assert said == [0.0, 0.5, None, None, 0.6]
    assert [number for _, number in read(tmp_path / "a.mp4")] == [0, 1, 4]


def test_it_can_be_divided_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "long.mp4"
    said = write(path, [index / 10 for index in range(200)])

    planned = plan(path, segment_s=5, within=ALL)
    assert len(planned.stretches) == 4
    with open_video(path) as video:
        whole = [(frame.time_s, frame.image) for frame in video.frames()]
        parts = [(frame.time_s, frame.image) for stretch in planned.stretches for frame in video.frames(of=stretch)]
    assert [time_s for time_s, _ in parts] == said
    assert all(np.array_equal(one, other) for (_, one), (_, other) in zip(whole, parts, strict=True))


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[float]]:
    path = tmp_path_factory.mktemp("grown") / "whole.mp4"
    said = write(path, UNEVEN)
    return path.read_bytes(), said


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1))
def test_broken_off_at_any_byte(tmp_path: Path, grown: tuple[bytes, list[float]], share: float) -> None:
    """All pictures of whole fragments are there, and nothing else; what a disk holds grows evenly with time, about."""
    whole, said = grown
    path = tmp_path / "broken.mp4"
    path.write_bytes(whole[: int(len(whole) * share)])

    if not cut_to_whole_fragments(path):
        assert share < 0.4
        return
    found = read(path)
    assert [time_s for time_s, _ in found] == said[: len(found)]
    assert [number for _, number in found] == list(range(len(found)))
    assert found[-1][0] >= share * said[-1] - 2 * FRAGMENT_S
    assert not path.read_bytes() or whole.startswith(path.read_bytes())


def test_while_it_grows_all_but_the_last_second_is_on_the_disk(tmp_path: Path) -> None:
    path, copy = tmp_path / "growing.mp4", tmp_path / "copy.mp4"
    rng = random.Random(7)
    with FragmentWriter(path, width=160, height=120, frame_rate=20, preset="superfast", crf=21) as writer:
        for number in range(100):
            writer.write(numbered_image(number), number / 20)
            if number > 30 and rng.random() < 0.15:
                copy.write_bytes(path.read_bytes())
                assert cut_to_whole_fragments(copy)
                assert read(copy)[-1][0] >= number / 20 - FRAGMENT_S - 0.1


@pytest.mark.parametrize(
    "content", [None, b"", b"\0" * 100, b"not a video at all", b"\0\0\0\1moof"], ids=lambda content: repr(content)[:12]
)
def test_what_is_no_video_has_no_picture(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "x.mp4").write_bytes(content)
    assert not cut_to_whole_fragments(tmp_path / "x.mp4")

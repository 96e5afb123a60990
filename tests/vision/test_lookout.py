from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
import skimage.data
from clips import astronaut_frames

from emotion.settings import Settings
from emotion.types import Box, Detection, Image
from emotion.vision.assets import Models
from emotion.vision.detectors import Detector, make_detector
from emotion.vision.lookout import Lookout

BLANK = np.zeros((200, 600, 3), dtype=np.uint8)


def place(x: float) -> Box:
    return Box(x, 50, 50, 50)


@dataclass
class Told:
    """A detector that is told who is where, and which frames it was asked to search."""

    scans: list[float] = field(default_factory=list)
    faces: Sequence[Box] = ()
    """What is there."""
    hidden_from_scans: Sequence[Box] = ()
    """What scans do not see, though refining does."""
    now_s: float = 0.0

    def detect(self, image: Image) -> Sequence[Detection]:
        self.scans.append(self.now_s)
        return [Detection(box, 0.9) for box in self.faces if box not in self.hidden_from_scans]

    def refine(self, image: Image, boxes: Sequence[Box]) -> Sequence[Detection | None]:
        nearest = [max(self.faces, key=box.overlap, default=None) for box in boxes]
        pairs = zip(boxes, nearest, strict=True)
        return [Detection(now, 0.9) if now and now.overlap(box) > 0.2 else None for box, now in pairs]


def watched(
    story: Callable[[float, Told], None], *, seconds: float, fps: float = 25, interval_s: float = 0.5
) -> tuple[Told, dict[float, list[float]]]:
    """The detector after a made-up recording, and the places of the faces seen at each time."""
    detector = Told()
    lookout = Lookout(detector, interval_s=interval_s)
    seen = {}
    for index in range(round(seconds * fps)):
        detector.now_s = time_s = index / fps
        story(time_s, detector)
        seen[time_s] = [found.box.x for found in lookout.look(BLANK, time_s).detections]
    return detector, seen


def always(*faces: Box) -> Callable[[float, Told], None]:
    def story(time_s: float, detector: Told) -> None:
        detector.faces = faces

    return story


@pytest.mark.parametrize(
    ("story", "fps", "interval_s", "least", "most"),
    [
        pytest.param(always(place(0)), 25, 0.5, 21, 24, id="somebody there: one scan per interval"),
        pytest.param(always(place(0), place(300)), 25, 0.5, 21, 24, id="two are no reason for more"),
        pytest.param(always(), 25, 0.5, 60, 65, id="nobody there: about three times as many"),
        pytest.param(always(place(0)), 25, 0.0, 250, 250, id="0: every frame"),
        pytest.param(always(place(0)), 1, 0.5, 10, 10, id="frames further apart than the interval: each"),
        pytest.param(always(place(0)), 2, 0.5, 20, 20, id="and just as far"),
    ],
)
def test_how_often_it_scans(
    story: Callable[[float, Told], None], fps: float, interval_s: float, least: int, most: int
) -> None:
    detector, _ = watched(story, seconds=10, fps=fps, interval_s=interval_s)
    assert least <= len(detector.scans) <= most


def test_a_new_face_appears_within_the_interval() -> None:
    def story(time_s: float, detector: Told) -> None:
        detector.faces = (place(0), place(300)) if time_s >= 3.1 else (place(0),)

    _, seen = watched(story, seconds=5)
    assert min(time_s for time_s, places in seen.items() if 300 in places) < 3.1 + 0.5
    assert all(0 in places for places in seen.values())


def test_a_face_that_leaves_is_gone_at_once_and_the_other_stays() -> None:
    def story(time_s: float, detector: Told) -> None:
        detector.faces = (place(0), place(300)) if time_s < 3.1 else (place(0),)

    _, seen = watched(story, seconds=5)
    assert max(time_s for time_s, places in seen.items() if 300 in places) < 3.1
    assert all(0 in places for places in seen.values())


def test_a_face_that_is_lost_for_a_moment_is_back_with_its_first_frame() -> None:
    def story(time_s: float, detector: Told) -> None:
        detector.faces = () if 3.1 <= time_s < 3.3 else (place(0),)

    detector, seen = watched(story, seconds=5)
    assert [time_s for time_s, places in seen.items() if not places] == [3.12, 3.16, 3.2, 3.24, 3.28]
    assert sum(3.1 <= time_s < 3.3 for time_s in detector.scans) < 4


def test_a_jump_is_followed_by_a_scan_of_the_same_frame() -> None:
    def story(time_s: float, detector: Told) -> None:
        detector.faces = (place(0 if time_s < 3.1 else 200),)

    _, seen = watched(story, seconds=5)
    assert all(places == [0 if time_s < 3.1 else 200] for time_s, places in seen.items())


def test_a_false_face_that_one_scan_sees_is_gone_with_the_next() -> None:
    def story(time_s: float, detector: Told) -> None:
        # Only the fifth scan sees it; refining would for ever.
        detector.faces = (place(0), place(300)) if len(detector.scans) >= 4 else (place(0),)
        detector.hidden_from_scans = (place(300),) if len(detector.scans) >= 5 else ()

    detector, seen = watched(story, seconds=5)
    times = [time_s for time_s, places in seen.items() if 300 in places]
    assert times[0] == detector.scans[4]
    assert 0 < times[-1] - times[0] < 0.5 / 3


@pytest.mark.parametrize(
    ("missed", "gone"),
    [
        pytest.param((4,), False, id="one scan misses it"),
        pytest.param((4, 6), False, id="every other one"),
        pytest.param((4, 5), True, id="two in a row"),
    ],
)
def test_a_face_that_was_confirmed_is_kept_until_two_scans_miss_it(missed: tuple[int, ...], gone: bool) -> None:
    def story(time_s: float, detector: Told) -> None:
        detector.faces = (place(0),)
        detector.hidden_from_scans = detector.faces if len(detector.scans) in missed else ()

    _, seen = watched(story, seconds=4)
    assert any(not places for places in seen.values()) is gone


def test_two_that_find_the_same_face_are_one() -> None:
    def story(time_s: float, detector: Told) -> None:
        detector.faces = (place(0), place(40)) if time_s < 2 else (place(20),)

    _, seen = watched(story, seconds=4)
    assert all(len(places) == (2 if time_s < 2 else 1) for time_s, places in seen.items())


def test_times_that_run_backwards_are_scanned() -> None:
    detector = Told(faces=(place(0),))
    lookout = Lookout(detector, interval_s=0.5)
    for time_s in (5.0, 5.04, 1.0, 1.04):
        detector.now_s = time_s
        lookout.look(BLANK, time_s)
    assert detector.scans == [5.0, 1.0]


def test_a_cut_is_told_and_scanned() -> None:
    detector = Told(faces=(place(0),))
    lookout = Lookout(detector, interval_s=0.5)
    one, other = (np.asarray(getattr(skimage.data, name)()) for name in ("coffee", "chelsea"))
    other = np.ascontiguousarray(np.tile(other, (2, 2, 1))[: one.shape[0], : one.shape[1]])
    told = []
    for index in range(6):
        detector.now_s = index / 25
        told.append(lookout.look(one if index < 3 else other, index / 25).cut)
    assert told == [False, False, False, True, False, False]
    assert detector.scans == [0, 3 / 25]


@pytest.fixture(scope="module", params=["mtcnn", "haar"])
def detector(settings: Settings, models: Models, request: pytest.FixtureRequest) -> Detector:
    return make_detector(settings.but(detector=request.param), models)


@pytest.mark.slow
@pytest.mark.parametrize(("face_px", "speed"), [(80, 1.0), (110, 2.0)])
def test_what_is_refined_stays_where_a_scan_finds_it(detector: Detector, face_px: int, speed: float) -> None:
    def path(index: int) -> tuple[float, float]:
        return 240 + 90 * math.sin(index * speed / 17), 170 + 30 * math.sin(index * speed / 11)

    frames = astronaut_frames(300, size=(480, 360), face_px=face_px, path=path)
    box = detector.detect(frames.images[0])[0].box
    overlaps = []
    for index, image in enumerate(frames.images):
        (found,) = detector.refine(image, [box])
        assert found is not None, index
        box = found.box
        if index % 3 == 0:
            overlaps.append(box.overlap(detector.detect(image)[0].box))
    assert min(overlaps) >= 0.8


@pytest.mark.slow
def test_two_close_heads_stay_two(settings: Settings, models: Models) -> None:
    half = astronaut_frames(60, size=(150, 240), face_px=80, path=lambda index: (75 + 8 * math.sin(index / 6), 120))
    images = [np.hstack([image, image[:, ::-1]]) for image in half.images]
    lookout = Lookout(make_detector(settings, models), interval_s=60)
    counts = [len(lookout.look(image, index / 25).detections) for index, image in enumerate(images)]
    assert set(counts) == {2}


@pytest.mark.slow
def test_a_head_that_walks_out_is_gone_within_three_frames_and_back_within_the_interval(
    settings: Settings, models: Models
) -> None:
    def path(index: int) -> tuple[float, float]:
        return 160 + 12 * max(index - 20, 0) - 12 * 2 * max(index - 50, 0), 120.0

    frames = astronaut_frames(80, size=(320, 240), face_px=80, path=path)
    scanner, lookout = make_detector(settings, models), Lookout(make_detector(settings, models), interval_s=0.5)
    seen = [bool(lookout.look(image, index / 25).detections) for index, image in enumerate(frames.images)]
    there = [bool(scanner.detect(image)) for image in frames.images]
    gone = there.index(False)
    back = there.index(True, gone)
    assert all(seen[:gone])
    assert not any(seen[gone + 3 : back])
    assert all(seen[back + 13 :])

"""A camera connection, frame by frame, with time passed in."""

from __future__ import annotations

import gc
import itertools
import logging
import threading
import weakref
from collections.abc import Sequence

import numpy as np
import pytest
from clips import astronaut_frames
from clock import Clock

from emotion.live.session import LiveSession
from emotion.live.values import Marker
from emotion.settings import Layer, Settings
from emotion.types import EMOTIONS, Analysis, Emotion, Frame, Image
from emotion.vision import assets
from emotion.vision.engine import Engine

RATE = 15.0
FRAMES = astronaut_frames(15, size=(320, 240), face_px=90)
EMPTY = np.full((240, 320, 3), 90, np.uint8)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def session(models: assets.Models, clock: Clock) -> LiveSession:
    return LiveSession(Settings.load(), models, clock)


def play(session: LiveSession, clock: Clock, count: int = 15) -> None:
    for image in FRAMES.images[:count]:
        session.process(image)
        clock.now_s += 1 / RATE


def test_a_frame_comes_back_drawn_and_unchanged_itself(session: LiveSession) -> None:
    image = FRAMES.images[0]
    before = image.copy()
    drawn = session.process(image)
    assert (image == before).all()
    assert (drawn != image).any()
    assert drawn.shape == image.shape


def test_what_the_page_reads(session: LiveSession, clock: Clock) -> None:
    clock.now_s += 3  # connecting took a while, which is no time of the session
    play(session, clock)
    snapshot = session.snapshot()
    assert snapshot.frames == 15
    assert snapshot.elapsed_s == pytest.approx(1.0)
    assert snapshot.rates.analysed_per_s == pytest.approx(15, abs=1)
    assert snapshot.rates.camera_per_s == pytest.approx(15, abs=1)
    assert snapshot.seen_share == 1.0
    assert snapshot.view.face_px == pytest.approx(90, rel=0.25)
    assert 0.2 < snapshot.view.light < 0.9
    assert snapshot.analysis is not None
    face = snapshot.analysis.main_face
    assert face is not None
    assert snapshot.chosen == face
    assert face.label == Emotion.HAPPY
    happy = snapshot.story.cumulative[-1].totals[EMOTIONS.index(Emotion.HAPPY)]
    assert happy == pytest.approx(14 / RATE, rel=0.1)


def test_nothing_yet(session: LiveSession) -> None:
    snapshot = session.snapshot()
    assert snapshot.analysis is None
    assert (snapshot.frames, snapshot.failures, snapshot.rates.delay_ms) == (0, 0, 0)
    assert session.picture() is None


@pytest.mark.parametrize(
    ("lags_s", "expected_ms"),
    [
        pytest.param([0.0, 0.0], 0, id="frames that come at once"),
        pytest.param([5.0, 5.0], 0, id="a sender whose clock is behind"),
        pytest.param([0.0, 0.2], 100, id="one of two had to wait 200 ms"),
    ],
)
def test_waiting_counts_as_delay(session: LiveSession, clock: Clock, lags_s: list[float], expected_ms: float) -> None:
    for lag_s in lags_s:
        session.process(EMPTY, sent_s=clock.now_s - lag_s)
        clock.now_s += 0.1
    assert session.snapshot().rates.delay_ms == pytest.approx(expected_ms, abs=1e-6)


def test_a_frame_that_fails_comes_back_as_it_is_and_the_next_one_works(
    session: LiveSession, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    broken = np.zeros((240, 320), np.uint8)  # no colour: nothing here can read it
    with caplog.at_level(logging.ERROR):
        assert session.process(broken) is broken  # type: ignore[arg-type]
        assert session.process(broken) is broken  # type: ignore[arg-type]
    assert (session.snapshot().failures, session.snapshot().failed) == (2, 2)
    assert len(caplog.records) == 1
    play(session, clock, 2)
    assert (session.snapshot().failures, session.snapshot().failed) == (0, 2)
    assert session.arrivals == 4


def test_other_settings_are_obeyed_while_it_runs(session: LiveSession, clock: Clock) -> None:
    play(session, clock, 5)
    track = session.snapshot().analysis.main_face.track  # type: ignore[union-attr]
    session.settings = session.settings.but(layers=[])
    assert (session.process(FRAMES.images[5]) == FRAMES.images[5]).all()
    assert session.snapshot().analysis.main_face.track == track  # type: ignore[union-attr]
    session.settings = session.settings.but(detector="haar", layers=["boxes"])
    clock.now_s += 1
    assert (session.process(FRAMES.images[6]) != FRAMES.images[6]).any()


def test_another_size_in_the_middle(session: LiveSession, clock: Clock) -> None:
    play(session, clock, 2)
    large = astronaut_frames(1, size=(640, 480), face_px=150).images[0]
    assert session.process(large).shape == large.shape
    assert session.snapshot().failures == 0


def test_snapshots_while_frames_come(models: assets.Models) -> None:
    # Time that goes on with each look at it, so that every picture is due whatever the machine.
    session = LiveSession(Settings.load(), models, itertools.count(0.0, 0.1).__next__)
    worker = threading.Thread(target=lambda: [session.process(image) for image in FRAMES.images])
    worker.start()
    seen = []
    while worker.is_alive():
        seen.append(session.snapshot().frames)
    worker.join()
    assert seen == sorted(seen)
    assert session.snapshot().frames == len(FRAMES.images)
    assert session.snapshot().failures == 0


@pytest.mark.parametrize(
    ("live_fps", "camera_fps", "analysed"),
    [
        pytest.param(20, 15, 30, id="a camera that is slow enough"),
        pytest.param(10, 30, 20, id="every third"),
        pytest.param(20, 30, 40, id="two of three"),
    ],
)
def test_no_more_pictures_are_analysed_than_asked_for(
    models: assets.Models, clock: Clock, live_fps: float, camera_fps: int, analysed: int
) -> None:
    session, taken = LiveSession(Settings.load(live_fps=live_fps), models, clock), Taker()
    session.attach(taken)
    for index in range(2 * camera_fps):
        image = FRAMES.images[index % 15]
        assert (session.process(image, skipped=1) != image).any(), "A picture between is drawn over, too."
        clock.now_s += 1 / camera_fps
    snapshot = session.snapshot()
    assert abs(snapshot.frames - analysed) <= 1
    assert snapshot.rates.camera_per_s == pytest.approx(2 * camera_fps, rel=0.05)
    assert snapshot.rates.dropped == 2 * camera_fps
    assert [analysis.index for _, analysis in taken.pairs] == list(range(snapshot.frames))
    assert all(frame.time_s == analysis.time_s for frame, analysis in taken.pairs)


class Taker:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.pairs: list[tuple[Frame, Analysis]] = []
        self.markers: list[Marker] = []
        self.closed = 0

    def take(self, frame: Frame, analysis: Analysis) -> None:
        self.pairs.append((frame, analysis))

    def mark(self, marker: Marker) -> None:
        self.markers.append(marker)

    def close(self) -> None:
        self.closed += 1


class Breaker(Taker):
    """One that fails, whatever it is asked."""

    def take(self, frame: Frame, analysis: Analysis) -> None:
        raise OSError("disk full")

    mark = close = take  # type: ignore[assignment]


def test_sinks_get_the_undrawn_pictures_and_the_markers(session: LiveSession, clock: Clock) -> None:
    taker = Taker()
    session.attach(taker)
    session.attach(taker)
    play(session, clock, 3)
    marker = session.mark("a laugh")
    session.detach(taker)
    play(session, clock, 2)
    assert len(taker.pairs) == 3
    assert all((frame.image == image).all() for (frame, _), image in zip(taker.pairs, FRAMES.images, strict=False))
    assert taker.markers == [marker] == list(session.snapshot().markers)
    assert marker.time_s == pytest.approx(3 / RATE)
    session.attach(taker)
    session.close()
    session.close()
    assert taker.closed == 1


def test_a_sink_that_comes_too_late_is_closed(session: LiveSession) -> None:
    taker = Taker()
    session.close()
    session.attach(taker)
    assert taker.closed == 1
    session.close()
    assert taker.closed == 1


def test_a_sink_that_fails_harms_nobody(session: LiveSession, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    taker = Taker()
    session.attach(Breaker())
    session.attach(taker)
    with caplog.at_level(logging.ERROR):
        play(session, clock, 4)
        session.mark()
    assert (len(taker.pairs), len(taker.markers)) == (4, 1)
    assert session.snapshot().sink_failures == 5
    assert session.snapshot().failures == 0
    assert len(caplog.records) == 1
    session.close()
    assert taker.closed == 1


def test_a_sink_may_set_markers(session: LiveSession, clock: Clock) -> None:
    class Rule(Taker):
        def take(self, frame: Frame, analysis: Analysis) -> None:
            session.mark("happy")

    rule = Rule()
    session.attach(rule)
    play(session, clock, 2)
    assert [marker.text for marker in rule.markers] == ["happy", "happy"]


def test_several_faces_have_their_numbers_so_that_one_can_be_chosen(models: assets.Models, clock: Clock) -> None:
    """Where two faces are, with and without the layer; where one is, only with it."""
    alone = FRAMES.images[0]
    pair = np.hstack([alone, alone])

    def drawn(image: Image, *layers: Layer) -> Image:
        settings = Settings.load(layers=[Layer.BOXES, Layer.LABELS, *layers])
        return LiveSession(settings, models, clock).process(image)

    assert (drawn(pair) == drawn(pair, Layer.NUMBERS)).all()
    assert (drawn(alone) != drawn(alone, Layer.NUMBERS)).any()


def test_what_is_drawn_on_is_said(session: LiveSession, clock: Clock) -> None:
    session.settings = session.settings.but(privacy="all", layers=list(Layer))
    for image in FRAMES.images[:4]:
        canvas = image.copy()
        areas = session.draw_on(canvas)
        assert session.picture() is canvas
        assert (canvas != image).any()
        for area in areas:
            area.of(canvas)[...] = area.of(image)
        assert (canvas == image).all()
        clock.now_s += 1 / RATE


def unblurred_faces(models: assets.Models, images: Sequence[Image]) -> int:
    """How many pictures have a face in which the emotion can be read."""
    engine = Engine.create(Settings.load(), models)
    return sum(bool(engine.see(Frame(0, 0.0, image)).readings) for image in images)


def test_no_unblurred_face_leaves_the_session(models: assets.Models, clock: Clock) -> None:
    """Neither on the page nor to a disk: not in pictures between analyses, not when a face comes, hides or returns."""
    session, taker = LiveSession(Settings.load(privacy="all", live_fps=10, layers=[]), models, clock), Taker()
    session.attach(taker)
    shown = []
    for index in range(60):
        there = not 20 <= index < 26 and index >= 5
        shown.append(session.process(FRAMES.images[index % 15] if there else EMPTY))
        clock.now_s += 1 / 30
    seen = session.snapshot()
    assert (seen.failed, len(taker.pairs)) == (0, 20)
    assert sum(bool(analysis.faces) for _, analysis in taker.pairs) >= 14
    assert unblurred_faces(models, shown) == 0
    assert unblurred_faces(models, [frame.image for frame, _ in taker.pairs]) == 0


def test_a_failure_shows_nobody(session: LiveSession, clock: Clock) -> None:
    play(session, clock, 2)
    session.settings = session.settings.but(privacy="all", font="/nowhere.ttf")
    canvas = FRAMES.images[3].copy()
    (area,) = session.draw_on(canvas)
    assert (area.width, area.height) == (320, 240)
    assert not canvas.any()


def test_the_chosen_one_is_spared(models: assets.Models, clock: Clock) -> None:
    session = LiveSession(Settings.load(privacy="others", layers=[]), models, clock)
    image = FRAMES.images[0]
    assert (session.process(image) == image).all(), "Who was the largest at the start is spared."
    clock.now_s += 0.1
    session.choose(7)
    assert (session.process(image) != image).any()
    snapshot = session.snapshot()
    assert (snapshot.chosen, snapshot.chosen_track, snapshot.all_blurred) == (None, 7, True)
    clock.now_s += 0.1
    session.choose(1)
    assert (session.process(image) == image).all()
    assert session.snapshot().chosen_track == 1


@pytest.mark.parametrize(
    ("privacy", "comes_back"),
    [
        pytest.param("none", "as it came", id="nothing to hide"),
        pytest.param("all", "plain", id="faces are blurred"),
    ],
)
def test_what_is_closed_holds_nothing_large(models: assets.Models, clock: Clock, privacy: str, comes_back: str) -> None:
    session = LiveSession(Settings.load(privacy=privacy), models, clock)
    session.process(FRAMES.images[0])
    engine = weakref.ref(session._engine)
    session.close()
    session.close()
    gc.collect()
    assert engine() is None
    assert session.picture() is None
    late = session.process(FRAMES.images[1])
    assert (late == FRAMES.images[1]).all() == (comes_back == "as it came")
    assert session.snapshot().failed == 0

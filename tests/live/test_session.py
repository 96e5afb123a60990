"""A camera connection, frame by frame, with time passed in."""

from __future__ import annotations

import logging
import threading

import numpy as np
import pytest
from clips import astronaut_frames

from emotion.live.session import LiveSession
from emotion.settings import Settings
from emotion.types import EMOTIONS, Emotion
from emotion.vision import assets

RATE = 15.0
FRAMES = astronaut_frames(15, size=(320, 240), face_px=90)
EMPTY = np.full((240, 320, 3), 90, np.uint8)


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture(scope="module")
def models() -> assets.Models:
    settings = Settings.load()
    assets.prepare(settings.cache_dir)
    return assets.load(settings.cache_dir)


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
    assert snapshot.frames_per_second == pytest.approx(15, abs=1)
    assert snapshot.analysis is not None
    face = snapshot.analysis.main_face
    assert face is not None
    assert face.label == Emotion.HAPPY
    happy = snapshot.cumulative[-1].totals[EMOTIONS.index(Emotion.HAPPY)]
    assert happy == pytest.approx(14 / RATE, rel=0.1)


def test_nothing_yet(session: LiveSession) -> None:
    snapshot = session.snapshot()
    assert snapshot.analysis is None
    assert (snapshot.frames, snapshot.failures, snapshot.delay_ms) == (0, 0, 0)


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
    assert session.snapshot().delay_ms == pytest.approx(expected_ms, abs=1e-6)


def test_a_frame_that_fails_comes_back_as_it_is_and_the_next_one_works(
    session: LiveSession, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    broken = np.zeros((240, 320), np.uint8)  # no colour: nothing here can read it
    with caplog.at_level(logging.ERROR):
        assert session.process(broken) is broken  # type: ignore[arg-type]
        assert session.process(broken) is broken  # type: ignore[arg-type]
    assert session.snapshot().failures == 2
    assert len(caplog.records) == 1
    play(session, clock, 2)
    assert session.snapshot().failures == 0


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
    session = LiveSession(Settings.load(), models)
    worker = threading.Thread(target=lambda: [session.process(image) for image in FRAMES.images])
    worker.start()
    seen = []
    while worker.is_alive():
        seen.append(session.snapshot().frames)
    worker.join()
    assert seen == sorted(seen)
    assert session.snapshot().frames == len(FRAMES.images)
    assert session.snapshot().failures == 0

"""From the camera's pictures through a session and its recorder to what lies on the disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from clips import astronaut_frames
from clock import Clock
from pieces import in_pieces

from emotion.jobs.artefacts import ANNOTATED_MP4, FACES_CSV
from emotion.live.recorder import Recorder
from emotion.live.session import LiveSession
from emotion.live.values import Marker
from emotion.media.read import open_video
from emotion.report.timeline import Timeline
from emotion.settings import Settings
from emotion.store import recordings
from emotion.store.database import Database
from emotion.store.places import Places
from emotion.types import Analysis, Frame, Image
from emotion.vision import assets
from emotion.vision.engine import Engine

COUNT, RATE = 24, 12.0
WAIT_S = 60.0


class Taker:
    """Notes what sinks get."""

    def __init__(self) -> None:
        self.analyses: list[Analysis] = []

    def take(self, frame: Frame, analysis: Analysis) -> None:
        self.analyses.append(analysis)

    def mark(self, marker: Marker) -> None:
        pass

    def close(self) -> None:
        pass


def faces_in(models: assets.Models, images: Sequence[Image]) -> int:
    """How many of the pictures have a face that can be found."""
    engine = Engine.create(Settings.load(), models)
    return sum(bool(engine.see(Frame(0, 0.0, image)).readings) for image in images)


def images_of(path: Path) -> list[Image]:
    with open_video(path) as video:
        return [frame.image for frame in video.frames()]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("privacy", "with_a_face"),
    [pytest.param("none", COUNT, id="as it is"), pytest.param("all", 0, id="no unblurred face reaches the disk")],
)
def test_what_was_shown_is_what_lies_on_the_disk(
    tmp_path: Path, models: assets.Models, privacy: str, with_a_face: int
) -> None:
    settings = Settings.load(data_dir=tmp_path, min_free_gb=0, privacy=privacy, layers=[], video_preset="ultrafast")
    clock, taker = Clock(), Taker()
    session = LiveSession(settings, models, clock)
    with Database.open(settings) as database:
        recorder = Recorder.begin(database, settings, owner="ann", name="Live", facts={"source": "Camera"})
        session.attach(recorder)
        session.attach(taker)
        for image in astronaut_frames(COUNT, size=(320, 240), face_px=90).images:
            session.process(image)
            clock.now_s += 1 / RATE
        session.mark("the end")
        session.close()
        assert recorder.wait(WAIT_S)
        (recording,) = recordings.find(database)

    places = Places(tmp_path)
    source = places.source(recording.id) / recording.source
    in_pieces(source, places.recording(recording.id), settings.of_a_job(recording.job.settings))
    kept = images_of(source)
    assert len(kept) == len(taker.analyses) == COUNT
    assert faces_in(models, kept) == with_a_face
    drawn = images_of(places.results(recording.id) / ANNOTATED_MP4)
    assert faces_in(models, drawn) == with_a_face

    said = Timeline.load(places.results(recording.id) / FACES_CSV).columns
    shown = [face for analysis in taker.analyses for face in analysis.faces]
    assert said.counts.tolist() == [len(analysis.faces) for analysis in taker.analyses]
    for row, face in zip(said.faces, shown, strict=True):
        assert row[0] == face.track
        assert row[6:13].tolist() == pytest.approx(face.scores.values, abs=1e-4)
        assert row[14:21].tolist() == pytest.approx(face.raw.values, abs=1e-4)

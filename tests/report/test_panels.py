from __future__ import annotations

import numpy as np
import pytest

from emotion.palette import PANEL_BACKGROUND, PANEL_TRACK, RGB
from emotion.report.bars import BarsPanel
from emotion.report.canvas import Area
from emotion.report.curves import cumulative_picture
from emotion.report.layout import merged_layout
from emotion.report.panels import MergedVideo
from emotion.report.timeline import Timeline
from emotion.types import EMOTIONS, Analysis, Emotion, Image, Scores

SAD, HAPPY = Emotion.SAD, Emotion.HAPPY


def colored(image: Image, emotion: Emotion) -> int:
    return int((image == RGB[emotion]).all(axis=2).sum())


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (160, 120), (1920, 1080), (2000, 100), (99, 801)], ids=str)
@pytest.mark.parametrize("moods", [[SAD] * 5, [SAD], [None] * 5, []], ids=["five frames", "one", "no face", "nothing"])
def test_every_size_and_every_timeline_gives_pictures(settings, recording, size, moods) -> None:
    merged = MergedVideo(Timeline.of(recording(*moods)), size, settings)
    annotated = np.zeros((size[1], size[0], 3), dtype=np.uint8)
    for time_s in (0.0, 0.2, 9.0, -1.0):
        shown = merged.frame(annotated, time_s)
        assert (shown.shape[1], shown.shape[0]) == merged.size
        assert shown.dtype == np.uint8


def test_the_annotated_picture_is_the_first_panel(settings, recording, picture) -> None:
    shown = MergedVideo(Timeline.of(recording(SAD)), (640, 360), settings).frame(picture, 0.0)
    assert np.array_equal(merged_layout((640, 360)).panels[0].of(shown), picture)


def test_gutters_stay_empty(settings, recording, picture) -> None:
    merged = MergedVideo(Timeline.of(recording(SAD, None, HAPPY)), (640, 360), settings)
    layout = merged_layout((640, 360))
    for time_s in (0.0, 0.1, 0.25):
        shown = merged.frame(picture, time_s)
        for panel in layout.panels:
            assert (shown[panel.top : panel.bottom, panel.right : panel.right + 24] == PANEL_BACKGROUND).all()
        assert (shown[-12:] == PANEL_BACKGROUND).all()


def test_pictures_depend_on_the_time_alone_not_on_the_way_there(settings, recording, picture) -> None:
    timeline = Timeline.of(recording(SAD, SAD, None, HAPPY, HAPPY))
    merged = MergedVideo(timeline, (640, 360), settings)
    forwards = [merged.frame(picture, i / 10).copy() for i in range(5)]
    backwards = [merged.frame(picture, i / 10).copy() for i in reversed(range(5))]
    assert all(np.array_equal(one, other) for one, other in zip(forwards, reversed(backwards), strict=True))


def test_curves_are_faint_ahead_and_bright_behind_the_cursor(settings, recording, picture) -> None:
    timeline = Timeline.of(recording(*[SAD] * 20))
    merged, area = MergedVideo(timeline, (640, 360), settings), merged_layout((640, 360)).panels[2]
    lines = Area(area.left + 60, area.top, 400, 300)
    bright = [colored(lines.of(merged.frame(picture, time_s)), SAD) for time_s in (0.0, 0.7, 1.4, 2.0)]
    assert bright == sorted(bright)
    assert bright[0] < 60
    assert bright[3] > 400


def test_the_strip_shows_what_was_dominant_when(settings, recording, picture) -> None:
    timeline = Timeline.of(recording(*[SAD] * 5, *[None] * 5, *[HAPPY] * 5))
    shown = MergedVideo(timeline, (640, 360), settings).frame(picture, timeline.end_s)
    row = merged_layout((640, 360)).strip.of(shown)[5]
    third = len(row) // 3
    assert (row[5 : third - 5] == RGB[SAD]).all()
    assert (row[third + 5 : 2 * third - 5] == PANEL_TRACK).all()
    assert (row[2 * third + 5 : -5] == RGB[HAPPY]).all()


@pytest.mark.parametrize("size", [(640, 360), (300, 270), (404, 720), (432, 288)], ids=str)
def test_bars_are_as_long_as_their_scores(settings, size: tuple[int, int]) -> None:
    panel = BarsPanel(size, settings)
    full = [colored(panel.draw(Scores.of({emotion: 1.0, SAD: 1.0})), emotion) for emotion in (HAPPY, Emotion.FEAR)]
    half = [colored(panel.draw(Scores.of({emotion: 0.5, SAD: 1.0})), emotion) for emotion in (HAPPY, Emotion.FEAR)]
    none = colored(panel.draw(Scores.of({SAD: 1.0})), HAPPY)
    assert none == 0
    assert full[0] > 500
    assert [b / a for a, b in zip(full, half, strict=True)] == pytest.approx([0.5, 0.5], abs=0.05)


def test_no_face_leaves_nothing_behind(settings) -> None:
    panel = BarsPanel((640, 360), settings)
    panel.draw(Scores.of({SAD: 0.9}))
    image = panel.draw(None)
    assert not any(colored(image, emotion) for emotion in EMOTIONS)
    assert np.array_equal(image, BarsPanel((640, 360), settings).draw(None))


def test_long_words_still_leave_room_for_bars(settings) -> None:
    words = {emotion: f"{emotion.value} and very much so indeed" for emotion in EMOTIONS}
    image = BarsPanel((300, 270), settings.but(labels=words)).draw(Scores.of({SAD: 1.0}))
    assert colored(image[60:], SAD) > 500


def test_the_cumulative_picture_has_a_curve_per_emotion(settings, face) -> None:
    scores = Scores((0.05, 0.1, 0.12, 0.15, 0.3, 0.08, 0.2))
    analyses = [Analysis(i, i / 10, (type(face())(1, face().box, 1.0, scores),)) for i in range(30)]
    image = cumulative_picture(Timeline.of(analyses), (800, 450), settings)
    assert image.shape == (450, 800, 3)
    assert all(colored(image, emotion) > 300 for emotion in EMOTIONS)

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as run
from hypothesis import strategies as st

from emotion.palette import PANEL_BACKGROUND, PANEL_TRACK, RGB, UNSURE
from emotion.report.bars import BarsPanel
from emotion.report.canvas import Area
from emotion.report.curves import cumulative_picture
from emotion.report.layout import merged_layout
from emotion.report.moments import Moment
from emotion.report.panels import MergedVideo
from emotion.report.timeline import Timeline
from emotion.settings import Settings
from emotion.types import EMOTIONS, UNCERTAIN, Analysis, Emotion, Face, Image, Scores

SAD, HAPPY = Emotion.SAD, Emotion.HAPPY


def colored(image: Image, emotion: Emotion) -> int:
    return int((image == RGB[emotion]).all(axis=2).sum())


def moment(scores: Mapping[Emotion, float], label: str = "sad", quality: float = 1.0) -> Moment:
    return Moment(Scores.of(scores), label, quality)


def drawn(panel: BarsPanel, scores: Mapping[Emotion, float], label: str = "sad", quality: float = 1.0) -> Image:
    panel.draw(moment(scores, label, quality))
    return panel.image


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


SIZES = [(640, 360), (300, 270), (90, 160), (1000, 50)]
shares = st.floats(0, 1) | st.sampled_from([0.0, 0.004, 0.01, 0.02, 0.98, 0.99, 1.0])
moments = st.none() | st.builds(
    Moment,
    st.builds(Scores, st.tuples(*[shares] * len(EMOTIONS))),
    st.sampled_from([*(emotion.value for emotion in EMOTIONS), UNCERTAIN]),
    shares,
)


def inside(areas: tuple[Area, ...], image: Image) -> np.ndarray:
    covered = np.zeros(image.shape[:2], dtype=bool)
    for area in areas:
        covered[area.top : area.bottom, area.left : area.right] = True
    return covered


@run(max_examples=40, deadline=None)
@given(st.sampled_from([(640, 360), (432, 288), (300, 270)]), st.lists(moments, min_size=1, max_size=6))
def test_bars_are_those_of_a_fresh_panel_and_change_where_they_say(
    size: tuple[int, int], shown: list[Moment | None]
) -> None:
    options = Settings(labels={}, font=None)
    panel = BarsPanel(size, options)
    for one in shown:
        before = panel.image.copy()
        changed = panel.draw(one)
        fresh = BarsPanel(size, options)
        fresh.draw(one)
        assert np.array_equal(panel.image, fresh.image)
        assert not (before != panel.image).any(axis=2)[~inside(changed, before)].any()


def varied(face: Callable[..., Face]) -> Timeline:
    """Two and a half minutes with everything in it: labels, doubt, gaps."""
    details = [
        {"emotion": SAD, "value": 0.9},
        {"emotion": SAD, "value": 0.5, "label": UNCERTAIN},
        {"emotion": HAPPY, "value": 0.4, "quality": 0.1},
        None,
        {"emotion": HAPPY, "value": 0.97, "track": 2},
    ]
    return Timeline.of(
        [Analysis(i, i * 30.0, () if one is None else (face(**one),)) for i, one in enumerate(details)], end_s=150.0
    )


@run(max_examples=25, deadline=None)
@given(
    st.sampled_from(SIZES),
    st.lists(st.floats(-5, 160) | st.sampled_from([0.0, 60.0, 60.04, 61.0, 90.0, 150.0]), min_size=1, max_size=6),
)
def test_any_order_of_times_gives_the_pictures_of_a_fresh_start(
    face, size: tuple[int, int], times: list[float]
) -> None:
    options = Settings(labels={}, font=None)
    timeline = varied(face)
    merged = MergedVideo(timeline, size, options)
    kept = np.zeros((merged.size[1], merged.size[0], 3), dtype=np.uint8)
    for i, time_s in enumerate(times):
        annotated = np.full((size[1], size[0], 3), 40 + i, dtype=np.uint8)
        shown = merged.frame(annotated, time_s)
        assert np.array_equal(shown, MergedVideo(timeline, size, options).frame(annotated, time_s))
        for area in merged.changed:
            area.of(kept)[...] = area.of(shown)
        assert np.array_equal(kept, shown), "a part changed that was not reported"


def test_only_what_changes_is_reported_and_with_even_borders(settings, face, picture) -> None:
    merged = MergedVideo(varied(face), (640, 360), settings)
    merged.frame(picture, 0.0)
    assert merged.changed == (Area(0, 0, *merged.size),)
    pixels = []
    for time_s in (0.04, 0.04, 5.0):
        merged.frame(picture, time_s)
        pixels.append(sum(area.width * area.height for area in merged.changed))
        for area in merged.changed:
            assert not any(border % 2 for border in (area.left, area.top, area.right, area.bottom))
            assert area.joined(Area(0, 0, *merged.size)) == Area(0, 0, *merged.size)
    first, again, later = pixels
    assert again == 640 * 360
    assert again <= first < later < merged.size[0] * merged.size[1] / 2


def test_the_large_name_is_the_label_not_the_highest_score(settings) -> None:
    panel = BarsPanel((640, 360), settings)
    head = Area(0, 0, 640, 44)
    image = drawn(panel, {HAPPY: 0.5, SAD: 0.45}, label="sad")
    assert colored(head.of(image), SAD) > 100
    assert colored(head.of(image), HAPPY) == 0


@pytest.mark.parametrize(
    ("label", "quality"),
    [pytest.param(UNCERTAIN, 1.0, id="uncertain"), pytest.param("sad", 0.1, id="doubtful")],
)
def test_doubt_is_grey_and_written_in_the_large_name(settings, label: str, quality: float) -> None:
    panel = BarsPanel((640, 360), settings)
    head = Area(0, 0, 560, 44)
    trusted = head.of(drawn(panel, {SAD: 0.45})).copy()
    doubted = head.of(drawn(panel, {SAD: 0.45}, label, quality)).copy()
    assert (doubted == UNSURE).all(axis=2).sum() > 100
    assert colored(doubted, SAD) == 0
    words = [image[:, 16:].max(axis=2) > 128 for image in (trusted, doubted)]
    assert words[1].sum() > words[0].sum()


def test_uncertain_time_is_grey_and_thin_in_the_strip(settings, recording, picture) -> None:
    timeline = Timeline.of(recording(*[SAD] * 5, label=UNCERTAIN))
    shown = MergedVideo(timeline, (640, 360), settings).frame(picture, timeline.end_s)
    strip = merged_layout((640, 360)).strip.of(shown)
    column = (strip[:, 50] == UNSURE).all(axis=1)
    assert column.any()
    assert not column[[0, -1]].any()
    assert (strip[~column, 50] == PANEL_BACKGROUND).all()


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
    full = [colored(drawn(panel, {emotion: 1.0, SAD: 1.0}), emotion) for emotion in (HAPPY, Emotion.FEAR)]
    half = [colored(drawn(panel, {emotion: 0.5, SAD: 1.0}), emotion) for emotion in (HAPPY, Emotion.FEAR)]
    none = colored(drawn(panel, {SAD: 1.0}), HAPPY)
    assert none == 0
    assert full[0] > 500
    assert [b / a for a, b in zip(full, half, strict=True)] == pytest.approx([0.5, 0.5], abs=0.05)


def test_no_face_leaves_nothing_behind(settings) -> None:
    panel = BarsPanel((640, 360), settings)
    panel.draw(moment({SAD: 0.9}))
    panel.draw(None)
    assert not any(colored(panel.image, emotion) for emotion in EMOTIONS)
    fresh = BarsPanel((640, 360), settings)
    fresh.draw(None)
    assert np.array_equal(panel.image, fresh.image)


def test_long_words_still_leave_room_for_bars(settings) -> None:
    words = {emotion: f"{emotion.value} and very much so indeed" for emotion in EMOTIONS}
    image = drawn(BarsPanel((300, 270), settings.but(labels=words)), {SAD: 1.0})
    assert colored(image[60:], SAD) > 500


def test_the_cumulative_picture_has_a_curve_per_emotion(settings, face) -> None:
    scores = Scores((0.05, 0.1, 0.12, 0.15, 0.3, 0.08, 0.2))
    analyses = [Analysis(i, i / 10, (replace(face(), scores=scores),)) for i in range(30)]
    image = cumulative_picture(Timeline.of(analyses), (800, 450), settings)
    assert image.shape == (450, 800, 3)
    assert all(colored(image, emotion) > 300 for emotion in EMOTIONS)

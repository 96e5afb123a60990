from __future__ import annotations

import json

import pytest

from emotion.report.summary import in_words, summary
from emotion.report.timeline import Timeline
from emotion.types import UNCERTAIN, Analysis, Emotion

SAD, HAPPY, NEUTRAL = Emotion.SAD, Emotion.HAPPY, Emotion.NEUTRAL


@pytest.mark.parametrize(
    ("moods", "labels", "expected"),
    [
        pytest.param(
            [SAD] * 60 + [NEUTRAL] * 20 + [HAPPY] * 17 + [None] * 3,
            {},
            "A face was seen in 97 % of 100 frames; mostly sad (62 % of that time), then neutral (21 %).",
            id="as usual",
        ),
        pytest.param([SAD] * 4, {}, "A face was seen in all 4 frames; mostly sad (100 % of that time).", id="only sad"),
        pytest.param([SAD], {}, "A face was seen in the only frame; mostly sad (100 % of that time).", id="one frame"),
        pytest.param(
            [SAD] * 399 + [None],
            {SAD: "gloomy"},
            "A face was seen in 99 % of 400 frames; mostly gloomy (100 % of that time).",
            id="nearly all are not all, own word",
        ),
        pytest.param(
            [SAD] * 3 + [None] * 237,
            {},
            "There is no face to speak of in this video (faces in 3 of 240 frames).",
            id="hardly any",
        ),
        pytest.param([None], {}, "There is no face to speak of in this video (faces in 0 of 1 frame).", id="none"),
        pytest.param([], {}, "No frame of this video was analysed.", id="no frame"),
    ],
)
def test_in_words(recording, moods, labels, expected: str) -> None:
    assert in_words(Timeline.of(recording(*moods)), labels) == expected


def test_the_numbers(recording, settings) -> None:
    facts = summary(
        Timeline.of(recording(SAD, SAD, HAPPY, None, value=0.4)),
        source={"name": "clip.mp4", "frames": 4},
        settings=settings.for_the_record(),
        versions={"fer": "22.4.0"},
        seconds_taken=1.2345,
    )
    assert json.loads(json.dumps(facts)) == facts
    assert (facts["frames_analysed"], facts["frames_with_face"], facts["seconds_taken"]) == (4, 3, 1.23)
    assert facts["emotions"]["sad"] == {"mean_score": 0.3, "share_of_time": 0.6667}
    assert facts["uncertain_share_of_time"] == 0.0
    assert list(facts["emotions"]) == [emotion.value for emotion in Emotion]


def test_without_a_face_there_is_no_mean(recording) -> None:
    facts = summary(Timeline.of(recording(None)), source={}, settings={}, versions={}, seconds_taken=0)
    assert facts["emotions"]["sad"] == {"mean_score": None, "share_of_time": 0.0}
    assert facts["uncertain_share_of_time"] == 0.0


def test_how_long_nothing_was_certain(face) -> None:
    faces = [(face(SAD),), (face(SAD, label=UNCERTAIN),), (), (face(SAD, label=UNCERTAIN),)]
    timeline = Timeline.of([Analysis(i, float(i), seen) for i, seen in enumerate(faces)])
    facts = summary(timeline, source={}, settings={}, versions={}, seconds_taken=0)
    assert facts["uncertain_share_of_time"] == 0.6667

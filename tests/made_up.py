"""Pictures and analyses of a live session that nobody had to be seen in: known to the pixel and to the number."""

from __future__ import annotations

from collections.abc import Sequence

from clips import numbered_image

from emotion.types import EMOTIONS, Analysis, Box, Emotion, Face, Frame, Scores

SIZE = (160, 120)
RAW = Scores.of({Emotion.SAD: 0.7, Emotion.FEAR: 0.3})


def face(number: int, size: tuple[int, int] = SIZE) -> Face:
    """A face that moves and changes its mood every 20 pictures, in the middle of a picture of this size."""
    mood = EMOTIONS[number // 20 % 7]
    # Other numbers than any network would give again: what comes out was kept, not computed.
    scores = Scores(tuple(0.625 if emotion is mood else 0.0625 for emotion in EMOTIONS))
    left = size[0] / 4 + number % 10
    return Face(3, Box(left, size[1] / 4, size[0] / 2, size[1] / 2), 0.875, scores, RAW, mood.value, 0.75)


def taken(
    times_s: Sequence[float], *, size: tuple[int, int] = SIZE, first: int = 0, empty_every: int = 7
) -> list[tuple[Frame, Analysis]]:
    """What a sink gets at these times; now and then there is no face."""
    return [
        (
            Frame(number, time_s, numbered_image(number % 256, size)),
            Analysis(number, time_s, () if number % empty_every == 0 else (face(number, size),)),
        )
        for number, time_s in enumerate(times_s, start=first)
    ]

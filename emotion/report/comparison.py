"""Several recordings side by side: curves over each other, shares beside each other, means in a table.

A recording is told by its letter and its dashes, an emotion by its colour: neither by colour alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from emotion.notes import harmless
from emotion.palette import HEX
from emotion.report.charts import (
    BARS,
    CLOCK,
    COLOR,
    ENDS,
    LINES,
    NOT_NICE,
    Labels,
    last_known,
    names_of,
    percent,
    specification,
)
from emotion.report.columns import Floats
from emotion.report.layout import spread
from emotion.report.vega import TEXT_COLOR, Chart, Table, alt
from emotion.types import EMOTIONS, Emotion, Scores

LETTERS = "ABCDEF"
"""One for each recording: as many as can be told apart by their dashes."""
DASHES = ((1, 0), (7, 3), (2, 2), (9, 3, 2, 3), (4, 4), (12, 4))
LINES_PX, BAR_PX, GAP_PX = 180, 14, 12
NAME_PX, NAME_LENGTH = 15, 14
"""A name at the end of its line: its height, and its letters. Vega keeps room for it; more would leave a telephone none
for the curves."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One recording of several."""

    letter: str
    name: str
    times_s: Sequence[float]
    end_s: float
    scores: Sequence[Sequence[float | None]]
    """Seven rows, a number for each time; None without a face."""
    share: Mapping[Emotion, float]
    mean: Scores | None

    @property
    def short(self) -> str:
        """``A interview.mp4``, cut where it gets long."""
        name = self.name if len(self.name) <= NAME_LENGTH else self.name[: NAME_LENGTH - 1] + "…"
        return f"{self.letter} {name}"


def overlaid(recordings: Sequence[Compared], emotion: Emotion, *, by_share: bool = False) -> Chart:
    """The scores of one emotion in all recordings, from a common start; ``by_share`` from a common end too."""
    curves = [_curve(recording, EMOTIONS.index(emotion), by_share=by_share) for recording in recordings]
    times, values = np.concatenate(curves, axis=1)
    letters = [one.letter for one, (own, _) in zip(recordings, curves, strict=True) for _ in own]
    lines = {"letter": letters, "time": times, "value": values}
    return Chart.of(_overlaid(emotion, by_share), {LINES: lines, ENDS: _ends(curves, recordings)})


def shares(recordings: Sequence[Compared], labels: Labels) -> Chart:
    """How long each emotion was the strongest: a group of bars for each emotion, a bar for each recording."""
    names = names_of(labels)
    rows = [
        (emotion.value, name, one.letter, one.share.get(emotion, 0.0))
        for emotion, name in zip(EMOTIONS, names, strict=True)
        for one in recordings
    ]
    columns = dict(zip(("emotion", "name", "letter", "value"), zip(*rows, strict=True), strict=True))
    texts = [f"{letter}  {percent(value)}" for _, _, letter, value in rows]
    return Chart.of(_shares(tuple(names), len(recordings)), {BARS: {**columns, "text": texts}})


def means(recordings: Sequence[Compared], labels: Labels) -> list[dict[str, object]]:
    """A row per recording: its name, its length, the main face's mean score of each emotion (None without a face)."""
    return [
        {
            "Recording": f"{recording.letter} {recording.name}",
            "Length (s)": round(recording.end_s, 3),
            **{
                labels.get(emotion, emotion.value): None
                if recording.mean is None
                else round(recording.mean[emotion], 4)
                for emotion in EMOTIONS
            },
        }
        for recording in recordings
    ]


def means_csv(recordings: Sequence[Compared]) -> str:
    """Means and shares as CSV: ``recording,seconds,mean_angry,…,share_angry,…``."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    names = [f"{what}_{emotion.value}" for what in ("mean", "share") for emotion in EMOTIONS]
    writer.writerow(["recording", "seconds", *names])
    for one in recordings:
        mean = ["" if one.mean is None else round(one.mean[emotion], 4) for emotion in EMOTIONS]
        share = [round(one.share.get(emotion, 0.0), 4) for emotion in EMOTIONS]
        writer.writerow([harmless(one.name), round(one.end_s, 3), *mean, *share])
    return file.getvalue()


def _curve(recording: Compared, row: int, *, by_share: bool) -> Floats:
    """Times and scores (NaN without a face), shape ``(2, n + 1)``: the last stretch lasts until the end."""
    times = np.asarray([*recording.times_s, recording.end_s], dtype=np.float64)
    values = np.asarray([*recording.scores[row], (recording.scores[row] or [None])[-1]], dtype=np.float64)
    if by_share and recording.end_s > 0:
        times = times / recording.end_s
    return np.stack([times, values])


def _ends(curves: Sequence[Floats], recordings: Sequence[Compared]) -> Table:
    """Where each name stands: at the chart's right edge, apart by a line's height."""
    last = [-last_known(values) for _, values in curves]
    end = max(float(times[-1]) for times, _ in curves)
    return {
        "letter": [one.letter for one in recordings],
        "name": [one.short for one in recordings],
        "time": [end] * len(recordings),
        "place": [-place for place in spread(last, NAME_PX / (LINES_PX - 30), -1.0, 0.0)],
    }


@lru_cache(maxsize=2 * len(EMOTIONS))
def _overlaid(emotion: Emotion, by_share: bool) -> str:
    axis = (
        alt.Axis(grid=False, tickCount=6, format="%")
        if by_share
        else alt.Axis(grid=False, tickCount=6, labelExpr=CLOCK)
    )
    time = alt.X("time:Q", title=None, axis=axis, scale=NOT_NICE)
    scale = alt.Scale(domain=[0, 1])
    dashes = alt.Scale(domain=list(LETTERS), range=[list(dash) for dash in DASHES])
    dash = alt.StrokeDash("letter:N", legend=None, scale=dashes)
    value = alt.Y("value:Q", title=None, scale=scale, axis=alt.Axis(tickCount=3))
    color = alt.value(HEX[emotion])
    lines = alt.Chart(alt.NamedData(LINES)).mark_line(strokeWidth=2)
    ends = alt.Chart(alt.NamedData(ENDS))
    place = alt.Y("place:Q", scale=scale)
    curves = lines.encode(x=time, y=value, strokeDash=dash, color=color)
    # A line may end in the middle: its name stands at the right edge all the same, after a piece of its dashes.
    pieces = ends.mark_rule(strokeWidth=2, xOffset=4, x2Offset=28).encode(
        x=time, x2="time:Q", y=place, strokeDash=dash, color=color
    )
    texts = ends.mark_text(align="left", dx=33, color=TEXT_COLOR, fontSize=12).encode(x=time, y=place, text="name:N")
    return specification([curves, pieces, texts], LINES_PX, right=8)


@lru_cache(maxsize=64)  # each person has words of their own
def _shares(names: tuple[str, ...], recordings: int) -> str:
    place = alt.Y("name:N", sort=list(names), title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=160))
    offset = alt.YOffset("letter:N", scale=alt.Scale(paddingOuter=0.25))
    length = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, 1]))
    base = alt.Chart(alt.NamedData(BARS))
    bars = base.mark_bar(cornerRadius=3).encode(x=length, y=place, yOffset=offset, color=COLOR)
    texts = base.mark_text(align="left", dx=6, color=TEXT_COLOR, fontSize=12)
    texts = texts.encode(x=length, y=place, yOffset=offset, text="text:N")
    return specification([bars, texts], len(EMOTIONS) * (recordings * BAR_PX + GAP_PX), right=8)

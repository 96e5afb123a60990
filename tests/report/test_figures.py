"""The GIF and the PNG."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pictures

from emotion.errors import OutputError
from emotion.palette import PANEL_QUIET, RGB
from emotion.report.bars import BarsPanel
from emotion.report.figures import write_cumulative_png
from emotion.report.moments import Moments
from emotion.report.moving_bars import BARS, LINE, SIZE, picture_count, write_bars_gif
from emotion.report.timeline import Timeline
from emotion.types import UNCERTAIN, Analysis, Emotion

SAD, HAPPY = Emotion.SAD, Emotion.HAPPY


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param(0.0, 1, id="nothing"),
        pytest.param(0.04, 1, id="one frame"),
        pytest.param(19.7, 197, id="the clip"),
        pytest.param(60.0, 600, id="a minute"),
        pytest.param(3600.0, 600, id="an hour"),
    ],
)
def test_ten_pictures_a_second_at_most_600(seconds: float, expected: int) -> None:
    assert picture_count(seconds) == expected


@pytest.mark.parametrize(
    ("moods", "end_s", "expected"),
    [
        pytest.param([SAD] * 20, None, 20, id="the same all the time: no picture is merged away"),
        pytest.param([SAD, HAPPY, None] * 4, None, 12, id="changing"),
        pytest.param([None] * 7, None, 7, id="no face"),
        pytest.param([SAD], None, 1, id="one frame"),
        pytest.param([], None, 1, id="nothing"),
        pytest.param([SAD, HAPPY], 90.0, 600, id="too long: sped up"),
    ],
)
def test_pillow_finds_every_picture(tmp_path: Path, settings, recording, moods, end_s, expected: int) -> None:
    path = tmp_path / "bars.gif"
    assert write_bars_gif(path, Timeline.of(recording(*moods), end_s=end_s), settings) == expected
    with Pictures.open(path) as gif:
        assert (gif.n_frames, gif.size, gif.info["loop"]) == (expected, SIZE, 0)
        durations = set()
        for i in range(0, gif.n_frames, 50):
            gif.seek(i)
            durations.add(gif.info["duration"])
        assert durations == {100}


def test_pictures_show_their_moment(tmp_path: Path, settings, recording) -> None:
    path = tmp_path / "bars.gif"
    write_bars_gif(path, Timeline.of(recording(*[SAD] * 10, *[HAPPY] * 10)), settings)
    with Pictures.open(path) as gif:
        for place, shown, absent in ((0, SAD, HAPPY), (15, HAPPY, SAD)):
            gif.seek(place)
            image = np.asarray(gif.convert("RGB"))
            long, short = ((image == RGB[emotion]).all(axis=2).sum() for emotion in (shown, absent))
            assert long > 10 * short
        line = np.asarray(gif.convert("RGB"))[LINE.top + 1, LINE.left : LINE.right]
        assert (line == PANEL_QUIET).all(axis=1).mean() == pytest.approx(16 / 20, abs=0.01)


def test_every_picture_is_whole_though_only_parts_are_stored(tmp_path: Path, settings, face) -> None:
    """Each is, up to the palette's steps, what the panel draws afresh at that time."""
    values = np.linspace(0.02, 1, 12)
    analyses = [
        Analysis(i, i / 10, (face(HAPPY if i % 5 else SAD, value, label=UNCERTAIN if i == 7 else None),))
        for i, value in enumerate([*values, *values[::-1]])
    ]
    timeline, path = Timeline.of(analyses), tmp_path / "bars.gif"
    write_bars_gif(path, timeline, settings)
    moments = Moments.of(timeline)
    with Pictures.open(path) as gif:
        for i in range(gif.n_frames):
            gif.seek(i)
            fresh = BarsPanel((BARS.width, BARS.height), settings)
            fresh.draw(moments.at(i / 10))
            shown = BARS.of(np.asarray(gif.convert("RGB")))
            assert np.abs(shown.astype(int) - fresh.image).max() < 40
            assert np.abs(shown.astype(int) - fresh.image).mean() < 0.5


def test_an_hour_says_that_it_is_sped_up(tmp_path: Path, settings, recording) -> None:
    pictures = []
    for end_s in (60.0, 3600.0):
        path = tmp_path / f"{end_s}.gif"
        write_bars_gif(path, Timeline.of(recording(None, None), end_s=end_s), settings)
        with Pictures.open(path) as gif:
            pictures.append(np.asarray(gif.convert("RGB"))[LINE.bottom :, SIZE[0] // 2 :])
    assert len(np.unique(pictures[0].reshape(-1, 3), axis=0)) == 1
    assert len(np.unique(pictures[1].reshape(-1, 3), axis=0)) > 1


@pytest.mark.parametrize("moods", [[SAD, HAPPY, None, SAD], [None, None], []], ids=["faces", "no face", "nothing"])
def test_the_png_opens(tmp_path: Path, settings, recording, moods) -> None:
    path = tmp_path / "cumulative.png"
    write_cumulative_png(path, Timeline.of(recording(*moods)), settings)
    with Pictures.open(path) as image:
        assert (image.size, image.format, image.mode) == ((1600, 900), "PNG", "RGB")


@pytest.mark.parametrize("write", [write_bars_gif, write_cumulative_png])
def test_where_it_cannot_be_written_is_one_sentence(tmp_path: Path, settings, write) -> None:
    (tmp_path / "taken").write_text("a file, no folder", encoding="utf-8")
    with pytest.raises(OutputError, match=r"Choose another"):
        write(tmp_path / "taken" / "result", Timeline.of([Analysis(0, 0.0, ())]), settings)
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]

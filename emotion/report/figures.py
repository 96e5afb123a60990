"""Still pictures for reports and slides."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image as Pictures

from emotion.files import output_error, staged_file
from emotion.palette import PANEL_BACKGROUND, PANEL_QUIET, PANEL_TEXT
from emotion.report.canvas import Area, blit
from emotion.report.curves import cumulative_picture
from emotion.report.text import Typeface
from emotion.report.timeline import Timeline
from emotion.settings import Settings

SIZE = (1600, 900)
CHART = Area(64, 150, 1472, 694)
TITLE, TITLE_PX, TITLE_TOP = "Score-seconds per emotion", 34, 44
NOTE, NOTE_PX, NOTE_TOP = "Main face: score \u00d7 time, added up", 20, 92


def write_cumulative_png(path: Path, timeline: Timeline, settings: Settings) -> None:
    """The cumulative chart of the whole recording, 1600x900. Raises OutputError where it cannot be written."""
    canvas = np.empty((SIZE[1], SIZE[0], 3), dtype=np.uint8)
    canvas[...] = PANEL_BACKGROUND
    typeface = Typeface.of(settings)
    blit(canvas, typeface.sprite(TITLE, TITLE_PX, PANEL_TEXT, bold=True), CHART.left, TITLE_TOP)
    blit(canvas, typeface.sprite(NOTE, NOTE_PX, PANEL_QUIET), CHART.left, NOTE_TOP)
    CHART.of(canvas)[...] = cumulative_picture(timeline, (CHART.width, CHART.height), settings)
    with staged_file(path) as staged:
        try:
            Pictures.fromarray(canvas).save(staged, format="PNG")
        except OSError as error:
            raise output_error(error, path.parent) from error

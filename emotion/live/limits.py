"""When a recording ends although nobody ended it."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from emotion.settings import Settings

# A camera that sends nothing for so long sends nothing more; whoever holds the session has forgotten us.
SILENT_S = 120.0
GB = 1 << 30

DISK = "The recording was ended because the server's disk is nearly full. What came up to then is kept."
HOURS = "The recording was ended after {:g} hours, the most that is allowed. Press Record to begin another."
SILENT = "The recording was ended because no picture came for two minutes. What came before is kept."


class Limits:
    """Of one recording, whose thread it belongs to."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._began_s = self._picture_s = clock()

    def picture(self) -> None:
        """One came."""
        self._picture_s = self._clock()

    def complaint(self) -> str:
        """Why it has to end now; empty if it has not."""
        now = self._clock()
        if short_of_room(self._settings):
            return DISK
        if now - self._began_s >= self._settings.live_max_hours * 3600:
            return HOURS.format(self._settings.live_max_hours)
        return SILENT if now - self._picture_s >= SILENT_S else ""


def short_of_room(settings: Settings) -> bool:
    """Whether the data folder's disk has less than ``min_free_gb``."""
    try:
        return shutil.disk_usage(settings.data_dir).free < settings.min_free_gb * GB
    except OSError:
        return False

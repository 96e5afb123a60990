"""Where the tasks of one recording leave their results for each other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from emotion.errors import OutputError
from emotion.files import staged_file
from emotion.jobs.artefacts import SUMMARY_JSON, chosen_range
from emotion.media.read import Video, open_video
from emotion.media.stretch import Stretch
from emotion.settings import Settings
from emotion.store.kept import Kept
from emotion.store.places import LIVE

# Raise this when tasks leave something else behind: an analysis that an older version began is then begun anew.
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Planned:
    """What PLAN found out about a recording."""

    segments: int
    """How many tasks there are of SEE and of RENDER, one at least."""
    frames: int
    """As many as the packets say."""
    duration_s: float
    width: int
    height: int
    sha256: str
    """Of the file."""
    size_bytes: int
    stretches: tuple[Stretch, ...]


class Workplace:
    """The folder of one recording while it is analysed."""

    def __init__(self, source: Path, folder: Path, settings: Settings) -> None:
        self.source = source
        self.settings = settings
        self.kept = Kept(folder / LIVE)
        """Of a live session: what was seen while it ran."""
        self.work = folder / "work"
        self.results = folder / "results"

    @property
    def remembered(self) -> Path:
        """A folder: what REMEMBER leaves."""
        return self.work / "remembered"

    def seen(self, number: int) -> Path:
        """A file: what SEE leaves."""
        return self.work / f"seen-{number:04}.npz"

    def drawn(self, number: int) -> Path:
        """A folder: what RENDER leaves."""
        return self.work / f"drawn-{number:04}"

    @property
    def finished(self) -> bool:
        """Whether JOIN is done."""
        return (self.results / SUMMARY_JSON).exists()

    @contextmanager
    def video(self) -> Iterator[Video]:
        """The range of the source that the person chose. Raises UnreadableVideo."""
        with open_video(self.source, chosen_range(self.settings)) as video:
            yield video

    def keep_plan(self, planned: Planned) -> None:
        """Raises OutputError."""
        record = asdict(planned)
        # JSON has no infinity.
        for stretch in record["stretches"]:
            stretch["end_s"] = None if stretch is record["stretches"][-1] else stretch["end_s"]
        with staged_file(self._plan, lasting=True) as staged:
            staged.write_text(json.dumps({"made_for": self._made_for(), **record}), encoding="utf-8")

    def plan(self) -> Planned | None:
        """What PLAN left; None where there is nothing yet, or it was for other settings or another version."""
        try:
            record: dict[str, Any] = json.loads(self._plan.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if record.pop("made_for") != self._made_for():
            return None
        stretches = [{name: value for name, value in one.items() if value is not None} for one in record["stretches"]]
        return Planned(**{**record, "stretches": tuple(Stretch(**stretch) for stretch in stretches)})

    def planned(self) -> Planned:
        """The same where it must be there. Raises OutputError."""
        planned = self.plan()
        if planned is None:
            raise OutputError("The plan of this analysis is missing on the disk. Start the analysis again.")
        return planned

    def check_all_are_there(self, results: Sequence[Path]) -> None:
        """Raises OutputError where the result of an earlier task is missing."""
        if not all(path.exists() for path in results):
            raise OutputError("A part of this analysis is missing on the disk. Start the analysis again.")

    @property
    def _plan(self) -> Path:
        return self.work / "plan.json"

    def _made_for(self) -> dict[str, Any]:
        return {"format": FORMAT, "settings": self.settings.for_the_record()}

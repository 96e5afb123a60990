"""One analysed recording, ready to be drawn. What is expensive is computed once and kept for all who open it.

The page opens on ``traces.json`` and ``summary.json``, which are small however long the recording. Only where a person
put faces together, excluded a stretch or chose one face, the whole table (``faces.parquet``) is read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, Self

import streamlit as st

from emotion.errors import NotFound
from emotion.jobs.artefacts import FACES_PARQUET, TRACES_JSON
from emotion.notes import Notes, Span, Turn
from emotion.report.faces_parquet import read_faces_parquet
from emotion.report.people import MAIN, Figures, in_view_s, regrouped
from emotion.report.timeline import Timeline
from emotion.report.traces import Traces
from emotion.settings import Settings
from emotion.store import notes
from emotion.store.database import Database
from emotion.store.places import Places
from emotion.store.values import JobState, Recording
from emotion.types import EMOTIONS, Emotion, Scores

# Two recordings compared by ten people, and the last few looks at each.
KEPT = 64
# A stretch of at least this part of the whole has points enough as it is.
CLOSER = 2


class _Table(NamedTuple):
    """The whole table of a recording, as people put its faces together. Streamlit's caches take it for a key."""

    folder: str
    end_s: float
    turns: tuple[tuple[int, float, int], ...]
    face: int
    """The face that the job was told to follow; MAIN for the largest of each frame."""

    def timeline(self) -> Timeline:
        """Raises InputError."""
        said = Notes(turns=tuple(Turn(*turn) for turn in self.turns))
        timeline = regrouped(Timeline(read_faces_parquet(Path(self.folder) / FACES_PARQUET), self.end_s), said)
        person = said.person_of(self.face, 0.0) if self.face else MAIN
        return Timeline(replace(timeline.columns, person=person), self.end_s)


@dataclass(frozen=True, slots=True)
class Study:
    """A recording whose analysis is done, and what people added to it."""

    recording: Recording
    said: Notes
    folder: Path

    @classmethod
    def of(cls, database: Database, settings: Settings, recording: Recording) -> Self:
        """Of one that may be looked at (:mod:`emotion.web.rights`). Raises NotFound where it is not done, or gone."""
        folder = Places(settings.data_dir).results(recording.id)
        if recording.job.state is not JobState.DONE or not folder.is_dir():
            raise NotFound
        return cls(recording, notes.of(database, recording.id), folder)

    @property
    def facts(self) -> dict[str, Any]:
        """Its summary."""
        return self.recording.facts

    @property
    def end_s(self) -> float:
        return float(self.facts["source"]["duration_s"])

    @property
    def labels(self) -> dict[Emotion, str]:
        """The person's own words for the emotions."""
        return {Emotion(name): word for name, word in self.facts["settings"]["labels"].items()}

    def traces(self, focus: Span | None = None) -> Traces:
        """The curves of the main face and of the persons that are longest in view; ``focus`` is looked at closer."""
        if focus and focus[1] - focus[0] < self.end_s / CLOSER:
            return _closer(self._table, focus)
        if not self.said.turns:
            return _traces(str(self.folder), _changed(self.folder / TRACES_JSON))
        return _regrouped(self._table)[0]

    def people(self) -> dict[int, float]:
        """Person -> seconds in view, the longest first."""
        if not self.said.turns:
            return {one["face"]: one["seconds"] for one in self.facts["faces"]["longest"]}
        return _regrouped(self._table)[1]

    def figures(self, person: int = MAIN) -> Figures:
        """What it comes down to for a person, without what is excluded."""
        told_to_follow = self._table.face and self.said.turns
        if person == MAIN and not self.said.excluded and not told_to_follow:
            return self._at_once()
        return _figures(self._table, self.said.excluded, person)

    @property
    def _table(self) -> _Table:
        turns = tuple((turn.face, turn.from_s, turn.person) for turn in self.said.turns)
        return _Table(str(self.folder), self.end_s, turns, self.facts["settings"].get("face", MAIN))

    def _at_once(self) -> Figures:
        """The same of the main face and all of the time, out of what was computed already."""
        traces, numbers = self.traces(), self.facts["emotions"]
        means = [numbers[emotion.value]["mean_score"] for emotion in EMOTIONS]
        main = next(trace for trace in traces.faces if trace.face == MAIN)
        totals, sums = [0.0] * len(EMOTIONS), [(0.0, (0.0,) * len(EMOTIONS))]
        for place, (seen_s, end) in enumerate(zip(main.seen_s, (*traces.times_s[1:], traces.end_s), strict=True)):
            totals = [total + (row[place] or 0.0) * seen_s for total, row in zip(totals, main.scores, strict=True)]
            sums.append((end, tuple(totals)))
        return Figures(
            seconds=main.seconds,
            share={emotion: numbers[emotion.value]["share_of_time"] for emotion in EMOTIONS},
            mean=None if None in means else Scores(tuple(means)),
            cumulative=tuple(sums),
        )


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError as error:
        raise NotFound from error


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _traces(folder: str, changed: float) -> Traces:
    return Traces.from_json((Path(folder) / TRACES_JSON).read_text(encoding="utf-8"))


@st.cache_data(max_entries=KEPT, show_spinner="Putting the faces together")
def _regrouped(table: _Table) -> tuple[Traces, dict[int, float]]:
    timeline = table.timeline()
    return Traces.of(timeline), in_view_s(timeline)


@st.cache_data(max_entries=KEPT, show_spinner="Looking closer")
def _closer(table: _Table, focus: Span) -> Traces:
    return Traces.of(table.timeline(), focus=focus)


@st.cache_data(max_entries=KEPT, show_spinner="Adding up")
def _figures(table: _Table, excluded: tuple[Span, ...], person: int) -> Figures:
    return Figures.of(table.timeline(), person=person, excluded=excluded)

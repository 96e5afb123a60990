"""The task between seeing and drawing: one pass over all that was seen, so that nothing shows where pieces meet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from emotion.errors import OutputError
from emotion.files import whole_folder
from emotion.jobs import part
from emotion.jobs.artefacts import chosen_range, save_pictures, save_tables
from emotion.jobs.part import Part
from emotion.jobs.progress import Meter, Stage
from emotion.jobs.see import Seen, end_s
from emotion.jobs.seen_live import seen_live
from emotion.jobs.workplace import Planned, Workplace
from emotion.media.source import no_pictures
from emotion.report.story import Story
from emotion.report.timeline import Timeline
from emotion.types import Sighting
from emotion.vision.cuts import Sample, is_cut
from emotion.vision.engine import make_memory

STORY = "story.bin"
FACTS = "facts.json"


def remember(place: Workplace, meter: Meter) -> None:
    """REMEMBER: who is who, the tables, and the small pictures."""
    if place.finished or place.remembered.exists():
        return
    planned = place.planned()
    meter.start(Stage.SEEING, planned.frames)
    seen = seen_live(place.kept, planned) if place.kept.exists else _put_together(place, planned, meter)
    if not seen.frames:
        raise no_pictures(place.source.name, chosen_range(place.settings))
    with whole_folder(place.remembered) as staging:
        facts = {
            "frames": seen.frames,
            "end_s": seen.end_s,
            "damage": seen.damage,
            "seconds_taken": seen.seconds_taken + meter.elapsed_s,
        }
        with (staging / STORY).open("wb") as file:
            seen.story.write(file)
        timeline = Timeline.of(seen.story, end_s=seen.end_s, person=place.settings.face)
        save_tables(staging, timeline)
        meter.tick()
        save_pictures(staging, timeline, place.settings)
        meter.tick()
        (staging / FACTS).write_text(json.dumps(facts), encoding="utf-8")


def _put_together(place: Workplace, planned: Planned, meter: Meter) -> Seen:
    pieces = [place.seen(number) for number in range(planned.segments)]
    place.check_all_are_there(pieces)
    joined = _Joined(pieces)
    memory, story = make_memory(place.settings), Story()
    for sighting in joined:
        story.append(memory.remember(sighting))
        meter.tick()
    with place.video() as video:
        lasts_until_s = end_s(joined.last_s, video) if joined.frames else 0.0
    return Seen(story, joined.frames, lasts_until_s, joined.damage, joined.seconds_taken)


def recall(place: Workplace) -> tuple[Seen, Timeline]:
    """What :func:`remember` left. Raises OutputError where it is gone."""
    try:
        with (place.remembered / STORY).open("rb") as file:
            story = Story.read(file)
        facts = json.loads((place.remembered / FACTS).read_text(encoding="utf-8"))
    except (OSError, EOFError, ValueError) as error:
        raise OutputError("A part of this analysis is missing on the disk. Start the analysis again.") from error
    seen = Seen(story, **facts)
    return seen, Timeline.of(story, end_s=seen.end_s, person=place.settings.face)


class _Joined:
    """The sightings of all pieces as those of one recording. What it knows of the whole is true when it is through."""

    def __init__(self, paths: list[Path]) -> None:
        self._paths = paths
        self._scene: Sample | None = None
        self.frames = 0
        self.last_s: tuple[float, ...] = ()
        self.damage = ""
        self.seconds_taken = 0.0

    def __iter__(self) -> Iterator[Sighting]:
        for path in self._paths:
            piece = part.load(path)
            for place, sighting in enumerate(piece.sightings):
                cut = sighting.cut or (place == 0 and is_cut(self._scene, piece.first))
                yield replace(sighting, index=sighting.index + self.frames, cut=cut)
            self._add(piece)

    def _add(self, piece: Part) -> None:
        if len(piece.sightings):
            self._scene = piece.last
        self.frames += piece.frames
        self.last_s = (*self.last_s, *piece.last_s)[-2:]
        # How the file ends is what the last piece knows, and says more than that something was lost on the way.
        self.damage = piece.damage or self.damage
        self.seconds_taken += piece.seconds_taken

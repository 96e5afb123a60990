"""A recording made live: what was seen while it ran is taken as it was shown then, and nothing is computed again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from emotion.errors import OutputError
from emotion.jobs.see import Seen
from emotion.jobs.workplace import Planned
from emotion.notes import Note, NoteKind, Notes
from emotion.report.logbook import story_in
from emotion.report.story import Story
from emotion.store.kept import Kept
from emotion.types import Analysis

BROKE_OFF = "This recording broke off: the server ended while it was made. What came up to its last seconds is here."


def seen_live(kept: Kept, planned: Planned) -> Seen:
    """What was seen in the video's frames. Raises OutputError where it is gone.

    Where the session broke off, either may be ahead of the other by a second: what was seen in frames that the video
    has not is left out; frames of which it is not known what they show get the faces of the last that is known.
    """
    try:
        story = story_in(kept.seen, frames=planned.frames)
    except OSError as error:
        raise OutputError("What was seen in this live session is missing on the disk, so it has no results.") from error
    facts = kept.facts()
    if not len(story):
        story = Story.of([Analysis(0, 0.0, ())])
    return Seen(story, planned.frames, planned.duration_s, str(facts.get("ended", "")), 0.0)


def told(kept: Kept) -> dict[str, Any]:
    """How it was made, for its summary."""
    return {name: value for name, value in kept.facts().items() if name != "settings"} | {"markers": len(kept.marks())}


def save_marks(kept: Kept, path: Path) -> None:
    """Its markers as they lie in the database too, where people go on with them; none, no file. Raises OSError."""
    marks = sorted(kept.marks())
    if marks:
        notes = Notes(notes=tuple(Note(0, NoteKind.MARKER, at_s, None, text.strip()) for at_s, text in marks))
        path.write_text(notes.notes_csv(), encoding="utf-8", newline="")

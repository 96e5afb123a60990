"""What this person may do with which recording. Every page asks here, and every action of a page asks once more.

What a browser sends back (an address, a click on a page of yesterday) is no right; the database has the last word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from emotion.errors import NotAllowed, NotFound
from emotion.store import audit, recordings, shares
from emotion.store.shares import Share
from emotion.store.values import Recording
from emotion.web import state
from emotion.web.links import HOUR_S

LINK_OVER = (
    "This link shows nothing any more: its last day is over, or whoever made it ended it. Ask them for another one."
)
NO_MAKER = "You may look at what is shared with you. Ask the administrator if you want to have videos of your own here."


@dataclass(frozen=True, slots=True)
class Look:
    """A recording that this person may look at."""

    recording: Recording
    share: Share | None
    """By which link; None where it is their own, and may be changed."""

    @property
    def own(self) -> bool:
        """Whether it may be changed."""
        return self.share is None

    @property
    def share_id(self) -> str:
        """Empty where it is their own."""
        return self.share.id if self.share else ""


def mine(recording_id: str) -> Recording:
    """One of this person's own, to change or delete. Raises NotFound, for those of others too."""
    return recordings.get(state.database(), recording_id, owner=state.person())


def look(recording_id: str, share_id: str = "") -> Look:
    """One to look at: their own, or one that a link shows them. Raises NotFound."""
    if not share_id:
        return Look(mine(recording_id), None)
    share = shares.find(state.database(), recording_id, share_id)
    try:
        found = recordings.get(state.database(), recording_id)
    except NotFound:
        raise NotFound(LINK_OVER) from None
    if found.owner == state.person():
        return Look(found, None)
    if share is None:
        raise NotFound(LINK_OVER)
    return Look(found, share)


def maker() -> str:
    """This person, who may have recordings and live sessions of their own. Raises NotAllowed."""
    person = state.identity()
    if not person.makes:
        raise NotAllowed(NO_MAKER)
    return person.key


def note_opened(look: Look) -> None:
    """Into the audit log, once for each session and link."""
    seen = (look.recording.id, look.share_id)
    if seen in state.session().opened:
        return
    shared: dict[str, Any] = {"share": shares.in_log(look.share_id)} if look.share else {}
    if audit.mention(state.database(), state.person(), "recording.opened", look.recording.id, **shared):
        state.session().opened.add(seen)


def file_link(look: Look, name: str, *, lasts_s: float = HOUR_S, download_as: str | None = None) -> str:
    """The address of a file for this person: the same for ``lasts_s``, however often the page is drawn.

    Raises OutputError.
    """
    number, share, person = look.recording.id, look.share_id, state.person()

    def make() -> str:
        return state.links().file(number, name, person=person, share=share, lasts_s=lasts_s, download_as=download_as)

    return state.session().lasting((person, number, share, name, download_as), make, lasts_s)

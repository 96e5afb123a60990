"""What one person may have of this server: checked before anything is begun, so that nothing is lost half-way.

Two servers, or two tabs, that begin at the same moment may pass by one: these are for fairness, not for safety.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from emotion.errors import LimitReached
from emotion.jobs.inbox import GB, Inbox, in_gb
from emotion.settings import Settings
from emotion.store import usage
from emotion.store.database import Database

FULL = "Your videos take {} of the {} that you may have. Delete some in the library, or ask the administrator for room."
TOO_LARGE = (
    "This file has {}, and of the {} that you may have {} are left. "
    "Delete recordings in the library, or ask the administrator for more room."
)
TOO_MANY = "{} of your videos are waiting or being analysed, the most for one person. Try again when one is done."


@dataclass(frozen=True, slots=True)
class Allowance:
    """What somebody has, on its way in too, and may have. 0 is no limit."""

    size_bytes: int
    most_bytes: int
    jobs: int
    most_jobs: int

    @classmethod
    def of(cls, database: Database, settings: Settings, owner: str) -> Self:
        """Raises StoreError."""
        has, coming = usage.of(database, owner), Inbox.of(settings).of_owner(owner)
        return cls(
            has.size_bytes + sum(upload.length for upload in coming),
            int(settings.person_gb * GB),
            has.jobs + len(coming),
            settings.person_jobs,
        )

    def in_words(self) -> str:
        """What is used of what there is, a sentence; empty where nothing is limited."""
        parts = []
        if self.most_bytes:
            parts.append(f"Your videos take {in_gb(self.size_bytes)} of the {in_gb(self.most_bytes)} that you may have")
        if self.most_jobs:
            parts.append(f"{self.jobs} of at most {self.most_jobs} are waiting or being analysed")
        return f"{'; '.join(parts)}." if parts else ""

    def must_hold(self, size_bytes: int) -> None:
        """So much more. Raises LimitReached."""
        if self.most_bytes and self.size_bytes + size_bytes > self.most_bytes:
            left = in_gb(max(self.most_bytes - self.size_bytes, 0))
            raise LimitReached(TOO_LARGE.format(in_gb(size_bytes), in_gb(self.most_bytes), left))

    def must_have_room(self) -> None:
        """For something whose size nobody knows yet. Raises LimitReached."""
        if self.most_bytes and self.size_bytes >= self.most_bytes:
            raise LimitReached(FULL.format(in_gb(self.size_bytes), in_gb(self.most_bytes)))

    def must_have_turn(self) -> None:
        """One more analysis. Raises LimitReached."""
        if self.most_jobs and self.jobs >= self.most_jobs:
            raise LimitReached(TOO_MANY.format(self.jobs))

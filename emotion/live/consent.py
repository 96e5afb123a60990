"""What a person was told before the camera started, and that they went on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

VERSION = "2026-11-b"
"""Of the text on the page (emotion/web/consent.py): a new one when it says something else."""


@dataclass(frozen=True, slots=True)
class Consent:
    """The answer to the question before the first start of a session."""

    at: str
    """When, ISO 8601 in UTC."""
    version: str = VERSION
    """Which text was shown."""

    @classmethod
    def now(cls) -> Self:
        return cls(datetime.now(UTC).isoformat(timespec="seconds"))

    def as_facts(self) -> dict[str, str]:
        """JSON-able, to stand beside a recording."""
        return {"at": self.at, "text": self.version}

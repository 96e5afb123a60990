"""The words in which the rest of the house speaks about people: who somebody is, and what they may."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody may. Each may what those before it may."""

    VIEWER = "viewer"
    """Opens what is shared with them."""
    MEMBER = "member"
    """Uploads, is live, has recordings, shares them."""
    ADMINISTRATOR = "administrator"
    """Sees how the server is used; never the faces of others."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who is let in."""

    key: str
    """What the database calls them: the same person's at each sign-in, and never anybody else's."""
    name: str
    """What pages call them."""
    role: Role

    @property
    def makes(self) -> bool:
        """Whether they may have recordings and live sessions of their own."""
        return self.role is not Role.VIEWER

    @property
    def administers(self) -> bool:
        """Whether they may see how the server is used."""
        return self.role is Role.ADMINISTRATOR


EVERYBODY = Identity("local", "", Role.ADMINISTRATOR)
"""Without sign-in there is one person: whoever can open the address."""

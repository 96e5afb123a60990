"""How live pictures find their way between browser and server: the part of the settings that ``web/rtc.py`` reads."""

from __future__ import annotations

import re
from enum import StrEnum

from pydantic import BaseModel, Field, ValidationInfo, field_validator

# As RFC 7064 and RFC 7065 write them.
STUN_URL = r"stuns?:[^\s/?@]+"
TURN_URL = r"turns?:[^\s/?@]+(\?transport=(udp|tcp))?"


class RtcMode(StrEnum):
    """Whom browser and server ask for a way to each other."""

    LAN = "lan"
    """Nobody."""
    STUN = "stun"
    """A server that tells them which address a NAT gives them."""
    TURN = "turn"
    """A server that passes their pictures on."""


class RtcSettings(BaseModel):
    """Part of :class:`~emotion.settings.Settings`."""

    stun_url: str | None = Field(
        default=None, pattern=f"^{STUN_URL}$", description="stun:host:3478 of a STUN server, for rtc_mode stun or turn."
    )
    turn_urls: tuple[str, ...] = Field(
        default=(), description='TURN servers, as a JSON list: ["turn:host:3478?transport=udp", …].'
    )
    turn_secret: str | None = Field(
        default=None, min_length=16, repr=False, description="The secret that the TURN servers share with this server."
    )
    turn_ttl_s: float = Field(
        default=21_600, ge=10, le=604_800, description="A relay can be begun with the same credentials for so long."
    )
    turn_only: bool = Field(default=False, description="Whether live pictures always go by the relay.")
    # The last one, because it looks at the others.
    rtc_mode: RtcMode = Field(
        default=RtcMode.LAN, description="How browser and server find each other: lan, stun or turn."
    )

    @field_validator("turn_urls")
    @classmethod
    def _relays_have_addresses(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        for url in urls:
            if not re.fullmatch(TURN_URL, url):
                raise ValueError(f"'{url}' is none like turn:host:3478?transport=udp")
        return urls

    @field_validator("rtc_mode")
    @classmethod
    def _mode_has_servers(cls, mode: RtcMode, before: ValidationInfo) -> RtcMode:
        if mode is RtcMode.STUN and not before.data.get("stun_url"):
            raise ValueError("it needs EMOTION_STUN_URL")
        if mode is RtcMode.TURN and not (before.data.get("turn_urls") and before.data.get("turn_secret")):
            raise ValueError("it needs EMOTION_TURN_URLS and EMOTION_TURN_SECRET")
        return mode


RTC_SECRETS = frozenset({"turn_secret"})

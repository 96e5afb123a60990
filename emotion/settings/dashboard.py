"""Every tunable in one place: defaults, limits, and where each is used.

The environment sets them (``EMOTION_DETECTOR=haar``), the command line and the pages override some for one run. All are
validated on the way in; what makes no sense becomes one :class:`~emotion.errors.SettingsError` that names the variable.
"""

from __future__ import annotations

import json
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as UnparsableSetting

from emotion.errors import SettingsError
from emotion.settings.auth import AUTH_FIELDS, AUTH_SECRETS, AuthSettings
from emotion.settings.network import NetworkSettings
from emotion.settings.rtc import RTC_SECRETS, RtcSettings
from emotion.types import Emotion

APP = "emotion-dashboard"
HOOK_NAME = r"[A-Za-z0-9_-]{1,40}"
"""What the administrator may call a webhook, so that it can stand in a rule."""
CAMERA_ADDRESS = r"(rtsps?|https?)://\S+|/dev/video\d+|\d+"
"""What a camera of the server may be: on the network, a device, or a device's number."""
Probability = Annotated[float, Field(ge=0, le=1)]

# Left out they mean much: all of the machine's addresses, a database of one's own. So nobody says it by an empty line.
NEVER_EMPTY = frozenset({"address", "database_url"})

# What belongs to the server and not to one analysis: never kept with a job, never written into a result.
SERVER_FIELDS = AUTH_FIELDS | frozenset(
    {
        *NetworkSettings.model_fields,
        *RtcSettings.model_fields,
        "cache_dir",
        "data_dir",
        "keep_hours",
        "database_url",
        "workers",
        "tries",
        "lease_s",
        "min_free_gb",
        "dask_scheduler",
        "max_upload_gb",
        "upload_keep_hours",
        "uploads_per_minute",
        "sign_ins_per_minute",
        "person_gb",
        "person_jobs",
        "person_live",
        "media_dir",
        "cameras",
        "live_record",
        "live_max_hours",
        "live_fps",
        "live_sessions",
        "live_idle_s",
        "audit_days",
        "log_format",
        "metrics_token",
        "rules",
        "webhooks",
        "webhook_secret",
    }
)
# Values that no message may repeat.
SECRET_FIELDS = (
    AUTH_SECRETS | RTC_SECRETS | frozenset({"cameras", "database_url", "metrics_token", "webhooks", "webhook_secret"})
)


class DetectorName(StrEnum):
    """Which detector finds the faces."""

    MTCNN = "mtcnn"
    HAAR = "haar"


class Layer(StrEnum):
    """What is drawn over the video."""

    BOXES = "boxes"
    LABELS = "labels"
    NUMBERS = "numbers"
    LANDMARKS = "landmarks"
    BARS = "bars"


class Privacy(StrEnum):
    """Whose faces are blurred in every picture that is shown or kept."""

    NONE = "none"
    ALL = "all"
    OTHERS = "others"
    """All but the chosen one."""


class LogFormat(StrEnum):
    """How the log is written."""

    PLAIN = "plain"
    JSON = "json"


class CameraAddress(BaseModel):
    """A network or USB camera that the administrator attached to this server."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=60)
    address: str = Field(repr=False)


class Settings(AuthSettings, NetworkSettings, RtcSettings, BaseSettings):
    """All settings, immutable. Make a changed copy with :meth:`but`."""

    model_config = SettingsConfigDict(env_prefix="EMOTION_", frozen=True, extra="forbid")

    # Seeing.
    detector: DetectorName = DetectorName.MTCNN
    min_face_px: int = Field(default=40, ge=12, le=2000, description="Smallest face to look for, pixels of its side.")
    mtcnn_thresholds: tuple[Probability, Probability, Probability] = Field(
        default=(0.6, 0.7, 0.8), description="Probability that a face must reach in each of the three stages."
    )
    mtcnn_scale_factor: float = Field(default=0.709, gt=0.3, lt=0.95, description="Step of the picture pyramid.")
    haar_scale_factor: float = Field(default=1.1, gt=1, le=2, description="Step of the picture pyramid.")
    haar_neighbors: int = Field(default=5, ge=0, le=50, description="Neighbouring hits that make a face.")
    model: str = Field(
        default="emotion", min_length=1, description='"emotion", "fer", or the path of your own network.'
    )
    scan_interval_ms: int = Field(
        default=500, ge=0, le=60_000, description="The whole picture is searched at least this often; 0 is every frame."
    )
    every: int = Field(default=1, ge=1, le=10_000, description="Analyse every N-th frame of a recorded video.")
    from_s: float = Field(default=0, ge=0, allow_inf_nan=False, description="Where in a recorded video to begin.")
    to_s: float | None = Field(default=None, gt=0, allow_inf_nan=False, description="Where to end; its end if unset.")
    region: tuple[int, int, int, int] | None = Field(
        default=None, description="Look only here: left, top, width and height in pixels of the upright picture."
    )
    face: int = Field(default=0, ge=0, description="Whom the charts follow: a face's number; 0 is the largest.")
    segment_s: float = Field(
        default=30, ge=1, le=3600, description="A recorded video is worked on in spans of this length."
    )

    # Remembering.
    smoothing_s: float = Field(
        default=0.3, ge=0, le=10, description="Time constant of the scores' smoothing; 0 is none."
    )

    label_margin: float = Field(
        default=0.1, ge=0, le=1, description="Another emotion becomes the label when it leads by this much."
    )
    uncertain_below: float | None = Field(
        default=None, ge=0, le=1, description="Below this highest score a face is called uncertain [the model's own]."
    )

    # Showing.
    doubtful_quality: float = Field(default=0.3, ge=0, le=1, description="Faces of a lower quality get a grey label.")
    layers: frozenset[Layer] = frozenset({Layer.BOXES, Layer.LABELS})
    privacy: Privacy = Field(
        default=Privacy.NONE, description="Whose faces are blurred: none, all, or others (all but the chosen one)."
    )
    font: Path | None = Field(default=None, description="A TTF or OTF file for the video; DejaVu Sans if unset.")
    labels: dict[Emotion, str] = Field(default={}, description="Your own words for the emotions, as a JSON object.")

    # Writing.
    video_preset: str = Field(default="superfast", pattern="^(ultra|super|very)?fast(er)?$|^medium$|^slow(er)?$")
    video_crf: int = Field(
        default=23, ge=0, le=35, description="x264's constant rate factor; lower is better and larger."
    )

    # Keeping.
    cache_dir: Path = Field(default_factory=lambda: platformdirs.user_cache_path(APP), description="Converted models.")
    data_dir: Path = Field(default_factory=lambda: platformdirs.user_data_path(APP), description="Uploads and results.")
    keep_hours: float = Field(default=720, ge=0, description="Recordings are deleted after this time; 0 is never.")
    audit_days: float = Field(default=365, ge=0, description="Entries of the audit log are deleted after; 0 is never.")
    database_url: str | None = Field(
        default=None,
        min_length=1,
        repr=False,
        description="postgresql://…; an SQLite file in the data folder if unset.",
    )

    # Getting videos in.
    max_upload_gb: float = Field(default=20, gt=0, le=10_000, description="The largest video that can be uploaded.")
    upload_keep_hours: float = Field(
        default=24, gt=0, le=8760, description="An upload that was broken off can be resumed for so long."
    )
    media_dir: Path | None = Field(default=None, description="A folder of this server whose videos can be picked.")

    # What one person may have of this server. 0 is no limit.
    person_gb: float = Field(default=0, ge=0, le=1e6, description="GB of videos that one person may have stored.")
    person_jobs: int = Field(default=0, ge=0, description="Videos of one person that wait or are analysed at a time.")
    person_live: int = Field(default=0, ge=0, description="Live sessions that one person may have at a time.")
    uploads_per_minute: int = Field(default=120, ge=0, description="Uploads that one person may begin in a minute.")
    sign_ins_per_minute: int = Field(default=60, ge=0, description="Tries to sign in from one address in a minute.")

    # Live.
    cameras: tuple[CameraAddress, ...] = Field(
        default=(), repr=False, description='Cameras of this server, as a JSON list: [{"name": …, "address": …}, …].'
    )
    live_fps: float = Field(
        default=16, ge=1, le=120, description="So many pictures of a camera are analysed a second, at most."
    )

    # Events of a live session.
    rules: str = Field(default="", max_length=2000, description="What is noticed unless a person says otherwise.")
    webhooks: dict[str, str] = Field(
        default={}, repr=False, description="What rules may call, as a JSON object: a name and its http(s) address."
    )
    webhook_secret: str | None = Field(
        default=None, min_length=8, repr=False, description="Calls are signed with it; see docs/live.md."
    )

    live_sessions: int = Field(
        default=4, ge=1, le=256, description="So many live sessions one server process has at a time, at most."
    )
    live_idle_s: float = Field(
        default=15, ge=2, le=3600, description="A live session without a picture for so long gives up its place."
    )

    # Keeping a live session.
    live_record: bool = Field(default=True, description="Whether live sessions can be recorded.")
    live_max_hours: float = Field(default=4, gt=0, le=24, description="A live recording ends by itself after so long.")

    # Watching over it.
    log_format: LogFormat = Field(default=LogFormat.PLAIN, description="The log's lines: for people, or JSON objects.")
    metrics_token: str | None = Field(
        default=None,
        min_length=16,
        repr=False,
        description="Who knows it may read /metrics and the details of /readyz.",
    )

    # Working.
    workers: int | None = Field(
        default=None, ge=1, le=256, description="Worker processes; the cores less one if unset."
    )
    tries: int = Field(
        default=3, ge=1, le=20, description="So often a part of a video is tried that ends unexpectedly."
    )
    lease_s: float = Field(
        default=120, ge=1, le=86_400, description="Work that shows no progress for so long has hung."
    )
    min_free_gb: float = Field(default=1, ge=0, description="No work is begun while the data folder's disk has less.")
    dask_scheduler: str | None = Field(
        default=None, description="tcp://host:port of a Dask cluster that does the work."
    )

    @field_validator("*", mode="before")
    @classmethod
    def _nothing_is_unset(cls, value: Any, info: ValidationInfo) -> Any:
        """A line left empty in a file of settings, as in ``EMOTION_OIDC_CLIENT_SECRET=``, says nothing."""
        # Only where unset has a meaning of its own: with an empty EMOTION_PROXY_EMAIL_HEADER none is believed.
        name = info.field_name or ""
        unset = name not in NEVER_EMPTY and cls.model_fields[name].default is None
        return None if unset and value == "" else value

    @field_validator("cameras")
    @classmethod
    def _cameras_have_addresses(cls, cameras: tuple[CameraAddress, ...]) -> tuple[CameraAddress, ...]:
        for camera in cameras:
            if not re.fullmatch(CAMERA_ADDRESS, camera.address):
                raise ValueError(f"'{camera.name}' needs an rtsp:// or http:// address, or a device like /dev/video0")
        if len({camera.name for camera in cameras}) < len(cameras):
            raise ValueError("two cameras have the same name")
        return cameras

    @field_validator("webhooks")
    @classmethod
    def _webhooks_have_addresses(cls, webhooks: dict[str, str]) -> dict[str, str]:
        for name, address in webhooks.items():
            if not re.fullmatch(HOOK_NAME, name):
                raise ValueError("a name has up to 40 letters, digits, '-' and '_'")
            if not _is_web_address(address):
                raise ValueError(f"'{name}' needs a whole address that begins with http:// or https://")
        return webhooks

    @field_validator("region")
    @classmethod
    def _region_is_one(cls, region: tuple[int, int, int, int] | None) -> tuple[int, int, int, int] | None:
        if region is not None and (min(region[:2]) < 0 or min(region[2:]) < 1):
            raise ValueError("it is left and top, both 0 or more, then width and height, both 1 or more")
        return region

    @field_validator("to_s")
    @classmethod
    def _range_is_one(cls, to_s: float | None, before: ValidationInfo) -> float | None:
        from_s = before.data.get("from_s", 0.0)
        if to_s is not None and to_s <= from_s:
            raise ValueError(f"the range would end before it begins, at {from_s:g} seconds")
        return to_s

    @classmethod
    def load(cls, **overrides: Any) -> Self:
        """The settings of this environment, with ``overrides`` for this run. Raises SettingsError."""
        try:
            return cls(**overrides)
        except ValidationError as error:
            raise SettingsError(_sentence(error)) from error
        except UnparsableSetting as error:
            name = re.findall(r'"(\w+)"', str(error))[:1] or ["unknown"]
            sentence = f"EMOTION_{name[0].upper()} must be written as JSON; the README has examples."
            raise SettingsError(sentence) from error

    def but(self, **changes: Any) -> Self:
        """A validated copy with ``changes``. Raises SettingsError."""
        return self.load(**{**self.model_dump(), **changes})

    def for_the_record(self) -> dict[str, Any]:
        """What a result depends on, for its summary: no folder of this machine, and a model by its file name only."""
        record = self.model_dump(mode="json", exclude={*SERVER_FIELDS, "font"})
        return {**record, "layers": sorted(record["layers"]), "model": Path(self.model).name}

    def for_a_job(self) -> dict[str, Any]:
        """What the results of an analysis depend on, as JSON: kept with the job, and given back by :meth:`of_a_job`."""
        record = self.model_dump(mode="json", exclude=set(SERVER_FIELDS))
        return {**record, "layers": sorted(record["layers"])}

    def of_a_job(self, kept: dict[str, Any]) -> Self:
        """This server's settings with those of a job; what this version does not know any more is left out."""
        known = {name: value for name, value in kept.items() if name in type(self).model_fields}
        return self.but(**{name: value for name, value in known.items() if name not in SERVER_FIELDS})

    def as_environment(self) -> dict[str, str]:
        """The same settings as variables for a process of ours: what they hold, :meth:`load` gives back there."""
        prefix = self.model_config["env_prefix"]
        return {
            f"{prefix}{name.upper()}": value if isinstance(value, str) else json.dumps(value)
            for name, value in self.model_dump(mode="json", exclude_none=True).items()
        }


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, an IPv6 address without its end
        return False


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "the settings"
    reason = first["msg"].removeprefix("Value error, ")
    value = "what it is" if name in SECRET_FIELDS else repr(first["input"])
    return f"EMOTION_{name.upper()} (or its option) cannot be {value}: {reason}."

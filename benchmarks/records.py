"""What was measured, as JSON lines: the value, whether it is enough, and what it depends on."""

from __future__ import annotations

import json
import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from emotion.media.probe import probe
from emotion.settings import Settings


@dataclass(frozen=True, slots=True)
class Must:
    """What a figure has to be: at least, or at most, or so near to the limit."""

    limit: float
    kind: Literal["≥", "≤", "±"] = "≥"
    slack: float = 0.0

    def met_by(self, value: float) -> bool:
        if self.kind == "±":
            return abs(value - self.limit) <= self.slack
        return value >= self.limit if self.kind == "≥" else value <= self.limit

    def __str__(self) -> str:
        return f"{self.limit:g} ± {self.slack:g}" if self.kind == "±" else f"{self.kind} {self.limit:g}"


def record(figure: str, what: str, value: float, unit: str, must: Must | None = None, **details: Any) -> dict[str, Any]:
    """One line of the result: what was measured, whether it is enough, and all that it was made of."""
    verdict = {"must": str(must), "met": must.met_by(value)} if must else {}
    return {"figure": figure, "what": what, "value": rounded(value), "unit": unit, **verdict, **_rounded(details)}


def surroundings(clip: Path) -> dict[str, Any]:
    """What the figures depend on: the clip by its name only, the machine in general, settings that are not usual."""
    info = probe(clip)
    usual, now = (made.for_the_record() for made in (Settings.model_construct(), Settings.load()))
    return {
        "clip": {
            "name": clip.name,
            "size": [info.width, info.height],
            "frames": info.frames,
            "rate": rounded(info.frame_rate),
        },
        "machine": {
            "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
            "architecture": platform.machine(),
            "python": platform.python_version(),
            "load_before": rounded(os.getloadavg()[0]),
        },
        "settings": {name: value for name, value in now.items() if value != usual[name]},
        "date": time.strftime("%Y-%m-%d"),
    }


def rounded(value: float) -> float:
    """Four significant digits: more are noise."""
    return float(f"{value:.4g}")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return rounded(value)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list | tuple) else value


def as_line(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)

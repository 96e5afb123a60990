"""One still picture in, one JSON-able value out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from emotion.media.pictures import read_picture
from emotion.types import Frame
from emotion.vision.engine import Engine


def describe_picture(path: Path, engine: Engine) -> dict[str, Any]:
    """``{"path", "faces": [{"box": [x, y, width, height], "confidence", "scores": {...}, "dominant"}]}``.

    Raises UnreadablePicture.
    """
    sighting = engine.see(Frame(0, 0.0, read_picture(path)))
    return {
        "path": str(path),
        "faces": [
            {
                "box": [round(side, 1) for side in (box.x, box.y, box.width, box.height)],
                "confidence": round(reading.detection.confidence, 4),
                "scores": {emotion: round(score, 4) for emotion, score in reading.scores.as_dict().items()},
                "dominant": reading.scores.dominant,
            }
            for reading in sighting.readings
            for box in [reading.detection.box]
        ],
    }

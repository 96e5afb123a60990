"""Faces to emotions, live and in recorded videos. From Python in three lines::

    with emotion.open_video("interview.mp4") as video:
        timeline = emotion.Timeline.of(emotion.analyze(video, emotion.Engine.create(emotion.Settings.load())))
    timeline.save("faces.csv")

:func:`analyze` yields one :class:`~emotion.types.Analysis` per frame as it goes, for programs that want to look along.
Everything else a recording gives (annotated and merged video, GIF, chart, summary) comes from
:func:`emotion.jobs.analyze.analyze_file`, which is what ``emotion analyze`` calls.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emotion.jobs.see import analyze as analyze
    from emotion.media.read import open_video as open_video
    from emotion.report.timeline import Timeline as Timeline
    from emotion.settings import Settings as Settings
    from emotion.vision.engine import Engine as Engine

# Loaded when first used: `import emotion` itself costs nothing and pulls in no heavy library.
_HOMES = {
    "analyze": "emotion.jobs.see",
    "open_video": "emotion.media.read",
    "Timeline": "emotion.report.timeline",
    "Settings": "emotion.settings",
    "Engine": "emotion.vision.engine",
}
__all__ = ["Engine", "Settings", "Timeline", "analyze", "open_video"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'emotion' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOMES[name]), name)

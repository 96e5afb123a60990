"""How it stands with a job, in words."""

from __future__ import annotations

from typing import Any

import pytest

from emotion.jobs.room import shortage
from emotion.jobs.telling import outlook_in_words
from emotion.store.values import JobState, Outlook, Step

BLANK = {
    "state": JobState.RUNNING,
    "message": "",
    "before": 0,
    "wait_s": None,
    "step": None,
    "frames_done": 0,
    "frames_total": 0,
    "frames_per_second": 0.0,
    "left_s": None,
    "share": 0.0,
}
BUSY = {"step": Step.SEE, "frames_done": 120, "frames_total": 472}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"state": JobState.WAITING}, "Waiting", id="next"),
        pytest.param({"state": JobState.WAITING, "before": 2}, "Waiting: 2 before this one", id="nothing measured"),
        pytest.param(
            {"state": JobState.WAITING, "before": 1, "wait_s": 185.0},
            "Waiting: 1 before this one, begins in about 3:05 min",
            id="measured",
        ),
        pytest.param({}, "Starting", id="claimed"),
        pytest.param({"step": Step.PLAN}, "Looking through the video", id="a step without frames"),
        pytest.param(BUSY, "Looking for faces: 120 of 472 frames", id="no speed yet"),
        pytest.param(
            {**BUSY, "frames_per_second": 61.2, "left_s": 12.0},
            "Looking for faces: 120 of 472 frames, 61 frames/s, about 12 s left",
            id="under way",
        ),
        pytest.param({"state": JobState.PAUSED, "message": "No room."}, "Paused: No room.", id="paused"),
        pytest.param({"state": JobState.FAILED, "message": "No video."}, "Failed: No video.", id="failed"),
        pytest.param({"state": JobState.DONE}, "Done", id="done"),
    ],
)
def test_in_words(values: dict[str, Any], expected: str) -> None:
    assert outlook_in_words(Outlook(**{**BLANK, **values})) == expected


def test_room(tmp_path: Any) -> None:
    assert shortage(tmp_path, 0) is None
    assert "nearly full" in (shortage(tmp_path, 1e9) or "")
    assert "cannot be read" in (shortage(tmp_path / "gone", 0) or "")

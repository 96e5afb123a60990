"""The log: one form for all, numbers in each line, and nothing in it that has no business there."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from emotion.logs import harmless

ID = "0123456789abcdef" * 2

# What a process logs, some of it by libraries that have handlers of their own before, and after.
TALKING = f"""
import logging, sys, warnings
early = logging.getLogger("library.early")
early.addHandler(logging.StreamHandler(sys.stdout))
early.propagate = False
from emotion import logs
heard = []
for _ in range(2):
    logs.begin(as_json=sys.argv[1] == "json", page=lambda: "page-1", count=heard.append)
late = logging.getLogger("library.late")
late.addHandler(logging.StreamHandler(sys.stdout))
late.propagate = False
early.info("early %s", "ann@example.org")
logs.number_task("request-1")
with logs.numbered(job="{ID}"):
    try:
        raise FileNotFoundError(2, "No such file", "/data/recordings/x/source/Ann's birthday.mp4")
    except FileNotFoundError:
        late.exception("late")
logging.getLogger("alembic").info("unheard")
warnings.warn("careful")
logging.getLogger("own").warning("counted: %s", sorted(set(heard)))
"""


def said(form: str) -> list[str]:
    run = subprocess.run([sys.executable, "-c", TALKING, form], capture_output=True, text=True, check=True)
    assert run.stdout == ""
    return run.stderr.splitlines()


def test_json_lines() -> None:
    early, late, warning, own = map(json.loads, said("json"))
    assert early["message"] == "early <e-mail>"
    assert (early["level"], early["logger"], early["request"]) == ("INFO", "library.early", "page-1")
    assert "job" not in early
    assert (late["request"], late["job"], late["message"]) == ("request-1", ID, "late")
    assert "FileNotFoundError" in late["error"]
    assert "Ann" not in late["error"]
    assert "job" not in own
    assert (warning["logger"], own["message"]) == ("py.warnings", "counted: ['error', 'info', 'warning']")
    assert all({"time", "level", "logger", "process", "message"} <= set(line) for line in (early, late, warning, own))


def test_plain_lines() -> None:
    lines = said("plain")
    assert lines[0].endswith(" INFO library.early: early <e-mail> [request page-1]")
    assert lines[1].endswith(f" ERROR library.late: late [request request-1, job {ID}]")
    assert lines[2] == "Traceback (most recent call last):"
    assert "Ann" not in "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("see of 3f failed", "see of 3f failed", id="nothing to hide"),
        pytest.param("Ask Ann <ann.b+c@mail.example.org>!", "Ask Ann <<e-mail>>!", id="e-mail"),
        pytest.param("No: '/d/source/My film' (2)", "No: '/d/source/<video>", id="a video of any name"),
        pytest.param(r"C:\videos\Ann.MKV is gone", r"C:\videos\<video> is gone", id="Windows"),
        pytest.param("merged.mp4", "merged.mp4", id="our own result"),
        pytest.param("/r/results/annotated.mp4", "/r/results/annotated.mp4", id="our own result in its folder"),
        pytest.param("GET /x?key=a.b-c&as=Ann.csv 403", "GET /x?key=<hidden>&as=<hidden> 403", id="signed link"),
        pytest.param("Authorization: Bearer abc.def", "Authorization: Bearer <hidden>", id="token"),
        pytest.param("postgresql://user:secret@db/x", "postgresql://<hidden>@db/x", id="password of the database"),
        pytest.param(
            '192.0.2.7:5000 - "WebSocket /_stcore/stream" [accepted]',
            '<address> - "WebSocket /_stcore/stream" [accepted]',
            id="who opened a page",
        ),
        pytest.param("rtsp://ann:pw@10.0.0.7/cam", "rtsp://<hidden>@10.0.0.7/cam", id="password of a camera"),
        pytest.param(
            "null value\nDETAIL:  Failing row contains (1, Ann, 2).\nend", "null value\nDETAIL: <hidden>\nend", id="row"
        ),
    ],
)
def test_what_has_no_business_in_a_log(text: str, expected: str) -> None:
    assert harmless(text) == expected

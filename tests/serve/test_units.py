"""The units in deploy/systemd are such that systemd takes them, and take away what the dashboard does not need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import programs
import pytest
from dashboard import ROOT

from emotion.settings import Settings

FOLDER = ROOT / "deploy" / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))
# Of 100; a service without any of it has 92.
EXPOSED = 20


def unit(path: Path, folder: Path) -> Path:
    """A copy that starts a program which is there, with settings that are there."""
    text = path.read_text().replace("/opt/emotion/venv/bin/emotion", sys.executable)
    copy = folder / path.name
    copy.write_text(text.replace("/etc/emotion/emotion.env", str(FOLDER / "emotion.env")))
    return copy


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_understands_it(path: Path, tmp_path: Path) -> None:
    command = [programs.program("systemd-analyze", "systemd"), "verify", "--man=no", str(unit(path, tmp_path))]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    assert [line for line in told.splitlines() if path.name.partition("@")[0] in line] == []


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_what_it_does_not_need_is_taken_away(path: Path, tmp_path: Path) -> None:
    command = [programs.program("systemd-analyze", "systemd"), "security", "--offline=true", f"--threshold={EXPOSED}"]
    done = subprocess.run([*command, str(unit(path, tmp_path))], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr


def test_the_settings_beside_them_are_some(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [line for line in (FOLDER / "emotion.env").read_text().splitlines() if line and not line.startswith("#")]
    for name, value in (line.split("=", 1) for line in lines):
        monkeypatch.setenv(name, value or "filled in by the administrator")
    settings = Settings.load()
    assert {name for name, _ in (line.split("=", 1) for line in lines)} <= {
        f"EMOTION_{name.upper()}" for name in type(settings).model_fields
    }

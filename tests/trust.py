"""A person who told the computer to trust an authority: for browsers that tests start."""

from __future__ import annotations

import subprocess
from pathlib import Path

import programs


def home(folder: Path, authority: Path) -> dict[str, str]:
    """The environment of a person whose Chromium trusts ``authority`` (a PEM file), as docs/deploy.md says it."""
    certutil = programs.program("certutil", "libnss3-tools")
    database = folder / ".pki" / "nssdb"
    database.mkdir(parents=True)
    subprocess.run([certutil, "-N", "--empty-password", "-d", f"sql:{database}"], check=True)
    trusting = [certutil, "-A", "-d", f"sql:{database}", "-t", "C,,", "-n", "Emotion Dashboard", "-i", str(authority)]
    subprocess.run(trusting, check=True)
    return {"HOME": str(folder)}

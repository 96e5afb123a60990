"""A small disk of its own for one process, which can become full or read-only while that runs; Linux only."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

MOUNT = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"'
OWN_MOUNTS = ["unshare", "--map-root-user", "--mount"]
# Another view of the same folder lies over it, in which nothing can be written. What was open before still can be.
CLOSE = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"'
OPEN = 'umount "$1"'


@dataclass(frozen=True, slots=True)
class Disk:
    """``folder`` for the process ``pid``, and for nobody else."""

    folder: Path
    pid: int

    @property
    def here(self) -> Path:
        """The same as other processes find it."""
        return Path(f"/proc/{self.pid}/root{self.folder}")

    def fill(self, *, but: int) -> None:
        """Leaves so many bytes free, or none where the process itself takes the last ones meanwhile."""
        with (self.here / "filler").open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while (free := _free(self.here)) > but:
                file.write(bytes(min(free - but, 1 << 20)))

    def empty(self) -> None:
        (self.here / "filler").unlink()

    def close(self) -> None:
        """Read-only from now on."""
        self._do(CLOSE)

    def open(self) -> None:
        self._do(OPEN)

    def _do(self, script: str) -> None:
        enter = ["nsenter", "--target", str(self.pid), "--user", "--mount", "--preserve-credentials"]
        subprocess.run([*enter, "sh", "-c", script, "sh", str(self.folder)], check=True, capture_output=True)


def small(folder: Path, megabytes: int) -> list[str]:
    """The command that starts another one with such a disk at ``folder``. Skips where nobody may mount one.

    Under CI too: containers forbid it, whatever is installed there.
    """
    command = [*OWN_MOUNTS, "sh", "-c", MOUNT, "sh", f"{megabytes}m", str(folder)]
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody mount a small disk")
    return command


def _free(path: Path) -> int:
    return shutil.disk_usage(path).free

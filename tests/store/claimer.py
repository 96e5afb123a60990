"""Claims and finishes whatever there is, and prints what; started several times at once by test_races.py."""

from __future__ import annotations

import os
import sys
import time

from emotion.settings import Settings
from emotion.store import jobs, leases, workers
from emotion.store.database import Database
from emotion.store.values import JobState, Step, Worker

SEGMENTS = 10


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


with Database.open(Settings.load()) as database:
    me = sys.argv[1]
    workers.register(database, Worker(me, "here", os.getpid(), time.time(), time.time()))
    tell("ready")
    sys.stdin.readline()  # all begin together
    while jobs.count(database, JobState.WAITING, JobState.RUNNING):
        lease = leases.claim(database, me, lease_s=600, tries=3)
        if lease is None:
            time.sleep(0.02)
            continue
        tell(f"{lease.recording.id} {lease.step} {lease.number}")
        leases.finish(database, lease, segments=SEGMENTS if lease.step is Step.PLAN else None, frames=20)

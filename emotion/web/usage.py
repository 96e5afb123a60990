"""The administrators' page: how the server is used and by whom; never what is on a video, or what it is called."""

from __future__ import annotations

import csv
import datetime
import io
import json
import shutil
from typing import Any

import streamlit as st

from emotion.access.values import EVERYBODY
from emotion.errors import NotAllowed
from emotion.jobs.inbox import in_gb
from emotion.jobs.progress import duration
from emotion.notes import harmless
from emotion.store import audit, people
from emotion.store.audit import Entry
from emotion.store.people import LIVE_DAYS, Person
from emotion.store.standing import Standing, standing
from emotion.store.values import JobState
from emotion.web import sessions, state
from emotion.web.glance import moment

ONLY_ADMINISTRATORS = "Only administrators see how the server is used. Ask yours if you need to."
KINDS = {"Everything": "", "Signing in and out": "signed.", "Recordings": "recording.", "Live sessions": "live."}
SHOWN = 500
# A year of a busy server; 20 MB of CSV.
MOST = 200_000


def only_administrators() -> None:
    """Raises NotAllowed for everybody else, NotSignedIn."""
    if not state.identity().administers:
        raise NotAllowed(ONLY_ADMINISTRATORS)


def show_server() -> None:
    """How it stands with the server now."""
    now = standing(state.database())
    disk = shutil.disk_usage(state.settings().data_dir)
    with st.container(horizontal=True, gap="large"):
        for label, value, hint in _figures(now, disk.free, disk.total):
            st.metric(label, value, help=hint, width="content")
    if not now.workers:
        st.warning(
            "No worker has been seen lately: nothing is analysed. The server's log says why.", icon=":material/warning:"
        )


def _figures(now: Standing, free: int, total: int) -> list[tuple[str, str, str]]:
    waiting, running = now.jobs[JobState.WAITING] + now.jobs[JobState.PAUSED], now.jobs[JobState.RUNNING]
    live = f"{now.live.running} of {now.live.places}" if now.live.places else "0"
    speed = f"{now.frames_per_second:.0f} frames a second" if now.tasks_running else "none under way"
    return [
        ("Recordings", f"{now.recordings:,}", f"Their videos have {in_gb(now.recorded_bytes)}; results come on top."),
        ("In the queue", f"{waiting + running:,}", f"{waiting} wait, {running} are being analysed: {speed}."),
        ("Workers", f"{now.workers}", "Processes that analyse recordings, on all machines."),
        ("Live now", live, f"{now.live.waiting} wait for a place."),
        ("Disk free", in_gb(free), f"Of {in_gb(total)}, where the data folder lies."),
    ]


def show_people() -> None:
    """Who uses how much."""
    found = people.everybody(state.database())
    if not found:
        st.info("Nobody has used the server yet.", icon=":material/group:")
        return
    zone = st.context.timezone
    st.dataframe(
        [_row(person) for person in found],
        key="usage-people",
        hide_index=True,
        height="auto" if len(found) <= 12 else 400,
        placeholder="–",
        column_config={
            "Person": st.column_config.TextColumn(pinned=True, width="medium"),
            "Videos": st.column_config.TextColumn(help="As they came; results come on top."),
            f"Live, {LIVE_DAYS} days": st.column_config.TextColumn(help="Sessions that have ended."),
            "Last seen": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm", timezone=zone),
        },
        alt="Who uses how much",
    )


def _row(person: Person) -> dict[str, object]:
    return {
        "Person": _called(person.key, person.name),
        "Recordings": person.usage.recordings,
        "Videos": in_gb(person.usage.size_bytes) if person.usage.size_bytes else None,
        "In the queue": person.usage.jobs,
        "Live now": person.live_now,
        f"Live, {LIVE_DAYS} days": duration(person.live_s) if person.live_s else None,
        "Last seen": None if person.seen_s is None else moment(person.seen_s),
        "Key": person.key,
    }


def _called(key: str, name: str) -> str:
    own = {EVERYBODY.key: "Everybody (no sign-in)", audit.SERVER: "The server itself"}
    return own.get(key) or name or key


def show_log() -> None:
    """Who did what: filters, the newest entries, and all of them as a table to download."""
    names = people.names(state.database())
    wanted = _filters(names)
    found = audit.find(state.database(), **wanted, limit=SHOWN)
    days = state.settings().audit_days
    kept = f"Entries are kept for {days:g} days." if days else "Entries are kept for ever."
    if not found:
        st.info(f"Nothing of that kind has been noted. {kept}", icon=":material/history:")
        return
    st.dataframe(
        [_entry(entry, names) for entry in found],
        key="usage-log",
        hide_index=True,
        height=400 if len(found) > 12 else "auto",
        column_config={
            "When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm:ss", timezone=st.context.timezone),
        },
        alt="The audit log",
    )
    more = f" These are the newest {SHOWN}; the download has all." if len(found) == SHOWN else ""
    st.caption(f"{kept}{more}")
    _download(wanted, names)


def _entry(entry: Entry, names: dict[str, str]) -> dict[str, object]:
    return {
        "When": moment(entry.at_s),
        "Who": _called(entry.actor, names.get(entry.actor, "")),
        "What": entry.action,
        "Which": entry.object,
        "Details": _detail(entry),
    }


def _filters(names: dict[str, str]) -> dict[str, Any]:
    kind, who, since = st.columns([2, 2, 1])
    action = KINDS[kind.selectbox("What", list(KINDS), key="usage-kind")]
    actor = who.text_input("Who", key="usage-who", placeholder="Part of a name or key", icon=":material/search:")
    day = since.date_input("Since", value=None, key="usage-since", format="YYYY-MM-DD")
    begin = datetime.datetime.combine(day, datetime.time(), tzinfo=datetime.UTC) if day else None
    part = actor.strip()
    known = [key for key, name in names.items() if part.casefold() in name.casefold()]
    since_s = begin.timestamp() if begin else 0.0
    return {"action": action, "actor": part, "actors": known, "since_s": since_s}


def _download(wanted: dict[str, Any], names: dict[str, str]) -> None:
    database, person = state.database(), state.person()
    st.download_button(
        "All as CSV",
        # Made when it is asked for.
        data=lambda: sessions.handed_out(person, as_csv(audit.find(database, **wanted, limit=MOST), names)),
        file_name="audit.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
    )


def as_csv(entries: tuple[Entry, ...], names: dict[str, str]) -> bytes:
    """A line for each; times are UTC. ``names`` of persons, by their keys."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(["time", "key", "name", "action", "object", "details"])
    for entry in entries:
        time = moment(entry.at_s).isoformat(timespec="seconds")
        cells = (entry.actor, names.get(entry.actor, ""), entry.action, entry.object, _detail(entry))
        writer.writerow([time, *map(harmless, cells)])
    return file.getvalue().encode("utf-8")


def _detail(entry: Entry) -> str:
    return json.dumps(entry.detail, ensure_ascii=False) if entry.detail else ""

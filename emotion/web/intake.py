"""Ways for a video to come in: from the browser, or from the folder that the administrator opened."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from emotion.jobs.inbox import Inbox, in_gb
from emotion.jobs.limits import Allowance
from emotion.jobs.submit import submit_media, submit_upload
from emotion.media import library
from emotion.settings import Settings
from emotion.web import rights, state
from emotion.web.dropzone import arrived, drop_zone
from emotion.web.telling import attempt

# A folder of thousands of files is not read again at every click.
FOLDER_S = 30


def take_uploads(settings: Settings) -> None:
    """The drop zone. Whatever has come whole becomes a recording at once, analysed with ``settings``; what another page
    left behind, blurred as was chosen there."""
    person = rights.maker()
    left = Inbox.of(settings).forgotten(person)
    came = [upload for upload in arrived(person=person) if upload not in left]
    submit = partial(submit_upload, state.database(), owner=person)
    for upload in left:
        attempt(partial(submit, settings=upload.as_wanted(settings), upload_id=upload.id))
    for upload in came:
        attempt(partial(submit, settings=settings, upload_id=upload.id))
    drop_zone(person=person, privacy=settings.privacy)


def allowance(settings: Settings) -> None:
    """What this person has and may have; nothing where it is not limited."""
    if settings.person_gb or settings.person_jobs:
        st.caption(Allowance.of(state.database(), settings, state.person()).in_words())


def pick_from_folder(settings: Settings) -> None:
    """The videos of the server's folder, to choose without uploading; nothing where there is no such folder."""
    if settings.media_dir is None:
        return
    there = _videos(settings.media_dir)
    picked = st.multiselect(
        "Or choose from the server's folder",
        list(there),
        format_func=lambda path: f"{path} ({in_gb(there[path])})",
        placeholder="Type a part of a name" if there else "There is no video in it yet",
        key="picked",
    )
    st.button(
        "Analyse",
        icon=":material/play_arrow:",
        disabled=not picked,
        on_click=_take_picked,
        args=(settings, picked),
    )


def _take_picked(settings: Settings, picked: list[str]) -> None:
    if not state.session().is_new_click("picked"):
        return
    st.session_state["picked"] = [path for path in picked if not attempt(partial(_take_one, settings, path))]


def _take_one(settings: Settings, path: str) -> None:
    database, owner = state.database(), rights.maker()
    Allowance.of(database, settings, owner).must_have_turn()
    submit_media(database, settings, path, owner=owner)


@st.cache_data(ttl=FOLDER_S, show_spinner=False)
def _videos(folder: Path) -> dict[str, int]:
    """Path -> bytes."""
    return {video.path: video.size_bytes for video in library.videos(folder)}

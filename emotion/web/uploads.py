"""From the browser to the server's disk. A later way to upload replaces :func:`take_uploads` only."""

from __future__ import annotations

import shutil
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from emotion.files import output_error, safe_name
from emotion.web.state import housekeeper, session

VIDEO_ENDINGS = ["mp4", "mov", "mkv", "webm", "avi"]
PIECE_BYTES = 1 << 20


def take_uploads() -> list[Path] | None:
    """Shows the drop zone and its button. When pressed: the videos, on disk, each in a folder of its own; else None.

    The widget is emptied then, because it holds whole files in the server's memory. Raises OutputError.
    """
    mine = session()
    uploads = st.file_uploader(
        "Recorded videos",
        type=VIDEO_ENDINGS,
        accept_multiple_files=True,
        key=f"uploads-{mine.upload_round}",
        help="MP4, MOV, MKV, WebM or AVI. They stay on this server and are deleted after the analysis.",
    )
    if not st.button("Analyse", type="primary", icon=":material/play_arrow:", disabled=not uploads):
        return None
    paths: list[Path] = []
    try:
        for upload in uploads:
            paths.append(_copy(upload, housekeeper().upload_folder()))
    except OSError as error:
        for path in paths:
            shutil.rmtree(path.parent, ignore_errors=True)
        raise output_error(error, Path("uploads")) from error
    mine.upload_round += 1
    return paths


def _copy(upload: UploadedFile, folder: Path) -> Path:
    path = folder / safe_name(upload.name)
    try:
        folder.mkdir(parents=True)
        with path.open("wb") as file:
            shutil.copyfileobj(upload, file, PIECE_BYTES)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return path

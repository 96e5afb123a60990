"""The choice of the source in the sidebar."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from clips import make_clip
from streamlit.testing.v1 import AppTest

from emotion.live.sources import AttachedCamera, Recording, Sample
from emotion.store import recordings
from emotion.store.database import Database
from emotion.store.places import Places
from emotion.store.values import Origin
from emotion.web.links import EVERYBODY
from emotion.web.live_source import PLACES, FromBrowser, FromServer, Source

CAMERAS = [{"name": "Entrance", "address": "rtsp://u:s3cret-word@192.0.2.9/1"}]


def page() -> None:
    import streamlit as st

    from emotion.web import live_source

    st.session_state["got"] = live_source.choose()


def opened() -> AppTest:
    app = AppTest.from_function(page, default_timeout=120).run()
    assert not app.exception
    return app


def source(app: AppTest) -> Source:
    found = app.session_state["got"]
    assert isinstance(found, FromBrowser | FromServer)
    return found


def choose(app: AppTest, box: str, option: str) -> None:
    (found,) = [one for one in app.selectbox if one.label == box]
    found.set_value(option).run()
    assert not app.exception


def test_the_camera_is_what_it_begins_with() -> None:
    app = opened()
    assert source(app) == FromBrowser("Camera", "camera", "", (640, 480), 30)
    assert "attached" not in app.selectbox[0].options, "There is none, and it is offered."


def test_size_and_rate() -> None:
    app = opened()
    app.button_group[0].set_value("1280 × 720").run()
    app.button_group[1].set_value(15).run()
    assert source(app) == FromBrowser("Camera", "camera", "", (1280, 720), 15)
    choose(app, "Pictures come from", "screen")
    assert source(app) == FromBrowser("Screen", "screen", "", (1280, 720), 15)


def test_a_drawn_face_where_there_is_no_video() -> None:
    app = opened()
    choose(app, "Pictures come from", "video")
    assert source(app) == FromServer("Drawn face", Sample())
    assert "There is no recorded video yet" in app.caption[0].value


def test_videos_of_the_folder_and_of_the_library(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "media"
    folder.mkdir()
    make_clip(folder / "walk.mp4", times_s=[0.0, 0.1], sound=None)
    monkeypatch.setenv("EMOTION_MEDIA_DIR", str(folder))
    for name, owner in (("mine.mp4", EVERYBODY), ("hers.mp4", "somebody else")):
        number = recordings.new_id()
        place = Places(tmp_path).source(number)
        place.mkdir(parents=True)
        make_clip(place / name, times_s=[0.0, 0.1], sound=None)
        recordings.add(
            database,
            owner=owner,
            name=name,
            origin=Origin.UPLOAD,
            source=name,
            size_bytes=1,
            settings={},
            recording_id=number,
        )
    app = opened()
    choose(app, "Pictures come from", "video")
    (videos,) = [one for one in app.selectbox if one.label == "Video"]
    assert videos.options == ["mine.mp4", "walk.mp4"]

    found = source(app)
    assert isinstance(found, FromServer)
    assert isinstance(found.feed, Recording)
    assert (found.name, found.feed.path.name, found.feed.again) == ("mine.mp4", "mine.mp4", True)

    videos.set_value("in:walk.mp4").run()
    app.toggle[0].set_value(False).run()
    assert source(app) == FromServer("walk.mp4", Recording((folder / "walk.mp4").resolve(), False))


def test_a_camera_of_the_server_is_chosen_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_CAMERAS", json.dumps(CAMERAS))
    app = opened()
    choose(app, "Pictures come from", "attached")
    assert source(app) == FromServer("Entrance", AttachedCamera("Entrance", CAMERAS[0]["address"]))
    assert "s3cret-word" not in repr(source(app))
    assert set(PLACES) == {"camera", "screen", "video", "attached", "sample"}

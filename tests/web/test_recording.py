"""The page of one recording, and what people add to it there."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from shelf import AddRecording, OpenPage
from streamlit.testing.v1 import AppTest

from emotion.notes import NoteKind
from emotion.report.people import MAIN
from emotion.settings import Settings
from emotion.store import notes, recordings
from emotion.store.database import Database
from emotion.store.places import Places
from emotion.types import Emotion
from emotion.web import recording as page
from emotion.web.noting import clock
from emotion.web.player import PlayerState

SAD, HAPPY = Emotion.SAD, Emotion.HAPPY
BOTH = ([HAPPY] * 6 + [None] * 4, [SAD] * 8)


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Where the player stands and what it was given; the real one needs a browser."""
    seen = SimpleNamespace(state=PlayerState(0.0, None, MAIN), given={})

    def player(video_url: str, traces: object, **given: object) -> PlayerState:
        seen.given = {"video": video_url, "traces": traces, **given}
        return seen.state

    monkeypatch.setattr(page, "player", player)
    return seen


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def choose(app: AppTest, face: int) -> None:
    app.get("button_group")[0].set_value(face).run()
    assert not app.exception


def texts(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.markdown, *app.caption)).replace("\\", "")


def links(app: AppTest) -> dict[str, str]:
    return {link.proto.label: link.proto.url for link in app.get("link_button")}


def test_without_a_number_it_leads_to_the_library(open_page: OpenPage) -> None:
    assert "Choose a recording" in open_page("recording.py").info[0].value


@pytest.mark.parametrize("number", ["0" * 32, "../../etc/passwd", "🙂"])
def test_what_is_not_there_gets_a_sentence(open_page: OpenPage, number: str) -> None:
    assert "is not here any more" in open_page("recording.py", recording=number).error[0].value


def test_what_is_not_done_leads_to_the_queue(open_page: OpenPage, waiting: AddRecording) -> None:
    assert "being analysed" in open_page("recording.py", recording=waiting().id).info[0].value


def test_results_whose_folder_is_gone(open_page: OpenPage, done: AddRecording, settings: Settings) -> None:
    number = done([SAD]).id
    Places(settings.data_dir).results(number).rename(settings.data_dir / "elsewhere")
    assert "is not here any more" in open_page("recording.py", recording=number).error[0].value


def test_a_result(open_page: OpenPage, done: AddRecording, at: SimpleNamespace) -> None:
    number = done(*BOTH, name="two [1].mp4").id
    app = open_page("recording.py", recording=number)
    assert app.title[0].value.replace("\\", "") == "two [1].mp4"
    assert "A face was seen in 80 % of 10 frames; mostly happy (75 % of that time)" in texts(app)
    assert "of the main face: 8 s in view" in texts(app)
    assert len(app.get("vega_lite_chart")) == 2
    assert at.given["video"].startswith(f"/api/recordings/{number}/files/annotated.mp4?key=")
    assert at.given["names"] == {2: "Face 2", 1: "Face 1"}
    assert at.given["face"] == MAIN
    assert list(links(app)) == ["Everything (ZIP)", "Table (CSV)", "Table (Parquet)", "Summary (JSON)"]
    assert links(app)["Everything (ZIP)"].endswith("as=two+%5B1%5D.zip")


def test_one_face(open_page: OpenPage, done: AddRecording, at: SimpleNamespace) -> None:
    app = open_page("recording.py", recording=done(*BOTH).id)
    choose(app, 2)
    assert "of Face 2: 8 s in view" in texts(app)
    assert at.given["face"] == 2


def test_name_merge_and_undo(
    open_page: OpenPage, done: AddRecording, at: SimpleNamespace, database: Database, settings: Settings
) -> None:
    number = done(*BOTH).id
    app = open_page("recording.py", recording=number)
    choose(app, 2)
    app.text_input[0].set_value("Ana").run()
    assert at.given["names"][2] == "Ana"
    assert notes.of(database, number).names == {2: "Ana"}
    app.selectbox[0].set_value(1).run()
    press(app, "Merge")
    assert at.given["names"] == {2: "Ana"}
    assert "of Ana: 8 s in view" in texts(app)
    people = (Places(settings.data_dir).results(number) / "people.csv").read_text()
    assert people.splitlines()[1:] == ["1,0.0,,2,Ana", "2,0.0,,2,Ana"]
    assert "People (CSV)" in links(app)
    press(app, "Undo all")
    assert set(at.given["names"]) == {1, 2}


def test_split_where_the_video_stands(
    open_page: OpenPage, done: AddRecording, at: SimpleNamespace, database: Database
) -> None:
    number = done(*BOTH).id
    app = open_page("recording.py", recording=number)
    at.state = replace(at.state, time_s=3.0)
    choose(app, 1)
    press(app, "Split at 0:03.0")
    assert notes.of(database, number).names == {3: "Face 1 (2)"}
    assert at.given["names"] == {2: "Face 2", 1: "Face 1", 3: "Face 1 (2)"}
    assert "of Face 1: 3 s in view" in texts(app)


def test_markers_and_excluded_stretches(
    open_page: OpenPage, done: AddRecording, at: SimpleNamespace, database: Database, settings: Settings
) -> None:
    number = done(*BOTH).id
    app = open_page("recording.py", recording=number)
    at.state = PlayerState(2.5, None, MAIN)
    app.text_input(key=f"note-{number}").set_value("laughs").run()
    press(app, "Mark 0:02.5")
    at.state = PlayerState(2.5, (0.0, 6.0), MAIN)
    app.run()
    press(app, "Exclude 0:00.0 – 0:06.0")
    assert "of the main face: 2 s in view, without what is excluded" in texts(app)
    assert [marker.text for marker in at.given["markers"]] == ["excluded", "laughs"]
    noted = (Places(settings.data_dir).results(number) / "notes.csv").read_text().splitlines()
    assert noted[1:] == ["excluded,0.0,6.0,", "marker,2.5,,laughs"]
    press(app, "0:02.5")
    assert at.given["seek"] == (2.5, 1)
    for note in notes.of(database, number).notes:
        app.button(key=f"gone-{note.id}").click().run()
    assert not app.exception
    assert not notes.of(database, number).notes
    assert "of the main face: 8 s in view." in texts(app)
    assert "Notes (CSV)" not in links(app)


def test_excluding_all_leaves_nothing_to_speak_of(open_page: OpenPage, done: AddRecording, database: Database) -> None:
    number = done(*BOTH).id
    notes.add(database, number, NoteKind.EXCLUDED, from_s=0.0, until_s=99.0, text="")
    app = open_page("recording.py", recording=number)
    assert "too little of a face" in texts(app)


def test_nobody_in_the_video(open_page: OpenPage, done: AddRecording) -> None:
    app = open_page("recording.py", recording=done([None] * 5).id)
    assert "no face to speak of" in texts(app)
    assert "too little of a face" in texts(app)


def test_what_was_deleted_meanwhile_gets_a_sentence(
    open_page: OpenPage, done: AddRecording, at: SimpleNamespace, database: Database
) -> None:
    number = done(*BOTH).id
    app = open_page("recording.py", recording=number)
    recordings.mark_deleted(database, number)
    press(app, "Mark 0:00.0")
    assert "is not here any more" in app.toast[0].value
    assert "is not here any more" in app.error[0].value


def test_at_once_and_in_detail_agree(done: AddRecording, database: Database, settings: Settings) -> None:
    from emotion.web.study import Study

    study = Study.of(database, settings, done(*BOTH))
    quick = study.figures()
    exact = replace(study, said=replace(study.said, notes=(far_away(),))).figures()
    assert quick.seconds == pytest.approx(exact.seconds)
    assert quick.share == pytest.approx(exact.share, abs=1e-4)
    assert quick.mean is not None
    assert exact.mean is not None
    assert quick.mean.values == pytest.approx(exact.mean.values, abs=1e-4)
    assert quick.cumulative[-1][1] == pytest.approx(exact.cumulative[-1][1], abs=1e-3)


def test_the_face_that_the_job_followed_stays_the_main_one(
    done: AddRecording, database: Database, settings: Settings
) -> None:
    from emotion.web.study import Study

    study = Study.of(database, settings, done(*BOTH, face=2))
    everything = study.figures()
    assert everything.share[SAD] == 1.0
    cut = replace(study, said=replace(study.said, notes=(far_away(),))).figures()
    assert cut.share[SAD] == 1.0
    merged = replace(study, said=replace(study.said, turns=(notes.Turn(2, 0.0, 1),))).figures()
    assert merged.share[HAPPY] == 0.75


def far_away() -> notes.Note:
    return notes.Note(1, NoteKind.EXCLUDED, 1e6, 2e6, "")


@pytest.mark.parametrize(
    ("time_s", "expected"),
    [(0.0, "0:00.0"), (7.46, "0:07.5"), (59.96, "1:00.0"), (3723.04, "1:02:03.0")],
)
def test_clock(time_s: float, expected: str) -> None:
    assert clock(time_s) == expected


def test_the_address_of_the_video_holds_still(open_page: OpenPage, done: AddRecording, at: SimpleNamespace) -> None:
    app = open_page("recording.py", recording=done(*BOTH).id)
    before = at.given["video"]
    app.run()
    assert at.given["video"] == before

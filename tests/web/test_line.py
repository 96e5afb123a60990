"""How a stream begins, changes and ends, told by what the page wishes and the browser says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from clock import Clock

from emotion.live.sources import Sample
from emotion.web.camera import PROBLEMS, Report
from emotion.web.line import BROKE_OFF, CONNECT_S, NOT_CONNECTED, TRIES, Line
from emotion.web.live_source import FromBrowser, FromServer, Source

CAMERA = FromBrowser("Camera")
SCREEN = FromBrowser("Screen", "screen")
SAMPLE = FromServer("Drawn face", Sample())


def started(source: Source, *, opened: bool = True, playing: bool = False) -> tuple[Line, Clock]:
    clock = Clock()
    line = Line(clock)
    line.follow(source, playing=True)
    line.hear(Report(opened=line.turn if opened else 0))
    if playing:
        line.connected(playing=True, signalling=False)
    return line, clock


def too_late(line: Line, clock: Clock) -> None:
    clock.now_s += CONNECT_S + 1
    line.look()


def never_connected(line: Line, _clock: Clock) -> None:
    for _ in range(TRIES):
        assert line.source is not None
        line.connected(playing=False, signalling=True)
        line.connected(playing=False, signalling=False)


@pytest.mark.parametrize(
    ("source", "playing", "happens", "says"),
    [
        pytest.param(CAMERA, False, too_late, NOT_CONNECTED, id="nothing comes"),
        pytest.param(SAMPLE, False, too_late, NOT_CONNECTED, id="nothing comes of the server"),
        pytest.param(CAMERA, False, never_connected, NOT_CONNECTED, id="signalling fails each time"),
        pytest.param(
            CAMERA, True, lambda line, _: line.connected(playing=False, signalling=False), BROKE_OFF, id="broke off"
        ),
        pytest.param(
            CAMERA, True, lambda line, _: line.hear(Report(lost=line.turn)), PROBLEMS["lost"], id="camera unplugged"
        ),
        pytest.param(
            SCREEN, True, lambda line, _: line.hear(Report(lost=line.turn)), PROBLEMS["ended"], id="sharing stopped"
        ),
        pytest.param(
            SAMPLE,
            True,
            lambda line, _: line.look(over=True, problem="It is damaged. Choose another."),
            "It is damaged. Choose another.",
            id="unreadable video",
        ),
        pytest.param(SAMPLE, True, lambda line, _: line.look(over=True), "", id="video over"),
    ],
)
def test_what_ends_by_itself_says_so_once_and_waits_for_the_next_start(
    source: Source, playing: bool, happens: Callable[[Line, Clock], None], says: str
) -> None:
    line, clock = started(source, playing=playing)
    happens(line, clock)
    assert (line.source, line.problem, line.ready) == (None, says, False)
    assert line.ended()
    assert not line.ended()

    line.follow(source, playing=True)
    assert line.source is None, "It begins again although nobody pressed Start."
    line.follow(source, playing=False)
    assert line.problem == says
    line.follow(source, playing=True)
    assert (line.source, line.problem) == (source, "")


@pytest.mark.parametrize(
    ("source", "error", "says"),
    [
        pytest.param(CAMERA, "NotAllowedError", "The camera is refused", id="refused"),
        pytest.param(CAMERA, "NotFoundError", "No camera was found", id="none there"),
        pytest.param(CAMERA, "NotReadableError", "used by another program", id="in use"),
        pytest.param(CAMERA, "TypeError", "only by HTTPS", id="insecure"),
        pytest.param(CAMERA, "SomethingNew", "could not open the camera", id="unknown"),
        pytest.param(SCREEN, "NotAllowedError", "Nothing was chosen to be shared", id="nothing shared"),
    ],
)
def test_a_camera_that_cannot_be_opened_gets_a_sentence(source: Source, error: str, says: str) -> None:
    line, _ = started(source, opened=False)
    line.hear(Report(failed=line.turn, error=error))
    assert says in line.problem
    assert line.ended()


def test_another_camera_that_cannot_be_opened_leaves_the_first_running() -> None:
    line, _ = started(CAMERA, playing=True)
    line.follow(FromBrowser("Camera", device="second"), playing=True)
    line.hear(Report(opened=line.turn, failed=line.turn, error="NotReadableError"))
    assert line.ready
    assert not line.ended()
    assert "used by another program" in line.note


def test_an_answer_to_an_earlier_start_is_none_to_this() -> None:
    line, _ = started(CAMERA, opened=False)
    line.follow(CAMERA, playing=False)
    line.follow(CAMERA, playing=True)
    line.hear(Report(opened=1, failed=1, error="NotAllowedError", lost=1))
    assert not line.ready
    assert line.source == CAMERA


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(Report(opened=1), id="it was open"),
        pytest.param(Report(failed=1, error="NotAllowedError"), id="it was refused"),
        pytest.param(Report(opened=1, lost=1), id="it was unplugged"),
    ],
)
def test_what_the_browser_remembers_of_a_broken_connection_is_no_answer_to_the_next(said: Report) -> None:
    line = Line()
    line.follow(CAMERA, playing=True)
    line.hear(said)
    assert (line.source, line.ready, line.problem) == (CAMERA, False, "")


@pytest.mark.parametrize("source", [pytest.param(CAMERA, id="a camera"), pytest.param(SAMPLE, id="the server's")])
def test_the_first_start_needs_no_other_window(source: Source) -> None:
    line = Line(turn=1_700_000_000)
    before = line.key
    line.follow(source, playing=True)
    assert line.key == before


def test_the_question_of_the_browser_may_take_its_time() -> None:
    line, clock = started(CAMERA, opened=False)
    clock.now_s += 10 * CONNECT_S
    line.look()
    assert line.source == CAMERA
    assert "Allow the camera" in line.note
    line.hear(Report(opened=line.turn))
    line.look()
    assert line.ready, "The time for connecting began before the camera was open."


@pytest.mark.parametrize(
    ("before", "after", "new_window", "new_turn"),
    [
        pytest.param(CAMERA, FromBrowser("Camera", device="second"), False, False, id="another camera"),
        pytest.param(CAMERA, FromBrowser("Camera", size=(1280, 720)), False, False, id="another size"),
        pytest.param(CAMERA, SCREEN, False, False, id="the screen instead"),
        pytest.param(CAMERA, SAMPLE, True, True, id="camera to server"),
        pytest.param(SAMPLE, CAMERA, True, True, id="server to camera"),
        pytest.param(SAMPLE, FromServer("Other", Sample()), True, True, id="another of the server"),
    ],
)
def test_changing_the_source_while_it_plays(before: Source, after: Source, new_window: bool, new_turn: bool) -> None:
    line, _ = started(before, playing=True)
    key, turn = line.key, line.turn
    line.follow(after, playing=True)
    assert line.source == after
    assert (line.key != key, line.turn != turn) == (new_window, new_turn)
    assert not line.ended()


@pytest.mark.parametrize(
    ("first", "second", "new_window"),
    [
        pytest.param(CAMERA, CAMERA, False, id="the same"),
        pytest.param(CAMERA, SAMPLE, True, id="the server's after a camera"),
        pytest.param(SAMPLE, CAMERA, True, id="a camera after the server's"),
    ],
)
def test_the_next_start(first: Source, second: Source, new_window: bool) -> None:
    line, _ = started(first, playing=True)
    key, turn = line.key, line.turn
    line.follow(first, playing=False)
    line.follow(second, playing=True)
    assert line.turn == turn + 1
    assert (line.key != key) == new_window


def test_a_source_of_the_server_asks_nothing_of_the_browser() -> None:
    line, _ = started(SAMPLE, opened=False)
    assert line.ready
    assert line.wish().turn == 0

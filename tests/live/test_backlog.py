"""What waits for the thread that writes a recording: in order, and never more than a second of pictures."""

from __future__ import annotations

import queue

import pytest
from made_up import taken

from emotion.live.backlog import WAITING, Backlog, Picture
from emotion.live.values import Marker
from emotion.settings import Privacy

TAKEN = taken([index / 20 for index in range(WAITING + 3)])


@pytest.fixture
def backlog() -> Backlog:
    return Backlog(lambda: Privacy.OTHERS)


def out(backlog: Backlog) -> Picture | Marker | None:
    return backlog.next(timeout_s=0.01)


def numbers(backlog: Backlog) -> list[int]:
    return [piece.frame.index for piece in iter(lambda: out(backlog), None) if isinstance(piece, Picture)]


def test_a_second_of_pictures_waits_and_no_more(backlog: Backlog) -> None:
    for entry in TAKEN:
        backlog.take(*entry)
    backlog.close()
    assert backlog.lost == 3
    assert numbers(backlog) == [frame.index for frame, _ in TAKEN[:WAITING]]


def test_there_is_room_again_once_one_is_taken_out(backlog: Backlog) -> None:
    for entry in TAKEN[: WAITING + 1]:
        backlog.take(*entry)
    out(backlog)
    backlog.take(*TAKEN[-1])
    backlog.close()
    assert backlog.lost == 1
    assert numbers(backlog)[-1] == TAKEN[-1][0].index


def test_markers_find_room_and_stay_in_order(backlog: Backlog) -> None:
    marker = Marker(0.5, "smiles")
    for entry in TAKEN[:WAITING]:
        backlog.take(*entry)
    backlog.mark(marker)
    pieces = [out(backlog) for _ in range(WAITING + 1)]
    assert pieces[-1] is marker
    assert {piece.privacy for piece in pieces if isinstance(piece, Picture)} == {Privacy.OTHERS}
    assert backlog.lost == 0


def test_nothing_comes_after_the_end(backlog: Backlog) -> None:
    backlog.take(*TAKEN[0])
    backlog.close()
    backlog.take(*TAKEN[1])
    backlog.mark(Marker(1.0, "late"))
    assert numbers(backlog) == [TAKEN[0][0].index]
    with pytest.raises(queue.Empty):
        out(backlog)
    assert backlog.lost == 0

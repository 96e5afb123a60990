"""What somebody who waits for a live place reads."""

from __future__ import annotations

import pytest

from emotion.live.seats import Waiting
from emotion.store.live import Everywhere
from emotion.web.live_seat import in_line

ONE_SERVER = Everywhere(running=4, waiting=2, places=4, servers=1)
TWO_SERVERS = Everywhere(running=7, waiting=1, places=8, servers=2)


@pytest.mark.parametrize(
    ("waiting", "everywhere", "says"),
    [
        pytest.param(
            Waiting(1, 4, 4), ONE_SERVER, "All 4 live places are in use. You are next: it starts by itself", id="next"
        ),
        pytest.param(Waiting(3, 4, 4), ONE_SERVER, "You are number 3 in the line: it starts by itself", id="third"),
        pytest.param(Waiting(1, 1, 1), None, "The only live place is in use. You are next", id="one place"),
        pytest.param(Waiting(1, 4, 4), TWO_SERVERS, "7 of 8 places are in use on 2 servers.", id="two servers"),
    ],
)
def test_the_line_says_how_it_stands(waiting: Waiting, everywhere: Everywhere | None, says: str) -> None:
    said = in_line(waiting, everywhere)
    assert says in said
    assert ("servers" in said) is (everywhere is TWO_SERVERS)

"""A look that is dear is taken once for all who ask, and holds nobody up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import loops
import pytest

from emotion.web.http.lately import Lately

LONG_S = 60.0


def counting(answers: Callable[[int], int] = lambda number: number) -> tuple[list[int], Callable[[], int]]:
    looks: list[int] = []

    def look() -> int:
        looks.append(len(looks) + 1)
        return answers(len(looks))

    return looks, look


@pytest.mark.parametrize(
    ("keep_s", "expected"),
    [pytest.param(LONG_S, [1, 1, 1], id="kept"), pytest.param(0.0, [1, 2, 3], id="not kept")],
)
def test_one_after_the_other(keep_s: float, expected: list[int]) -> None:
    _, look = counting()

    async def ask() -> list[int | None]:
        lately = Lately(look, keep_s=keep_s, limit_s=LONG_S)
        return [await lately.ask() for _ in range(3)]

    assert loops.run(ask()) == expected


def test_many_at_once() -> None:
    looks, look = counting()

    async def ask() -> list[int | None]:
        lately = Lately(look, keep_s=0, limit_s=LONG_S)
        return list(await asyncio.gather(*(lately.ask() for _ in range(5))))

    assert loops.run(ask()) == [1] * 5
    assert len(looks) == 1


def test_one_that_hangs_holds_nobody_up_and_is_not_begun_twice() -> None:
    goes_on = threading.Event()
    looks, look = counting(lambda number: number if goes_on.wait(LONG_S) else 0)

    async def ask() -> tuple[int | None, int | None, int | None]:
        lately = Lately(look, keep_s=LONG_S, limit_s=0.05)
        first, second = await lately.ask(), await lately.ask()
        goes_on.set()
        while (third := await lately.ask()) is None:
            pass
        return first, second, third

    assert loops.run(ask()) == (None, None, 1)
    assert len(looks) == 1


def test_one_that_fails_is_tried_again() -> None:
    _, look = counting(lambda number: number // (number - 1))

    async def ask() -> int | None:
        lately = Lately(look, keep_s=LONG_S, limit_s=LONG_S)
        with pytest.raises(ZeroDivisionError):
            await lately.ask()
        return await lately.ask()

    assert loops.run(ask()) == 2

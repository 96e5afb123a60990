"""What live sessions count for monitoring."""

from __future__ import annotations

from emotion import metrics
from emotion.live.desk import Desk
from emotion.live.tally import Tally
from emotion.live.values import View
from emotion.settings import Settings
from emotion.types import Analysis


def pictures(outcome: str) -> float:
    return metrics.REGISTRY.get_sample_value("emotion_live_pictures_total", {"outcome": outcome}) or 0.0


def sessions(state: str) -> float | None:
    return metrics.REGISTRY.get_sample_value("emotion_live_sessions", {"state": state})


def test_pictures() -> None:
    outcomes = ("analysed", "skipped", "failed")
    before = [pictures(outcome) for outcome in outcomes]
    tally = Tally(lambda: 0.0)
    tally.analysed(Analysis(0, 0.0, ()), View())
    tally.returned(0.0, analysed=True, sent_s=None, skipped=3)
    tally.failed()
    tally.failed()
    assert [pictures(outcome) - was for outcome, was in zip(outcomes, before, strict=True)] == [1, 3, 2]


def test_places() -> None:
    desk = Desk(Settings.load(live_sessions=1))
    for token in "abc":
        desk.ask(token, token)
    desk.look()
    assert (sessions("running"), sessions("waiting")) == (1, 2)
    desk.leave("a")
    desk.leave("b")
    desk.leave("c")
    desk.look()
    assert (sessions("running"), sessions("waiting")) == (0, 0)

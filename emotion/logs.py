"""One log for a process, in one form: lines for people, or JSON for machines, without what nobody wants in a log.

Each line carries the number of the request, or of the page, and of the recording that it is about, where there is one:
whoever serves a request or does a task says so once (:func:`numbered`), and everything that is logged meanwhile in that
thread or coroutine has it.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

# Videos are called as people call them. What a result is called says nothing about anybody.
OUR_VIDEOS = ("annotated.mp4", "merged.mp4")
VIDEO = r"mp4|m4v|mov|mkv|webm|avi|ts|m2ts|mts|mpe?g|wmv|flv|3gp|ogv|y4m"
HIDDEN = (
    # Where a name begins and ends nobody knows, it may hold spaces and quotes: rather too much goes than too little.
    (re.compile(r"/source/[^\n]+"), "/source/<video>"),
    (re.compile(rf"[^/\\\n:]+\.(?:{VIDEO})\b", re.IGNORECASE), "<video>"),
    (re.compile(r"(?<=[?&])(\w+)=[^&\s'\"]+"), r"\1=<hidden>"),
    (re.compile(r"\b(Bearer|Basic|Emotion-Ticket:?) +[^\s'\"]+", re.IGNORECASE), r"\1 <hidden>"),
    (re.compile(r"://[^\s/@'\"]+@"), "://<hidden>@"),
    (re.compile(r"[^\s'\"<>()=:,]+@[\w-]+(?:\.[\w-]+)+"), "<e-mail>"),
    # uvicorn tells of each web socket from where it comes.
    (re.compile(r"^\S+:\d+ - (?=\")"), "<address> - "),
    # What PostgreSQL adds to a refusal: the values of the row.
    (re.compile(r"^DETAIL:.*$", re.MULTILINE), "DETAIL: <hidden>"),
)
# Some tell how they were made at every start, or each call that they make; some the addresses of people's browsers, or
# of files with their keys. web/http/watch.py tells of requests instead.
QUIET = (
    *("alembic", "httpx", "httpcore", "libav", "PIL", "matplotlib"),
    *("uvicorn.access", "aioice", "aiortc", "streamlit_webrtc"),
)

_request: ContextVar[str] = ContextVar("request", default="")
_job: ContextVar[str] = ContextVar("job", default="")


def begin(*, as_json: bool, page: Callable[[], str] = str, count: Callable[[str], object] = lambda level: None) -> None:
    """From now on all loggers of this process write to standard error in one form. May be called again.

    ``page`` tells the number of what runs in this thread where no request is served: threads that run pages are
    started by others and know nothing of requests. ``count`` hears the level of every message.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_Line(page, count))
    handler.setFormatter(_json() if as_json else _Plain())
    logging.setLoggerClass(_Obedient)
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.INFO)
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.handlers.clear()
            logger.propagate = True
        if type(logger) is logging.Logger:
            logger.__class__ = _Obedient
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)


@contextlib.contextmanager
def numbered(*, job: str) -> Iterator[None]:
    """What is logged in the block is about this recording."""
    token = _job.set(job)
    try:
        yield
    finally:
        _job.reset(token)


def number_task(request: str, *, job: str = "") -> None:
    """What is logged from here to the end of this coroutine's task serves this request.

    To its end, and not to that of a block: the server logs what a request failed of when all blocks are left.
    """
    _request.set(request)
    _job.set(job)


def harmless(text: str) -> str:
    """The text without names of videos, e-mail addresses, keys, tickets, passwords and rows of the database."""
    for pattern, instead in HIDDEN:
        text = pattern.sub(lambda found, instead=instead: _hidden(found, instead), text)  # type: ignore[misc]
    return text


def _hidden(found: re.Match[str], instead: str) -> str:
    return found.group() if found.group().strip(" '\"()") in OUR_VIDEOS else found.expand(instead)


class _Line(logging.Filter):
    """Adds the numbers, and takes out what has no business in a log."""

    def __init__(self, page: Callable[[], str], count: Callable[[str], object]) -> None:
        super().__init__()
        self._page, self._count = page, count

    def filter(self, record: logging.LogRecord) -> bool:
        self._count(record.levelname.lower())
        numbers = {"request": _request.get() or self._page(), "job": _job.get()}
        vars(record).update({name: number for name, number in numbers.items() if number})
        vars(record).pop("color_message", None)  # uvicorn's, once more for terminals
        record.msg, record.args = harmless(record.getMessage()), None
        if record.exc_info:
            record.exc_text, record.exc_info = harmless(logging.Formatter().formatException(record.exc_info)), None
        return True


class _Plain(logging.Formatter):
    """``2026-11-21 21:30:00,123 WARNING emotion.jobs.worker: words [job 3f…]``"""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        values = vars(record)
        numbers = ", ".join(f"{name} {values[name]}" for name in ("request", "job") if name in values)
        return super().formatMessage(record) + (f" [{numbers}]" if numbers else "")


class _Obedient(logging.Logger):
    """A logger that leaves writing to us.

    Streamlit and uvicorn give theirs handlers of their own, Streamlit also to those that it makes later: these would
    write in another form, past all filters.
    """

    def addHandler(self, hdlr: logging.Handler) -> None:
        """Nobody else writes."""

    @property
    def propagate(self) -> bool:
        return True

    @propagate.setter
    def propagate(self, value: bool) -> None:
        """Nothing is kept from us."""


def _json() -> logging.Formatter:
    from pythonjsonlogger.json import JsonFormatter

    names: dict[str, Any] = {"levelname": "level", "name": "logger", "exc_info": "error"}
    fields = ["levelname", "name", "process", "message"]
    return JsonFormatter(fields, rename_fields=names, timestamp="time", json_ensure_ascii=False)

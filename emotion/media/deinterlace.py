"""Whole pictures from those of old cameras and television, which show every other line a moment later."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

import av.error
from av.filter import Graph
from av.video.frame import VideoFrame

# FFmpeg's Bob Weaver filter: it looks at the frame before and the one after, so its output comes a frame late. One
# picture for each frame, and only frames that say they are interlaced are touched.
FILTER, OPTIONS = "bwdif", "mode=send_frame:parity=auto:deint=interlaced"


def deinterlaced(frames: Iterable[VideoFrame]) -> Iterator[VideoFrame]:
    """The same frames in the same order, with the same stamps, from the first interlaced one on without combs.

    What comes out for a frame depends on its neighbours only, so that a recording can be read in pieces.
    """
    before: VideoFrame | None = None
    combed: _Filter | None = None
    for frame in frames:
        if combed is not None and not combed.takes(frame):
            yield from combed.rest()
            combed = before = None
        if combed is None and frame.interlaced_frame:
            combed = _Filter(frame)
            if before is not None and combed.takes(before):
                # It was shown already; it is here as a neighbour only.
                combed.put_unseen(before)
        if combed is None:
            before = frame
            yield frame
        else:
            yield from combed.put(frame)
    if combed is not None:
        yield from combed.rest()


class _Filter:
    """FFmpeg's filter for frames of one size and format. It gives one frame for each, in order."""

    def __init__(self, frame: VideoFrame) -> None:
        self._kind = _kind(frame)
        self._waiting: deque[VideoFrame | None] = deque()
        self._graph = Graph()
        # More would wait for each other: the decoder has threads of its own.
        self._graph.threads = 1
        source = self._graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base
        )
        filter_, sink = self._graph.add(FILTER, OPTIONS), self._graph.add("buffersink")
        source.link_to(filter_)
        filter_.link_to(sink)
        self._graph.configure()

    def takes(self, frame: VideoFrame) -> bool:
        return _kind(frame) == self._kind

    def put(self, frame: VideoFrame) -> Iterator[VideoFrame]:
        self._waiting.append(frame)
        self._graph.push(frame)
        yield from self._made()

    def put_unseen(self, frame: VideoFrame) -> None:
        self._waiting.append(None)
        self._graph.push(frame)

    def rest(self) -> Iterator[VideoFrame]:
        self._graph.push(None)
        yield from self._made()

    def _made(self) -> Iterator[VideoFrame]:
        while True:
            try:
                made = self._graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            original = self._waiting.popleft()
            if original is not None and isinstance(made, VideoFrame):
                # The filter counts in half ticks, and only in one of a frame's two stamps.
                made.pts, made.time_base = original.pts, original.time_base
                yield made


def _kind(frame: VideoFrame) -> tuple[int, int, str]:
    return frame.width, frame.height, frame.format.name

"""The files of a live session that is recorded: pictures and what was seen in them, growing side by side.

What a record of the logbook says belongs to the picture of the same number in the video, at the very same time. A
picture that cannot be kept leaves neither.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from emotion.files import flush, output_error
from emotion.live.fit import Fit, Size
from emotion.live.values import Marker
from emotion.media.fragments import FragmentWriter, cut_to_whole_fragments
from emotion.report.logbook import Logbook
from emotion.store.kept import Kept
from emotion.types import Analysis, Frame

# What a camera sends, about; it tells the encoder what to expect, and how long the last picture lasts.
FRAME_RATE = 20.0
# The fastest preset whose files are not much larger: this runs beside the camera, and the results are encoded anew.
PRESET, CRF = "superfast", 23


class Tape:
    """Writes them, in a ``with`` block. One thread. Raises OutputError where the disk refuses."""

    def __init__(self, video: Path, kept: Kept, facts: Mapping[str, object]) -> None:
        self._video = video
        self._kept = kept
        self._writer: FragmentWriter | None = None
        self._size: Size = (0, 0)
        self._fit = Fit.of((1, 1), (1, 1))
        self._fits: Size = (0, 0)
        self._zero_s = 0.0
        self.facts = dict(facts)
        self.frames = 0
        self.seconds = 0.0
        """Up to the last picture."""
        with contextlib.ExitStack() as opened:
            with self._refusals():
                kept.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                video.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                kept.beat()
                self._logbook = opened.enter_context(Logbook(kept.seen))
            kept.write_facts(self.facts)
            self._files = opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.close()

    @property
    def size_bytes(self) -> int:
        """Of what lies on the disk."""
        try:
            return self._video.stat().st_size
        except OSError:
            return 0

    def keep(self, frame: Frame, analysis: Analysis) -> bool:
        """Adds a picture and what was seen in it. False where its time is not later than the one before."""
        if self._writer is None:
            self._begin(frame)
        size = frame.image.shape[1], frame.image.shape[0]
        if size != self._fits:
            self._fit, self._fits = Fit.of(size, self._size), size
        assert self._writer is not None  # noqa: S101 - made by _begin
        time_s = self._writer.write(self._fit.image(frame.image), frame.time_s - self._zero_s)
        if time_s is None:
            return False
        placed = replace(self._fit.analysis(analysis), index=self.frames, time_s=time_s)
        with self._refusals():
            self._logbook.append(placed)
        self.frames += 1
        self.seconds = time_s
        return True

    def mark(self, marker: Marker) -> None:
        """A marker, which lies at the begin where it was set before the first picture."""
        with self._refusals():
            since_s = marker.time_s - self._zero_s if self.frames else 0.0
            self._kept.add_mark((max(since_s, 0.0), marker.text))

    def flush(self) -> None:
        """What came up to now outlives this process, but for the video's last fragment; somebody is alive here."""
        with self._refusals():
            self._logbook.flush()
            self._kept.beat()

    def settle(self) -> None:
        """What came up to now outlives a power cut too. It may take as long as the disk likes."""
        with self._refusals():
            for path in (self._video, self._kept.seen):
                if path.exists():
                    flush(path)

    def note(self, **facts: object) -> None:
        """What was not known at the start."""
        self.facts.update(facts)
        self._kept.write_facts(self.facts)

    def mend(self) -> bool:
        """Once it is closed: cuts off what an error left half written. Whether a picture is there."""
        if not cut_to_whole_fragments(self._video):
            self.frames = 0
        return self.frames > 0

    def _begin(self, frame: Frame) -> None:
        height, width = frame.image.shape[:2]
        self._size, self._zero_s = (width, height), frame.time_s
        writer = FragmentWriter(self._video, width=width, height=height, frame_rate=FRAME_RATE, preset=PRESET, crf=CRF)
        self._writer = self._files.enter_context(writer)

    @contextlib.contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise output_error(error, self._video.parent) from error

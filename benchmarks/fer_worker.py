"""FER in a process of its own that answers questions, so that its turns can alternate with ours.

``python fer_worker.py mtcnn haar`` reads one JSON list per line from standard input, ``[detector, path]``: a still
picture or an array of frames (``.npy``, RGB). It answers each with one JSON line: a list with ``[milliseconds, faces]``
for each picture, where a face is ``[width * height, scores]``.

FER's documentation asks for BGR, as OpenCV reads pictures, and so it gets them. But it hands them on to MTCNN, which
wants RGB and then finds more faces: ``mtcnn-rgb`` is FER for those who know that.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

Answer = tuple[float, list[tuple[float, dict[str, float]]]]


class FerWorker:
    """The other side: starts the process, in a ``with`` block."""

    def __init__(self, detectors: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, *detectors], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def ask(self, detector: str, pictures: Path) -> list[Answer]:
        """What FER says about each picture in a file. Raises RuntimeError if the process is gone."""
        self._process.stdin.write(json.dumps([detector, str(pictures)]) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("[["):
                return json.loads(line)
        raise RuntimeError("FER ended without an answer; its reason stands above.")


def serve(detectors: Iterable[str]) -> None:
    from fer_import import make_fer

    made = {name: make_fer(name) for name in detectors}
    for line in sys.stdin:
        name, path = json.loads(line)
        answers = [_look(made[name], image, rgb=name.endswith("rgb")) for image in _pictures(Path(path))]
        sys.stdout.write(json.dumps(answers) + "\n")
        sys.stdout.flush()


def _pictures(path: Path) -> Iterable[np.ndarray]:
    if path.suffix == ".npy":
        return np.load(path)
    from emotion.media.pictures import read_picture

    return [read_picture(path)]


def _look(detector: Any, image: np.ndarray, *, rgb: bool) -> Answer:
    picture = np.ascontiguousarray(image if rgb else image[..., ::-1])
    began = time.perf_counter()
    try:
        found = detector.detect_emotions(picture)
    except Exception as error:  # the pictures are anybody's, and fer's errors are many: then it has found no face
        sys.stderr.write(f"FER: {type(error).__name__}: {error}\n")
        found = []
    taken_ms = (time.perf_counter() - began) * 1000
    return taken_ms, [(float(face["box"][2]) * float(face["box"][3]), face["emotions"]) for face in found]


if __name__ == "__main__":
    serve(sys.argv[1:])

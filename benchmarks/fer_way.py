"""The peer: how a recording is analysed with fer in tutorials and notebooks.

``FER.detect_emotions`` on every frame, OpenCV's rectangles and stroke font, one matplotlib bar chart per frame, an AVI
and a GIF, a cumulative chart, and at last a second pass that pastes the three side by side. Nothing is slowed down on
purpose: one figure is made and cleared for each frame, as the better tutorials do, and the detector is made once.

Run as a program (``python fer_way.py VIDEO FOLDER mtcnn|haar FRAMES``) it prints one JSON line. What it takes to import
tensorflow, make the detector and look at a first picture is told apart from the rest.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import imageio.v2 as imageio
import numpy as np
from fer_import import make_fer

EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
GIF_RATE = 10


def analyze(source: Path, folder: Path, detector: Any, *, limit: int) -> int:
    """Writes annotated.avi, bars.gif, cumulative.jpg and merged.avi into ``folder``.

    Only the first ``limit`` frames are read. Returns the number of frames.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    capture = cv2.VideoCapture(str(source))
    rate = capture.get(cv2.CAP_PROP_FPS)
    size = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
    annotated = cv2.VideoWriter(str(folder / "annotated.avi"), cv2.VideoWriter.fourcc(*"MJPG"), rate, size)
    figure, axes = plt.subplots(figsize=(size[0] / 100, size[1] / 100), dpi=100)
    charts: list[np.ndarray] = []
    totals: list[dict[str, float]] = []
    running = dict.fromkeys(EMOTIONS, 0.0)
    while len(charts) < limit:
        more, frame = capture.read()
        if not more:
            break
        faces = detector.detect_emotions(frame)
        main = max(faces, key=lambda face: face["box"][2] * face["box"][3], default=None)
        for face in faces:
            _draw(frame, face)
        annotated.write(frame)
        scores = main["emotions"] if main else dict.fromkeys(EMOTIONS, 0.0)
        running = {emotion: running[emotion] + scores[emotion] / rate for emotion in EMOTIONS}
        totals.append(running)
        axes.clear()
        axes.bar(list(scores), list(scores.values()))
        axes.set_ylim(0, 1)
        figure.canvas.draw()
        charts.append(np.asarray(figure.canvas.buffer_rgba())[..., :3].copy())
    capture.release()
    annotated.release()
    plt.close(figure)
    imageio.mimsave(folder / "bars.gif", charts, duration=1000 / GIF_RATE)
    _cumulative(plt, totals, rate, folder / "cumulative.jpg")
    _merge(folder, size, rate)
    return len(charts)


def _draw(frame: np.ndarray, face: dict[str, Any]) -> None:
    x, y, width, height = face["box"]
    name = max(face["emotions"], key=face["emotions"].get)
    text = f"{name} {face['emotions'][name]:.2f}"
    cv2.rectangle(frame, (x, y), (x + width, y + height), (0, 155, 255), 2)
    cv2.putText(frame, text, (x, y - 10), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0, 155, 255), 2)


def _cumulative(plt: Any, totals: list[dict[str, float]], rate: float, path: Path) -> None:
    figure, axes = plt.subplots(figsize=(6.4, 3.6), dpi=100)
    times = np.arange(len(totals)) / rate
    for emotion in EMOTIONS:
        axes.plot(times, [row[emotion] for row in totals], label=emotion)
    axes.legend()
    figure.savefig(path)
    plt.close(figure)


def _merge(folder: Path, size: tuple[int, int], rate: float) -> None:
    """Every frame beside its chart. The GIF leaves out a chart that is the same as the one before."""
    video = cv2.VideoCapture(str(folder / "annotated.avi"))
    charts = imageio.get_reader(folder / "bars.gif")
    total = cv2.resize(cv2.imread(str(folder / "cumulative.jpg")), size)
    merged = cv2.VideoWriter(str(folder / "merged.avi"), cv2.VideoWriter.fourcc(*"MJPG"), rate, (3 * size[0], size[1]))
    coming = iter(charts)
    chart = next(coming)
    while True:
        more, frame = video.read()
        if not more:
            break
        bars = cv2.resize(cv2.cvtColor(chart[..., :3], cv2.COLOR_RGB2BGR), size)
        merged.write(np.hstack((frame, bars, total)))
        chart = next(coming, chart)
    video.release()
    merged.release()
    charts.close()


def main(source: str, folder: str, detector_name: str, frames: str) -> None:
    began = time.perf_counter()
    detector = make_fer(detector_name)
    detector.detect_emotions(cv2.VideoCapture(source).read()[1])  # tensorflow is slow at its first picture
    import matplotlib.pyplot  # noqa: F401 - a part of the start, not of the work

    ready, ready_cpu = time.perf_counter(), time.process_time()
    count = analyze(Path(source), Path(folder), detector, limit=int(frames))
    taken = {"work_s": time.perf_counter() - ready, "work_cpu_s": time.process_time() - ready_cpu}
    sys.stdout.write("\n" + json.dumps({"frames": count, "start_s": ready - began, **taken}))


if __name__ == "__main__":
    main(*sys.argv[1:])

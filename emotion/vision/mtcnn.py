"""MTCNN through LiteRT: three networks, each looking closer at what the one before proposed.

Zhang et al. 2016, "Joint Face Detection and Alignment using Multi-task Cascaded Convolutional Networks",
arXiv:1604.02878. Constants, and how boxes are cut and moved, follow the package mtcnn 1.0.0, whose weights these are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emotion.pixels import cut_many, shrink
from emotion.settings import Settings
from emotion.types import Box, Detection, Image
from emotion.vision.assets import Models
from emotion.vision.boxes import Floats, best, shifted, squared
from emotion.vision.litert import Network

# P-Net looks at windows of 12x12 pixels, every second pixel; mtcnn counts their sides without the first pixel.
WINDOW, STEP, WINDOW_SIDE = 12, 2, 11
RNET_SIDE, ONET_SIDE = 24, 48
# How much two boxes may cover each other: within a size of the pyramid, between sizes and after R-Net, after O-Net.
SAME_SIZE, ACROSS_SIZES, AFTER_ONET = 0.5, 0.7, 0.7
# Pictures of more numbers (three for each pixel) are halved before they are shrunk, while this many times as wide.
HALVED_FROM, HALVED_TO = 1_000_000, 8


@dataclass(frozen=True, slots=True)
class Candidates:
    """Boxes, shape ``(n, 4)``, that may hold a face, and how likely each does, shape ``(n,)``."""

    boxes: Floats
    scores: Floats

    def __getitem__(self, chosen: npt.NDArray[np.intp | np.bool_]) -> Candidates:
        return Candidates(self.boxes[chosen], self.scores[chosen])


@dataclass(frozen=True, slots=True)
class _Level:
    """One size of the picture pyramid with a P-Net of its own, as changing an interpreter's size costs half a run."""

    scale: float
    """The size wanted; the sides are cut to whole pixels, which mtcnn leaves out of account when it scales back."""
    width: int
    height: int
    network: Network
    buffer: Floats


class Mtcnn:
    """Finds faces with five landmarks. It belongs to one thread; ``models`` may be shared.

    The three stages are methods of their own, so that a face that is already known can enter at a later one.
    """

    def __init__(self, models: Models, settings: Settings) -> None:
        self._pnet = models.pnet
        self._rnet = Network(models.rnet, name="R-Net")
        self._onet = Network(models.onet, name="O-Net")
        self._thresholds = settings.mtcnn_thresholds
        self._scale_factor = settings.mtcnn_scale_factor
        self._min_face_px = settings.min_face_px
        self._levels: tuple[_Level, ...] = ()
        self._levels_for: tuple[int, int] | None = None

    def detect(self, image: Image) -> Sequence[Detection]:
        """All faces of at least the smallest size, the most certain first, their boxes within the image."""
        return self.describe(image, self.narrow(image, self.propose(image)).boxes)

    def propose(self, image: Image) -> Candidates:
        """P-Net over the whole picture, at every size: many squares, few of them faces."""
        found = []
        source = image.astype(np.float32)
        for level in self._pyramid(image):
            # A mean of means is nearly the mean. Nearly moves the landmarks of one face in a hundred by over 4 % of its
            # width (one in forty from only twice the size), and at 1920x1080 it saves a quarter of P-Net's time.
            while source.size > HALVED_FROM and source.shape[1] // 2 >= HALVED_TO * level.width:
                source = shrink(source, width=source.shape[1] // 2, height=source.shape[0] // 2)
            found.append(self._windows(level, shrink(source, width=level.width, height=level.height)))
        if not found:
            return Candidates(np.empty((0, 4), np.float32), np.empty(0, np.float32))
        boxes, scores = (np.concatenate(parts) for parts in zip(*((f.boxes, f.scores) for f in found), strict=True))
        kept = best(boxes, scores, ACROSS_SIZES)
        return Candidates(squared(boxes[kept]), scores[kept])

    def narrow(self, image: Image, candidates: Candidates) -> Candidates:
        """R-Net on each candidate: far fewer squares, closer to the faces."""
        if not len(candidates.boxes):
            return candidates
        outputs = _by_width(self._rnet.run(_cuts(image, candidates.boxes, RNET_SIDE)))
        found = Candidates(shifted(candidates.boxes, outputs[4]), outputs[2][:, 1])
        found = found[found.scores > self._thresholds[1]]
        found = found[best(found.boxes, found.scores, ACROSS_SIZES)]
        return Candidates(squared(found.boxes), found.scores)

    def describe(self, image: Image, squares: Floats) -> Sequence[Detection]:
        """O-Net on squares that lie about faces, shape ``(n, 4)``: which of them are faces, exact boxes, landmarks."""
        if not len(squares):
            return []
        outputs = _by_width(self._onet.run(_cuts(image, squares, ONET_SIDE)))
        boxes, scores, points = shifted(squares, outputs[4]), outputs[2][:, 1], _points(squares, outputs[10])
        faces = np.flatnonzero(scores > self._thresholds[2])
        faces = faces[best(boxes[faces], scores[faces], AFTER_ONET, of="smaller")]
        found = (_detection(image, boxes[face], float(scores[face]), points[face]) for face in faces)
        return [detection for detection in found if detection.box.area > 0]

    def _windows(self, level: _Level, pixels: Floats) -> Candidates:
        """P-Net at one size: the windows that may be faces, in pixels of the whole image."""
        np.subtract(pixels, np.float32(127.5), out=level.buffer[0])
        np.multiply(level.buffer, np.float32(1 / 128), out=level.buffer)
        outputs = _by_width(level.network.run(level.buffer))
        likely = outputs[2][0, :, :, 1]
        rows, columns = np.nonzero(likely > self._thresholds[0])
        corner = np.stack([columns, rows], axis=1).astype(np.float32) * STEP + 1
        boxes = np.hstack([corner, corner + WINDOW_SIDE]) + outputs[4][0, rows, columns] * WINDOW_SIDE
        found = Candidates(boxes, likely[rows, columns])
        found = found[best(found.boxes, found.scores, SAME_SIZE)]
        return Candidates(found.boxes / np.float32(level.scale), found.scores)

    def _pyramid(self, image: Image) -> tuple[_Level, ...]:
        """The sizes to look at, kept while the pictures stay the same size."""
        height, width = image.shape[:2]
        if self._levels_for != (width, height):
            scales = pyramid_scales(min(width, height), self._min_face_px, self._scale_factor)
            self._levels = tuple(_level(self._pnet, width, height, scale) for scale in scales)
            self._levels_for = (width, height)
        return self._levels


def pyramid_scales(shorter_side: int, min_face_px: int, scale_factor: float) -> list[float]:
    """How much to shrink a picture: until the smallest face fills P-Net's window, and on while the picture does."""
    scales = []
    scale = WINDOW / min_face_px
    while int(shorter_side * scale) >= WINDOW:
        scales.append(scale)
        scale *= scale_factor
    return scales


def _level(pnet: bytes, width: int, height: int, scale: float) -> _Level:
    width, height = int(width * scale), int(height * scale)
    return _Level(scale, width, height, Network(pnet, name="P-Net"), np.empty((1, height, width, 3), np.float32))


def _cuts(image: Image, boxes: Floats, side: int) -> Floats:
    """The networks' input for these boxes, shape ``(n, side, side, 3)``."""
    height, width = image.shape[:2]
    # TensorFlow's crop_and_resize, which mtcnn uses, takes the last pixel's middle for the border of the image.
    inner = np.array([(width - 1) / width, (height - 1) / height] * 2, dtype=np.float32)
    cuts = cut_many(image, boxes * inner, size=side)
    return (cuts - np.float32(127.5)) / np.float32(128)


def _by_width(outputs: Sequence[Floats]) -> dict[int, Floats]:
    """Outputs by their last dimension: 2 class probabilities, 4 box offsets, 10 landmark coordinates.

    The converter does not keep their order.
    """
    return {output.shape[-1]: output for output in outputs}


def _points(squares: Floats, shares: Floats) -> Floats:
    """Landmarks in pixels, shape ``(n, 5, 2)``, from shares of the squares, all x before all y."""
    sides = squares[:, 2:] - squares[:, :2] + 1
    return shares.reshape(-1, 2, 5).transpose(0, 2, 1) * sides[:, None, :] + squares[:, None, :2] - 1


def _detection(image: Image, box: Floats, score: float, points: Floats) -> Detection:
    height, width = image.shape[:2]
    left, right = (min(max(float(x), 0), width) for x in (box[0], box[2]))
    top, bottom = (min(max(float(y), 0), height) for y in (box[1], box[3]))
    landmarks = tuple((float(x), float(y)) for x, y in points)
    return Detection(Box(left, top, max(right - left, 0), max(bottom - top, 0)), score, landmarks)

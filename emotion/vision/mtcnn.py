"""MTCNN through LiteRT: three networks, each looking closer at what the one before proposed.

Zhang et al. 2016, "Joint Face Detection and Alignment using Multi-task Cascaded Convolutional Networks",
arXiv:1604.02878. Constants, and how boxes are cut and moved, follow the package mtcnn 1.0.0, whose weights these are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emotion.pixels import cut_many, resize, shrink_into
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

# A known face is looked for in a square this much as wide as its last box is long: of 0.9 to 1.1 what comes nearest to
# a scan's box (overlap 0.86 at least, 0.95 in the mean, on a head that moves by up to a third of its width a frame).
AROUND = 0.95
# If that square moves by this share of its side it is looked at again, where O-Net hints at a face at all.
STILL, HINT = 0.05, 0.1


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
    pixels: Floats
    """Its input, filled anew for each picture."""


@dataclass(frozen=True, slots=True)
class _Pyramid:
    """All sizes of pictures of one size, and the memory that each picture is worked on in."""

    shape: tuple[int, ...]
    """Of the pictures."""
    source: Floats
    levels: tuple[_Level, ...]


@dataclass(frozen=True, slots=True)
class _Descriptions:
    """What O-Net says about each of ``n`` squares: exact boxes ``(n, 4)``, scores ``(n,)``, landmarks ``(n, 5, 2)``."""

    boxes: Floats
    scores: Floats
    points: Floats


class Mtcnn:
    """Finds faces with five landmarks. It belongs to one thread; ``models`` may be shared.

    The three stages are methods of their own, so that a face that is already known can enter at a later one.
    """

    def __init__(self, models: Models, settings: Settings, *, live: bool = False) -> None:
        """``live`` proposes from a picture of half the size, where no face to be looked for gets lost by that."""
        self._live = live
        self._pnet = models.pnet
        self._rnet = Network(models.rnet, name="R-Net")
        self._onet = Network(models.onet, name="O-Net")
        self._thresholds = settings.mtcnn_thresholds
        self._scale_factor = settings.mtcnn_scale_factor
        self._min_face_px = settings.min_face_px
        self._pyramid: _Pyramid | None = None

    def detect(self, image: Image) -> Sequence[Detection]:
        """All faces of at least the smallest size, the most certain first, their boxes within the image."""
        return self.describe(image, self.narrow(image, self.propose(image)).boxes)

    def propose(self, image: Image) -> Candidates:
        """P-Net over the whole picture, at every size: many squares, few of them faces."""
        pyramid = self._pyramid_for(image)
        if not pyramid.levels:
            return Candidates(np.empty((0, 4), np.float32), np.empty(0, np.float32))
        height, width = pyramid.source.shape[:2]
        # Scaled to about -1..1 once for all sizes: a mean of scaled numbers is the scaled mean.
        np.subtract(resize(image, width=width, height=height), np.float32(127.5), out=pyramid.source)
        np.multiply(pyramid.source, np.float32(1 / 128), out=pyramid.source)
        found = [self._windows(pyramid.source, level) for level in pyramid.levels]
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
        said = self._ask_onet(image, squares)
        faces = np.flatnonzero(said.scores > self._thresholds[2])
        faces = faces[best(said.boxes[faces], said.scores[faces], AFTER_ONET, of="smaller")]
        found = (_detection(image, said, int(face)) for face in faces)
        return [detection for detection in found if detection.box.area > 0]

    def refine(self, image: Image, boxes: Sequence[Box]) -> Sequence[Detection | None]:
        """O-Net alone on the square about each box: about 0.4 ms a face, where a scan takes ten.

        It does not drift, because O-Net answers with the face's place and not with a step from the last one. But it
        answers less exactly the further the face lies from the middle of its square, so that faces that moved are
        looked at again where it says they are.
        """
        if not boxes:
            return []
        corners = np.array([(box.x, box.y, box.right, box.bottom) for box in boxes], dtype=np.float32)
        squares = squared(corners, AROUND)
        said = self._ask_onet(image, squares)
        nearer = squared(said.boxes, AROUND)
        moved = np.flatnonzero((said.scores > HINT) & (_moved(squares, nearer) > STILL))
        if len(moved):
            again = self._ask_onet(image, nearer[moved])
            said.boxes[moved], said.scores[moved], said.points[moved] = again.boxes, again.scores, again.points
        found = (_detection(image, said, face) for face in range(len(boxes)))
        sure = said.scores > self._thresholds[2]
        return [face if known and face.box.area > 0 else None for face, known in zip(found, sure, strict=True)]

    def _ask_onet(self, image: Image, squares: Floats) -> _Descriptions:
        outputs = _by_width(self._onet.run(_cuts(image, squares, ONET_SIDE)))
        return _Descriptions(shifted(squares, outputs[4]), outputs[2][:, 1], _points(squares, outputs[10]))

    def _windows(self, source: Floats, level: _Level) -> Candidates:
        """P-Net at one size: the windows that may be faces, in pixels of the whole image."""
        shrink_into(level.pixels[0], source)
        outputs = _by_width(level.network.run(level.pixels))
        likely = outputs[2][0, :, :, 1]
        rows, columns = np.nonzero(likely > self._thresholds[0])
        corner = np.stack([columns, rows], axis=1).astype(np.float32) * STEP + 1
        boxes = np.hstack([corner, corner + WINDOW_SIDE]) + outputs[4][0, rows, columns] * WINDOW_SIDE
        found = Candidates(boxes, likely[rows, columns])
        found = found[best(found.boxes, found.scores, SAME_SIZE)]
        return Candidates(found.boxes / np.float32(level.scale), found.scores)

    def _pyramid_for(self, image: Image) -> _Pyramid:
        """The sizes to look at, kept while the pictures stay the same size."""
        if self._pyramid is None or self._pyramid.shape != image.shape:
            height, width = image.shape[:2]
            scales = pyramid_scales(min(width, height), self._min_face_px, self._scale_factor)
            levels = tuple(_level(self._pnet, width, height, scale) for scale in scales)
            halves = 2 if self._live and self._min_face_px >= 2 * WINDOW else 1
            source = np.empty((height // halves, width // halves, 3), np.float32)
            self._pyramid = _Pyramid(image.shape, source, levels)
        return self._pyramid


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


def _moved(before: Floats, after: Floats) -> Floats:
    """How far the corners of squares lie apart at most, as shares of their sides before, shape ``(n,)``."""
    return np.asarray(np.abs(after - before).max(axis=1) / np.maximum(before[:, 2] - before[:, 0], 1))


def _by_width(outputs: Sequence[Floats]) -> dict[int, Floats]:
    """Outputs by their last dimension: 2 class probabilities, 4 box offsets, 10 landmark coordinates.

    The converter does not keep their order.
    """
    return {output.shape[-1]: output for output in outputs}


def _points(squares: Floats, shares: Floats) -> Floats:
    """Landmarks in pixels, shape ``(n, 5, 2)``, from shares of the squares, all x before all y."""
    sides = squares[:, 2:] - squares[:, :2] + 1
    return shares.reshape(-1, 2, 5).transpose(0, 2, 1) * sides[:, None, :] + squares[:, None, :2] - 1


def _detection(image: Image, said: _Descriptions, face: int) -> Detection:
    height, width = image.shape[:2]
    box = said.boxes[face]
    left, right = (min(max(float(x), 0), width) for x in (box[0], box[2]))
    top, bottom = (min(max(float(y), 0), height) for y in (box[1], box[3]))
    landmarks = tuple((float(x), float(y)) for x, y in said.points[face])
    return Detection(Box(left, top, max(right - left, 0), max(bottom - top, 0)), float(said.scores[face]), landmarks)

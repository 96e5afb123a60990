"""The few operations on whole images that seeing and drawing share. Inputs are never written to."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from emotion.types import Box, Image

Gray = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.uint8]

# One thread per caller: the pages run one engine per person, and OpenCV's own threads would fight over the cores.
cv2.setNumThreads(1)

# OpenCV's warps and remaps refuse pictures with a longer side.
CV_SIDE = 32_766


def gray(image: Image) -> Gray:
    """Luma of an RGB image, shape ``(height, width)``, with the weights of ITU-R BT.601."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def resize(image: npt.NDArray[np.uint8], *, width: int, height: int) -> npt.NDArray[np.uint8]:
    """The image at another size: area mean when it shrinks, bilinear when it grows."""
    if image.shape[1] == width and image.shape[0] == height:
        return image
    shrinks = width < image.shape[1] or height < image.shape[0]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=method), dtype=np.uint8)


def reorient(image: Image, *, transpose: bool, flip_x: bool, flip_y: bool) -> Image:
    """The image with rows and columns swapped first, then mirrored left-right (``flip_x``), upside down (``flip_y``).

    Together all eight ways to hold a picture. OpenCV does it 4 to 8 times faster than NumPy's strided copy.
    """
    if transpose:
        image = np.asarray(cv2.transpose(image), dtype=np.uint8)
    if flip_x or flip_y:
        code = -1 if flip_x and flip_y else 1 if flip_x else 0
        image = np.asarray(cv2.flip(image, code), dtype=np.uint8)
    return image


def recolor(image: Image, curve: npt.NDArray[np.uint8], matrix: npt.NDArray[np.float32]) -> Image:
    """The image with its levels put through ``curve``, shape ``(256,)``, then its colours through ``matrix``."""
    return np.asarray(cv2.transform(cv2.LUT(image, curve), matrix), dtype=np.uint8)


def to_yuv(image: Image, weights: npt.NDArray[np.float32]) -> tuple[Plane, Plane, Plane]:
    """Brightness of each pixel, and two planes of colour of half the size, each the mean of four; sides are even.

    ``weights``, shape ``(3, 4)``, makes the three of red, green, blue and 1. Two and a half times as fast as FFmpeg's
    scaler, which must be set up for each size, and as near to the exact numbers (0.25 levels in the mean). The planes
    are views.
    """
    height, width = image.shape[:2]
    # All three each time, although not all are used: only that many are done sixteen at once.
    full = np.asarray(cv2.transform(image, weights), dtype=np.uint8)
    mean = cv2.resize(image, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    half = np.asarray(cv2.transform(mean, weights), dtype=np.uint8)
    return full[..., 0], half[..., 1], half[..., 2]


def shrink_into(target: npt.NDArray[np.float32], pixels: npt.NDArray[np.float32]) -> None:
    """Fills ``target`` with ``pixels`` at its size, area mean, without rounding. Both ``(height, width, 3)``."""
    cv2.resize(pixels, (target.shape[1], target.shape[0]), dst=target, interpolation=cv2.INTER_AREA)


def best_match(part: npt.NDArray[np.float32], around: npt.NDArray[np.float32]) -> float:
    """How well ``part`` is found at the best place in ``around``: normalised correlation, 1 for the very same.

    Both ``(height, width)``; neither other brightness nor other contrast counts.
    """
    return float(cv2.matchTemplate(around, part, cv2.TM_CCOEFF_NORMED).max())


def even(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The image, with its last column and row twice where sides are odd: video stores colour for two by two pixels."""
    height, width = image.shape[:2]
    if width % 2 == 0 and height % 2 == 0:
        return image
    return np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


def crop(image: npt.NDArray[np.uint8], box: Box, *, size: int, angle_deg: float = 0.0) -> npt.NDArray[np.uint8]:
    """What lies in ``box``, turned about its centre by ``angle_deg`` (clockwise as seen), ``size`` x ``size`` pixels.

    Where the box reaches beyond the image, the border is replicated.
    """
    turn = np.deg2rad(angle_deg)
    cos, sin = np.cos(turn), np.sin(turn)
    step_x, step_y = box.width / size, box.height / size
    center_x, center_y = box.center
    half = (size - 1) / 2
    # Maps a pixel of the crop to a place in the image (pixel centres lie at whole numbers, hence the half).
    to_image = np.array(
        [
            [cos * step_x, -sin * step_y, center_x - 0.5 - half * (cos * step_x - sin * step_y)],
            [sin * step_x, cos * step_y, center_y - 0.5 - half * (sin * step_x + cos * step_y)],
        ]
    )
    cut = cv2.warpAffine(
        image, to_image, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cut, dtype=np.uint8)


def cut_many(image: Image, boxes: npt.NDArray[np.float32], *, size: int) -> npt.NDArray[np.uint8]:
    """What lies in each box as ``size`` x ``size`` pixels, shape ``(n, size, size, 3)``, mid-grey beyond the image.

    ``boxes`` has the shape ``(n, 4)``: x1, y1, x2, y2, the places of the first and last pixels of the cut. One call of
    OpenCV for all; like TensorFlow's crop_and_resize it samples bilinearly without averaging, and takes nothing from
    beyond the middle of the last pixel.
    """
    steps = np.linspace(0, 1, size, dtype=np.float32)
    x = _inside(boxes[:, 0:1] + (boxes[:, 2:3] - boxes[:, 0:1]) * steps, image.shape[1])
    y = _inside(boxes[:, 1:2] + (boxes[:, 3:4] - boxes[:, 1:2]) * steps, image.shape[0])
    cuts = [_cut(image, x[rows], y[rows], size) for rows in _slices(len(boxes), CV_SIDE // size)]
    return np.concatenate(cuts) if cuts else np.empty((0, size, size, 3), dtype=np.uint8)


def _cut(image: Image, x: npt.NDArray[np.float32], y: npt.NDArray[np.float32], size: int) -> npt.NDArray[np.uint8]:
    shape = (len(x), size, size)
    columns = np.broadcast_to(x[:, None, :], shape).reshape(-1, size)
    rows = np.broadcast_to(y[:, :, None], shape).reshape(-1, size)
    cut = cv2.remap(image, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(127.5,) * 3)
    return np.asarray(cut, dtype=np.uint8).reshape(*shape, 3)


def _inside(places: npt.NDArray[np.float32], length: int) -> npt.NDArray[np.float32]:
    """The places, those beyond the image moved far away, where OpenCV mixes nothing of the border in."""
    return np.where((places < 0) | (places > length - 1), np.float32(-9), places)


def _slices(count: int, step: int) -> list[slice]:
    return [slice(start, start + step) for start in range(0, count, step)]

"""What is drawn over the video: boxes, labels, landmarks and small bars.

This runs once per frame, live and recorded: everything but the copy of the picture is a few cached sprites.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from emotion.palette import UNSURE, Rgb, of_label, text_on
from emotion.report.canvas import Area, Sprite, blit
from emotion.report.face_bars import FaceBars
from emotion.report.patches import Patch, dot, filled_patch, ring_patch
from emotion.report.text import Typeface, doubted, fitting_size
from emotion.settings import Layer, Settings
from emotion.types import EMOTIONS, UNCERTAIN, Box, Emotion, Face, Image

# 16 pixels is the smallest text that stays readable after a video codec; 1/22 of the shorter side is that at 360 lines.
TEXT_PX, TEXT_SHARE = 16, 1 / 22
LINE_PX, LINE_SHARE = 2, 1 / 300
LANDMARK_COLOR = (255, 255, 255)
NUMBER_SAMPLE = "0.00"
# In a tiny video the text shrinks, so that a label leaves something of the picture to see.
WIDEST_CHIP = 0.75
# A box about a tiny face is drawn as large as its two corners are.
ROOM_PX = 10


class Overlay:
    """Draws faces over pictures of one size. It holds no state between pictures; any thread may use it."""

    def __init__(self, settings: Settings, size: tuple[int, int]) -> None:
        """``size`` is the pictures' width and height. Raises SettingsError where the font cannot be read."""
        shorter = min(size)
        self._layers = settings.layers
        self._typeface = Typeface.of(settings)
        self._words = {emotion: settings.labels.get(emotion, emotion.value) for emotion in EMOTIONS}
        self._bars = FaceBars(size) if Layer.BARS in self._layers else None
        self._doubtful = settings.doubtful_quality
        self._line_px = max(LINE_PX, round(shorter * LINE_SHARE))
        self._text_px = self._fit(size[0] * WIDEST_CHIP, max(TEXT_PX, round(shorter * TEXT_SHARE)))

    def draw(self, image: Image, faces: Iterable[Face], *, names: Mapping[int, str] | None = None) -> Image:
        """A copy of ``image`` with the faces drawn over it. ``names`` are the persons' by track."""
        canvas = image.copy()
        self.draw_onto(canvas, faces, names=names)
        return canvas

    def draw_onto(
        self, canvas: Image, faces: Iterable[Face], *, names: Mapping[int, str] | None = None
    ) -> tuple[Area, ...]:
        """Draws the faces over ``canvas`` itself, and says where: outside of these areas it is as it was.

        Their borders are even, but for those at the right and lower edge of a picture whose sides are not.
        """
        height, width = canvas.shape[:2]
        placed = [(face, area) for face in faces if (area := _pixels(face.box, width, height)) is not None]
        areas = []
        for face, area in placed:
            touched = self._draw_face(canvas, face, area, (names or {}).get(face.track))
            areas.append(_within(touched.even(), width, height))
        # After all boxes, so that no box lies over bars; and a place of its own, as it may be far from the box.
        if self._bars:
            plates = self._draw_bars(canvas, placed, self._bars)
            areas += [_within(plate.even(), width, height) for plate in plates]
        return tuple(areas)

    def _draw_bars(self, canvas: Image, placed: Sequence[tuple[Face, Area]], bars: FaceBars) -> list[Area]:
        """Each face's bars, which keep off the other faces and off the bars that stand already."""
        plates: list[Area] = []
        for face, area in placed:
            others = [other for one, other in placed if one is not face]
            plate = bars.draw(canvas, face.scores, area, [*others, *plates])
            plates += [plate] if plate else []
        return plates

    def _draw_face(self, canvas: Image, face: Face, area: Area, name: str | None) -> Area:
        color = UNSURE if self._doubts(face) else of_label(face.label)
        touched = _grown(area, self._line_px + ROOM_PX)
        if Layer.BOXES in self._layers:
            _frame_patch(color, self._line_px, min(area.width, area.height)).draw(canvas, area)
        if Layer.LANDMARKS in self._layers:
            touched = self._draw_landmarks(canvas, face, touched)
        if Layer.LABELS in self._layers or Layer.NUMBERS in self._layers:
            touched = self._draw_chip(canvas, self._parts(face, name), color, area, touched)
        return touched

    def _draw_landmarks(self, canvas: Image, face: Face, touched: Area) -> Area:
        sprite = dot(LANDMARK_COLOR, self._line_px)
        for x, y in face.landmarks:
            if 0 <= x < canvas.shape[1] and 0 <= y < canvas.shape[0]:
                left, top = round(x - sprite.width / 2), round(y - sprite.height / 2)
                blit(canvas, sprite, left, top)
                touched = touched.joined(Area(left, top, sprite.width, sprite.height))
        return touched

    def _doubts(self, face: Face) -> bool:
        return face.quality < self._doubtful

    def _parts(self, face: Face, name: str | None) -> list[str]:
        """The chip's words: who, what and how much. Where the font lacks what, the face's number stands in for it."""
        who = f"#{face.track}"
        if Layer.LABELS not in self._layers:
            return [name if name and self._typeface.renders(name) else who]
        parts = self._what(face)
        if name and self._typeface.renders(name):
            parts.insert(0, name)
        elif not parts or name or Layer.NUMBERS in self._layers:
            parts.insert(0, who)
        # A number beside "uncertain" would be taken for how certain that is.
        return parts if face.label == UNCERTAIN else [*parts, f"{face.scores[Emotion(face.label)]:.2f}"]

    def _what(self, face: Face) -> list[str]:
        """The label, with a question mark if the face's quality is too low for it; nothing if the font lacks it."""
        if face.label == UNCERTAIN:
            return [UNCERTAIN]
        word = self._words[Emotion(face.label)]
        if not self._typeface.renders(word):
            return []
        return [doubted(word, self._typeface) if self._doubts(face) else word]

    def _draw_chip(self, canvas: Image, parts: list[str], color: Rgb, box: Area, touched: Area) -> Area:
        """Above the box, or over its top edge where there is no room; always whole, or not at all in a tiny picture."""
        height, width = canvas.shape[:2]
        size = self._text_px
        if self._chip_size(parts, size)[0] > width:
            size = fitting_size(self._typeface, [" ".join(parts)], size, width - size, bold=True)
        chip_width, chip_height = self._chip_size(parts, size)
        if chip_width > width or chip_height > height:
            return touched
        left = max(0, min(box.left, width - chip_width))
        area = Area(left, max(0, box.top - chip_height - 1), chip_width, chip_height)
        blit(canvas, _chip(self._typeface, tuple(parts), size, color, chip_width, chip_height), area.left, area.top)
        return touched.joined(area)

    def _chip_size(self, parts: list[str], size: int) -> tuple[int, int]:
        padding, gap = _spaces(size)
        texts = sum(self._typeface.width(part, size, bold=True) for part in parts)
        return texts + gap * (len(parts) - 1) + 2 * padding, self._typeface.height(size, bold=True) + size // 4

    def _fit(self, room: float, size: int) -> int:
        """One size for all of a video's labels, so that they do not change size with the emotion."""
        usual = [word for word in self._words.values() if self._typeface.renders(word)]
        chips = [[UNCERTAIN], *([word, NUMBER_SAMPLE] for word in [*usual, "#1"])]
        while size > 6 and max(self._chip_size(parts, size)[0] for parts in chips) > room:
            size -= 1
        return size


def _grown(area: Area, by: int) -> Area:
    return Area(area.left - by, area.top - by, area.width + 2 * by, area.height + 2 * by)


def _within(area: Area, width: int, height: int) -> Area:
    left, top = max(area.left, 0), max(area.top, 0)
    return Area(left, top, min(area.right, width) - left, min(area.bottom, height) - top)


def _spaces(size: int) -> tuple[int, int]:
    """Pixels between a chip's border and its text, and between two words."""
    return round(size * 0.4), round(size * 0.3)


def _pixels(box: Box, width: int, height: int) -> Area | None:
    """The box in whole pixels, or None where it covers none of the picture.

    Far outside it is cut just beyond the border, where nothing of it shows: a box may be as large as a float.
    """
    if not (box.x < width and box.y < height and box.right > 0 and box.bottom > 0 and box.area > 0):
        return None
    beyond = 64
    left, right = (round(min(max(x, -beyond), width + beyond)) for x in (box.x, box.right))
    top, bottom = (round(min(max(y, -beyond), height + beyond)) for y in (box.y, box.bottom))
    return Area(left, top, max(right - left, 1), max(bottom - top, 1))


@lru_cache(maxsize=256)
def _frame_patch(color: Rgb, line_px: int, side: int) -> Patch:
    return ring_patch(color, line_px, min(5 * line_px, side // 4))


# 40 KB each at 480 lines. A face's label changes a few times a second, and mostly comes back.
@lru_cache(maxsize=256)
def _chip(typeface: Typeface, parts: tuple[str, ...], size: int, behind: Rgb, width: int, height: int) -> Sprite:
    """A label as one sprite: to lay its corners, sides and words one by one took a third of all drawing."""
    chip = filled_patch(behind, max(2, size // 4)).sized(width, height)
    padding, gap = _spaces(size)
    x, color = padding, text_on(behind)
    for part in parts:
        text = typeface.sprite(part, size, color, bold=True)
        chip = text.placed(x, (height - text.height) // 2, width, height).over(chip)
        x += text.width + gap
    return chip

"""Pixels to faces: the one way, for recordings, the camera and pictures alike."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from emotion.errors import UnreadablePicture
from emotion.pixels import CV_SIDE
from emotion.settings import Settings
from emotion.types import Analysis, Detection, Frame, Image, Reading, Sighting
from emotion.vision import assets, bundled
from emotion.vision.classifiers import Classifier, make_classifier
from emotion.vision.crops import face_chip
from emotion.vision.cuts import Cuts
from emotion.vision.detectors import Detector, make_detector
from emotion.vision.lookout import Lookout, View
from emotion.vision.memory import Memory
from emotion.vision.quality import quality
from emotion.vision.region import WHOLE_PICTURE, Region

# The smallest picture in which anything is looked for: MTCNN's first window.
MIN_SIDE_PX = 12
# Whose versions decide what comes out of an analysis.
PACKAGES = ("emotion-dashboard", "fer", "mtcnn", "ai-edge-litert", "opencv", "numpy")
# Exactly one of these is installed; which one depends on how (see pyproject.toml).
OPENCV = ("opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless", "opencv-python")


@dataclass(frozen=True, slots=True)
class Found:
    """A frame and where its faces are, not read yet."""

    frame: Frame
    view: View


class Engine:
    """Sees and remembers one recording or one camera session. It belongs to one thread.

    Or to two: one that only calls :meth:`find`, and one that calls :meth:`read` and ``memory`` on what the first found.

    Make one per recording: it numbers persons from 1 through everything that it is shown. That is cheap where the
    models, which are bytes that all engines may share, are given.
    """

    def __init__(self, settings: Settings, detector: Detector, classifier: Classifier) -> None:
        self._settings = settings
        self._detector = detector
        self._classifier = classifier
        self._growth = bundled.traits(settings.model).growth[settings.detector]
        self._lookout = Lookout(detector, interval_s=settings.scan_interval_ms / 1000)
        self._region = Region(*settings.region) if settings.region else WHOLE_PICTURE
        self.memory = make_memory(settings)

    @classmethod
    def create(cls, settings: Settings, models: assets.Models | None = None, *, live: bool = False) -> Self:
        """The engine that the settings describe; ``models`` saves reading them from the cache.

        ``live`` is for a camera: it shares work out between pictures that follow each other quickly.
        Raises ModelsNotPrepared where they are not in the cache, ModelError where a person's own model cannot be used.
        """
        return cls(settings, make_detector(settings, models, live=live), make_classifier(settings, models, live=live))

    def analyze(self, frame: Frame) -> Analysis:
        """Watch the frame and remember it. Frames must come in the order of time."""
        return self.memory.remember(self.watch(frame))

    def watch(self, frame: Frame) -> Sighting:
        """What this frame shows, found with what the one before it showed. Frames must come in the order of time.

        Most of them are not searched whole; see :mod:`emotion.vision.lookout`.
        """
        return self.read(self.find(frame))

    def find(self, frame: Frame, *, anew: bool = False, whole: bool = False) -> Found:
        """The first half of :meth:`watch`: where the faces are.

        ``anew`` forgets the faces of the frames before, so that a recording can be watched in pieces. ``whole``
        searches all of the picture, so that a newcomer is found in the first frame that shows them.
        """
        image = self._region.of(frame.image)
        usable = _usable(image)
        view = self._lookout.look(image, frame.time_s, anew=anew, whole=whole) if usable else View((), cut=False)
        return Found(frame, View(self._region.in_picture(view.detections), view.cut))

    @property
    def segment_s(self) -> float:
        """After so many seconds of a recording each search begins anew."""
        return self._settings.segment_s

    @property
    def cuts(self) -> Cuts:
        """What two pieces of a recording need for telling whether a cut lies between them."""
        return self._lookout.cuts

    def read(self, found: Found) -> Sighting:
        """The second half: what they show, and how far that can be trusted."""
        frame, view = found.frame, found.view
        return Sighting(frame.index, frame.time_s, self._readings(frame.image, view.detections), view.cut)

    def see(self, frame: Frame) -> Sighting:
        """What this frame alone shows, searched whole. Nothing is remembered, so frames may come in any order."""
        image = self._region.of(frame.image)
        found = self._region.in_picture(self._detector.detect(image) if _usable(image) else ())
        return Sighting(frame.index, frame.time_s, self._readings(frame.image, found))

    def info(self) -> dict[str, str]:
        """The names of detector and model, a bundled model's version, and those of the packages that decide."""
        return engine_info(self._settings)

    def _readings(self, image: Image, found: Sequence[Detection]) -> tuple[Reading, ...]:
        chip_px = self._classifier.chip_px
        chips = [face_chip(image, detection, size=chip_px, growth=self._growth) for detection in found]
        scores = self._classifier.classify(chips)
        return tuple(map(Reading, found, scores, map(quality, found, chips)))


def make_memory(settings: Settings) -> Memory:
    """The half of the engine that needs no pixels, by itself: for a recording that was seen in pieces."""
    usual = bundled.traits(settings.model).uncertain_below
    return Memory(
        smoothing_s=settings.smoothing_s,
        label_margin=settings.label_margin,
        uncertain_below=usual if settings.uncertain_below is None else settings.uncertain_below,
    )


def engine_info(settings: Settings) -> dict[str, str]:
    """The same as :meth:`Engine.info` without an engine."""
    versions = {package: _version(package) for package in PACKAGES}
    model = {"model": Path(settings.model).name}
    if issue := bundled.version(settings.model):
        model["model_version"] = issue
    return {"detector": settings.detector.value, **model, **versions}


def _usable(image: Image) -> bool:
    """Whether faces can be looked for. Raises UnreadablePicture where nothing can."""
    shorter, longer = min(image.shape[:2]), max(image.shape[:2])
    if longer > CV_SIDE and shorter >= MIN_SIDE_PX:
        raise UnreadablePicture(f"The picture is over {CV_SIDE} pixels long. Make it smaller and try again.")
    return bool(shorter >= MIN_SIDE_PX)


def _version(package: str) -> str:
    for name in OPENCV if package == "opencv" else (package,):
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return "not installed"

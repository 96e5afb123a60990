"""Whom a live session is about."""

from __future__ import annotations

from emotion.types import Analysis, Face


class Chosen:
    """The face that charts follow, and the one that is spared when all others are blurred.

    With nobody chosen, charts follow whoever is the largest face of each picture. Sparing does not: whoever was the
    largest when it began stays the one, for as long as the session lasts, since a passer-by who comes closer must not
    lose their blur; and who was chosen stays it when charts go back to the largest face. Choosing is two assignments of
    which each leaves somebody to spare, so any thread may.
    """

    def __init__(self) -> None:
        self.track: int | None = None
        """Whom somebody chose; None is the largest face."""
        # Whom to spare while nobody is chosen.
        self._first: int | None = None

    def choose(self, track: int | None) -> None:
        if track is None:
            self._first = self.spared
        self.track = track

    def see(self, analysis: Analysis) -> None:
        """The next picture's faces."""
        largest = analysis.main_face
        if self._first is None and largest:
            self._first = largest.track

    def shown(self, analysis: Analysis) -> Face | None:
        """Whom the charts show; None while a chosen person is not in view."""
        if self.track is None:
            return analysis.main_face
        return next((face for face in analysis.faces if face.track == self.track), None)

    @property
    def spared(self) -> int | None:
        """The track that is not blurred; None where nobody was there yet."""
        return self._first if self.track is None else self.track

    def spared_is_gone(self, analysis: Analysis) -> bool:
        """Whether there are faces, but not the one to be spared: then all of them are blurred."""
        return bool(analysis.faces) and all(face.track != self.spared for face in analysis.faces)

"""One camera connection: what happens to each frame, and what the page reads."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from emotion.live.chosen import Chosen
from emotion.live.neutral import NeutralFace
from emotion.live.sight import sight
from emotion.live.sinks import Sinks
from emotion.live.tally import Tally
from emotion.live.values import Marker, Sink, Snapshot
from emotion.report.blur import Blur
from emotion.report.canvas import Area
from emotion.report.overlay import Overlay
from emotion.settings import Layer, Privacy, Settings
from emotion.types import Analysis, Face, Frame, Image
from emotion.vision.assets import Models
from emotion.vision.engine import Engine

log = logging.getLogger(__name__)

# Settings that only concern what is shown: another value needs no other engine.
SHOWN_ONLY = frozenset({"layers", "privacy", "face", "labels", "font", "doubtful_quality", "live_fps"})


class LiveSession:
    """Frames go in and come back annotated, in one thread (the camera's).

    From any thread: ``settings`` may be replaced, the next frame obeys; :meth:`choose`, :meth:`mark`, :meth:`attach`,
    :meth:`detach`, :meth:`snapshot`, :meth:`picture`.
    """

    def __init__(self, settings: Settings, models: Models, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self.baseline = NeutralFace()
        """A person's own neutral face; any thread."""
        self.arrivals = 0
        """Pictures that came, whatever became of them. It grows in the camera's thread; any may read it."""
        self.guarded = settings.privacy
        """How the latest analysed picture was blurred. In :meth:`Sink.take` it says so of the picture that is taken."""
        self.taken = 0
        """Pictures that were taken to be sent back. It grows on the server's event loop; any thread may read it."""
        self.closed = False
        """Whether the stream has ended. Any thread may read it."""
        self.is_patient: Callable[[], bool] = bool
        """Whether no pictures are expected at the moment, as their source is away and asked again. Any thread."""
        # Held while a picture is worked on: only between two of them what that needs may go.
        self._at_work = threading.RLock()
        self._models = models
        self._engine, self._engine_settings = Engine.create(settings, models, live=True), settings
        self._engine.memory.adjust = self.baseline.adjust
        self._overlay: Overlay | None = None
        self._overlay_key: tuple[Settings, int, int] | None = None
        self._tally = Tally(clock)
        self._sinks = Sinks()
        self._chosen = Chosen()
        self._blur = Blur()
        self._analysis = Analysis(0, 0.0, ())
        self._frames = 0
        self._due_s = 0.0
        self._obeyed = settings
        self._picture: Image | None = None

    def process(self, image: Image, *, sent_s: float | None = None, skipped: int = 0) -> Image:
        """A copy of the image as :meth:`draw_on` leaves it; the image itself where nothing was drawn."""
        canvas = image.copy()
        return canvas if self.draw_on(canvas, sent_s=sent_s, skipped=skipped) else image

    def draw_on(self, image: Image, *, sent_s: float | None = None, skipped: int = 0) -> tuple[Area, ...]:
        """Analyses the image, draws what was seen onto it, and says where: none where nothing was, or anything failed.

        The caller gives the image away: the session shows and keeps it, and nobody may write to it any more. Where the
        privacy setting asks for it faces are blurred before anything else; if that fails, all of it is made plain.
        ``sent_s`` is the sender's own time stamp of the frame. ``skipped`` is how many came before it and were left
        out because this thread was busy.

        Never raises: an exception in the camera's thread would end the stream without a word (and leak its frames).
        """
        with self._at_work:
            if self.closed:
                return () if self.settings.privacy is Privacy.NONE else _made_plain(image)
            return self._draw_on(image, sent_s, skipped)

    def lost(self, pictures: int) -> None:
        """A picture could not be converted, there or back; ``pictures`` have come for it that :meth:`draw_on` was not
        told of. For the camera's thread."""
        self.arrivals += pictures
        self._tally.failed()

    def snapshot(self) -> Snapshot:
        """The state at this moment."""
        privacy, analysis = self.settings.privacy, self._analysis
        return self._tally.snapshot(
            self._chosen.shown(analysis),
            self._chosen.track,
            sink_failures=self._sinks.failures,
            all_blurred=privacy is Privacy.OTHERS and self._chosen.spared_is_gone(analysis),
        )

    def picture(self) -> Image | None:
        """The latest picture as it went back, drawn and blurred; None before the first. Nobody writes into it."""
        return self._picture

    def choose(self, track: int | None) -> None:
        """Whom charts and rules follow, and whom the privacy setting "others" spares.

        With None charts follow the largest face; who was spared before stays it.
        """
        self._chosen.choose(track)

    def chosen_face(self, analysis: Analysis) -> Face | None:
        """Of these faces the chosen one."""
        return self._chosen.shown(analysis)

    def mark(self, text: str = "") -> Marker:
        """Sets a marker at this moment."""
        marker = self._tally.mark(text)
        self._sinks.mark(marker)
        return marker

    def attach(self, sink: Sink) -> None:
        """From the next picture on the sink gets each that is analysed."""
        self._sinks.attach(sink)

    def detach(self, sink: Sink) -> None:
        """It gets nothing more. Its owner closes it."""
        self._sinks.detach(sink)

    def close(self) -> None:
        """The stream has ended: closes all sinks that are still attached. May be called again."""
        self.closed = True
        self._sinks.close()
        with self._at_work:
            self._let_go()

    def _draw_on(self, image: Image, sent_s: float | None, skipped: int) -> tuple[Area, ...]:
        self.arrivals += 1 + skipped
        settings = self.settings
        time_s = self._tally.arrive()
        try:
            analysed = self._due(settings, time_s)
            frame = Frame(self._frames, time_s, image)
            areas = self._look(settings, frame) if analysed else self._pass_by(settings, image)
        except Exception:
            # What is known is out of date: nothing is drawn or blurred by it, the next picture is looked at again.
            self._due_s = 0.0
            if self._tally.failed():
                # Thirty a second would fill the log with one and the same.
                log.exception("A frame of the camera could not be analysed; those after it are only counted")
            return () if settings.privacy is Privacy.NONE else _made_plain(image)
        self._picture = image
        self._tally.returned(time_s, analysed=analysed, sent_s=sent_s, skipped=skipped)
        return areas

    def _let_go(self) -> None:
        """Whoever held the session may hold it on: Streamlit keeps the buttons of a closed tab for minutes. What is
        large, networks and pictures, 15 MB, goes at once."""
        self._overlay = self._picture = None
        vars(self).pop("_engine", None)
        self.is_patient = bool  # it knows the connection

    def _due(self, settings: Settings, time_s: float) -> bool:
        """Whether this picture is analysed: at most ``live_fps`` a second, and the first with other settings."""
        if time_s < self._due_s and settings is self._obeyed:
            return False
        step_s, self._obeyed = 1 / settings.live_fps, settings
        # Counting on from when it was due keeps the rate although pictures come unevenly; after a pause it begins anew.
        self._due_s = max(self._due_s, time_s - step_s) + step_s
        return True

    def _look(self, settings: Settings, frame: Frame) -> tuple[Area, ...]:
        """Analyses a picture, blurs it, hands it on and draws on it; returns where it was changed."""
        self._analyze(settings, frame)
        blurred = self._guard(settings, frame.image)
        self.guarded = settings.privacy
        if self._sinks:
            self._sinks.take(Frame(frame.index, frame.time_s, frame.image.copy()), self._analysis)
        return (*blurred, *self._draw(settings, frame.image))

    def _pass_by(self, settings: Settings, image: Image) -> tuple[Area, ...]:
        """Draws on a picture that is not analysed what was seen last. Where faces are blurred nobody knows who is in
        it: the last picture stands in its place."""
        if settings.privacy is Privacy.NONE:
            return self._draw(settings, image)
        if self._picture is None or self._picture.shape != image.shape:
            return _made_plain(image)
        image[...] = self._picture
        return (_whole(image),)

    def _analyze(self, settings: Settings, frame: Frame) -> None:
        engine = self._engine_for(settings)
        # Where faces are blurred, a newcomer must be found in the first picture that shows them.
        found = engine.find(frame, whole=settings.privacy is not Privacy.NONE)
        self._analysis = engine.memory.remember(engine.read(found))
        self._frames += 1
        self._chosen.see(self._analysis)
        self.baseline.see(self._analysis)
        seen = sight(frame.image, self._chosen.shown(self._analysis))
        self._tally.analysed(self._analysis, seen, chosen=self._chosen.track)

    def _guard(self, settings: Settings, image: Image) -> tuple[Area, ...]:
        """Blurs whom the settings want blurred, for a while also who was just lost."""
        if settings.privacy is Privacy.NONE:
            return ()
        spared = self._chosen.spared if settings.privacy is Privacy.OTHERS else None
        self._blur.see(self._analysis.time_s, self._analysis.faces, spared=spared)
        return self._blur.cover(image)

    def _engine_for(self, settings: Settings) -> Engine:
        if settings is not self._engine_settings:
            if _for_engine(settings) != _for_engine(self._engine_settings):
                before, self._engine = self._engine, Engine.create(settings, self._models, live=True)
                self._engine.memory.take_over(before.memory)
                if settings.model != self._engine_settings.model:
                    self.baseline.drop()  # what another network says of this face
            self._engine_settings = settings
        return self._engine

    def _draw(self, settings: Settings, image: Image) -> tuple[Area, ...]:
        """Where there are several faces each has its number: by that a person chooses one."""
        faces = self._analysis.faces
        numbered = len(faces) > 1 and Layer.NUMBERS not in settings.layers
        names = {face.track: f"#{face.track}" for face in faces} if numbered else None
        return self._overlay_for(settings, image).draw_onto(image, faces, names=names)

    def _overlay_for(self, settings: Settings, image: Image) -> Overlay:
        height, width = image.shape[:2]
        if self._overlay is None or self._overlay_key != (settings, width, height):
            self._overlay, self._overlay_key = Overlay(settings, (width, height)), (settings, width, height)
        return self._overlay


def _for_engine(settings: Settings) -> dict[str, object]:
    return settings.model_dump(exclude=set(SHOWN_ONLY))


def _made_plain(image: Image) -> tuple[Area, ...]:
    image.fill(0)
    return (_whole(image),)


def _whole(image: Image) -> Area:
    return Area(0, 0, image.shape[1], image.shape[0])

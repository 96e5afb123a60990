"""Pictures of the server: a recorded video at its own pace, a drawn face, a camera that comes and goes."""

from __future__ import annotations

import http.server
import io
import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from clips import even_times, make_clip, number_in, numbered_image
from PIL import Image as Pictures

from emotion.errors import InputError, SettingsError, UnreadableVideo
from emotion.live import cartoon, sources
from emotion.live.sources import AttachedCamera, Recording, Sample, paced
from emotion.media.network import device_of, pictures_of
from emotion.settings import Settings
from emotion.types import EMOTIONS, Frame, Image
from emotion.vision import assets
from emotion.vision.engine import Engine

BLANK = np.zeros((12, 16, 3), np.uint8)
SECRET = "s3cret-word"  # noqa: S105 - what must not show up anywhere
LONG_S = 20.0


def silent(_: str) -> None:
    """What a source says, where nobody listens."""


class Time:
    """A clock, and an event whose waiting moves it."""

    def __init__(self) -> None:
        self.now_s = 50.0
        self.stop = threading.Event()
        self.stop.wait = self._wait  # type: ignore[method-assign]

    def _wait(self, timeout: float | None = None) -> bool:
        self.now_s += timeout or 0.0
        return self.stop.is_set()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(sources.time, "monotonic", lambda: made.now_s)
    return made


@pytest.mark.parametrize(
    ("times_s", "costs_s", "shown"),
    [
        pytest.param([0, 0.1, 0.2], 0.0, [0, 0.1, 0.2], id="even"),
        pytest.param([0, 0.01, 2.0], 0.0, [0, 0.01, 2.0], id="uneven"),
        pytest.param([0, 0.1, 0.2, 0.3, 0.4, 0.5], 0.25, [0, 0.1, 0.4], id="a slow machine leaves pictures out"),
        pytest.param([0, 1.0, 1.1], 5.0, [0, 1.0, 1.1], id="a machine that slept goes on where it is"),
    ],
)
def test_pictures_come_when_they_are_due(clock: Time, times_s: list[float], costs_s: float, shown: list[float]) -> None:
    began_s = clock.now_s
    seen: list[float] = []
    for time_s, _ in paced(((time_s, BLANK) for time_s in times_s), clock.stop):
        assert clock.now_s - began_s > time_s - 0.001 or costs_s
        seen.append(time_s)
        clock.now_s += costs_s
    assert seen == shown


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("video") / "numbers.mp4"
    return make_clip(path, times_s=even_times(6, rate=10.0), size=(160, 120), sound=None)


def test_a_recording_plays_once(clock: Time, video: Path) -> None:
    shown = list(Recording(video).pictures(clock.stop, silent))
    assert [number_in(image) for _, image in shown] == list(range(6))
    assert clock.now_s - 50.0 == pytest.approx(0.5, abs=0.02)


def test_a_recording_begins_again_and_time_goes_on(clock: Time, video: Path) -> None:
    pictures = Recording(video, again=True).pictures(clock.stop, silent)
    shown = list(itertools.islice(pictures, 14))
    assert [number_in(image) for _, image in shown] == [*range(6), *range(6), 0, 1]
    times = [time_s for time_s, _ in shown]
    assert times == pytest.approx([index / 10 for index in range(14)], abs=0.01)
    clock.stop.set()
    assert list(pictures) == []


@pytest.mark.parametrize(
    "times_s",
    [pytest.param([0.0], id="one picture"), pytest.param([0.0, 0.001], id="two at nearly the same time")],
)
def test_however_short_a_recording_is_it_does_not_begin_again_all_the_time(
    clock: Time, tmp_path: Path, times_s: list[float]
) -> None:
    path = make_clip(tmp_path / "short.mp4", times_s=times_s, size=(160, 120), sound=None)
    shown = itertools.islice(Recording(path, again=True).pictures(clock.stop, silent), 4 * len(times_s) + 1)
    assert [time_s for time_s, _ in shown][-1] >= 4 / 15


def test_large_pictures_are_scaled_down(clock: Time, tmp_path: Path) -> None:
    path = make_clip(tmp_path / "large.mp4", times_s=[0.0, 0.1], size=(1920, 1080), sound=None)
    shown = [image.shape for _, image in Recording(path).pictures(clock.stop, silent)]
    assert set(shown) == {(720, 1280, 3)}


def test_what_is_no_video_gets_a_sentence(clock: Time, tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("no video")
    with pytest.raises(UnreadableVideo, match=r"notes\.mp4"):
        list(Recording(path).pictures(clock.stop, silent))


def test_the_drawn_face_is_found_and_shows_what_it_shows() -> None:
    settings = Settings.load(scan_interval_ms=0)
    assets.prepare(settings.cache_dir)
    engine = Engine.create(settings, assets.load(settings.cache_dir))
    labels = []
    for index in range(len(cartoon.LOOKS)):
        time_s = index * (cartoon.HOLD_S + cartoon.CHANGE_S) + cartoon.HOLD_S / 2
        image = cartoon.drawn(cartoon.look_at(time_s), sway=(-1.0, 1.0)[index % 2])
        (face,) = engine.analyze(Frame(index, time_s, image)).faces
        labels.append(EMOTIONS[int(np.argmax(face.raw.values))].value)
    assert labels == ["neutral", "happy", "surprise", "sad", "angry"]


def test_the_drawn_face_moves_and_is_drawn_for_ever(clock: Time) -> None:
    shown = list(itertools.islice(Sample().pictures(clock.stop, silent), 4))
    assert [time_s for time_s, _ in shown] == [number / cartoon.RATE for number in range(4)]
    assert {image.shape for _, image in shown} == {(480, 640, 3)}
    assert not np.array_equal(shown[0][1], shown[3][1])


class Camera(http.server.ThreadingHTTPServer):
    """A network camera as many are: JPEG pictures over HTTP, one part after the other; ``shots`` of them, then none."""

    def __init__(self, shots: int) -> None:
        super().__init__(("127.0.0.1", 0), Shots)
        self.shots = shots
        self.asked = 0
        self.away = False

    @property
    def address(self) -> str:
        return f"http://admin:{SECRET}@127.0.0.1:{self.server_port}/video.mjpg"


class Shots(http.server.BaseHTTPRequestHandler):
    server: Camera

    def do_GET(self) -> None:
        self.server.asked += 1
        if self.server.away:
            self.send_error(503)
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=shot")
        self.end_headers()
        for number in range(self.server.shots):
            shot = jpeg(numbered_image(number, (1600, 1200)))
            head = f"--shot\r\nContent-Type: image/jpeg\r\nContent-Length: {len(shot)}\r\n\r\n"
            try:
                self.wfile.write(head.encode() + shot + b"\r\n")
            except OSError:
                return

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


def jpeg(image: Image) -> bytes:
    file = io.BytesIO()
    Pictures.fromarray(image).save(file, "jpeg", quality=90)
    return file.getvalue()


@pytest.fixture
def camera() -> Iterator[Camera]:
    made = Camera(shots=12)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join(LONG_S)


def test_a_network_camera_is_read_and_scaled_down(camera: Camera) -> None:
    images: list[Image] = []
    # Its last picture is the end of what it sends: for a camera that is breaking off.
    with pytest.raises(InputError, match="does not answer"):
        images.extend(pictures_of(camera.address, within=(640, 480), stop=threading.Event()))
    assert {image.shape for image in images} == {(480, 640, 3)}
    numbers = [number_in(image) for image in images]
    assert numbers == sorted(numbers)
    assert len(numbers) > 6


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(f"http://admin:{SECRET}@127.0.0.1:1/video", id="refused"),
        pytest.param(f"rtsp://admin:{SECRET}@127.0.0.1:1/stream", id="rtsp refused"),
        pytest.param("/dev/video77", id="no such device"),
    ],
)
def test_a_camera_that_is_away_gets_a_sentence_without_its_address(address: str) -> None:
    with pytest.raises(InputError) as raised:
        list(pictures_of(address, within=(640, 480), stop=threading.Event()))
    assert "does not answer" in str(raised.value)
    assert raised.value.__cause__ is None
    assert address not in str(raised.value)


@pytest.mark.parametrize(
    ("address", "platform", "read_as"),
    [
        pytest.param("0", "linux", ("v4l2", "/dev/video0"), id="a number on Linux"),
        pytest.param("/dev/video12", "linux", ("v4l2", "/dev/video12"), id="a path on Linux"),
        pytest.param("1", "darwin", ("avfoundation", "1"), id="a number on macOS"),
        pytest.param("/dev/video1", "darwin", ("avfoundation", "1"), id="a path on macOS"),
        pytest.param("0", "win32", None, id="Windows knows names only"),
    ],
)
def test_devices_of_the_machine(address: str, platform: str, read_as: tuple[str, str] | None) -> None:
    if read_as:
        assert device_of(address, platform) == read_as
    else:
        with pytest.raises(ValueError, match="no numbers"):
            device_of(address, platform)


def test_no_address_makes_the_server_read_its_own_files(tmp_path: Path, camera: Camera) -> None:
    secret = make_clip(tmp_path / "secret.mp4", times_s=[0.0, 0.1], sound=None)
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{secret.as_uri()}\n#EXT-X-ENDLIST\n"

    class Liar(Shots):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/vnd.apple.mpegurl")
            self.end_headers()
            self.wfile.write(playlist.encode())

    camera.RequestHandlerClass = Liar
    with pytest.raises(InputError):
        list(pictures_of(camera.address, within=(640, 480), stop=threading.Event()))


def test_an_attached_camera_is_asked_again_with_growing_pauses(
    camera: Camera, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    stop = threading.Event()
    pauses: list[float] = []

    def wait(timeout: float | None = None) -> bool:
        pauses.append(timeout or 0.0)
        if len(pauses) == 4:
            camera.away = False
        return stop.is_set()

    monkeypatch.setattr(stop, "wait", wait)
    camera.away = True
    said: list[str] = []
    pictures = AttachedCamera("Entrance", camera.address).pictures(stop, said.append)
    time_s, image = next(iter(pictures))
    assert image.shape == (720, 960, 3)
    assert time_s >= 0
    assert pauses == [1.0, 2.0, 4.0, 8.0]
    assert said[0] == "The camera 'Entrance' does not answer. It is tried again in 1 s."
    assert said[-1] == "", "It is back, and the sentence still stands there."
    stop.set()
    assert len(list(pictures)) <= 1
    assert SECRET not in "".join(said) + caplog.text + repr(AttachedCamera("Entrance", camera.address))


def test_a_camera_that_is_away_ends_with_the_session() -> None:
    stop = threading.Event()
    feed = AttachedCamera("Entrance", "http://127.0.0.1:1/none")
    told: list[str] = []
    thread = threading.Thread(target=lambda: list(feed.pictures(stop, told.append)))
    thread.start()
    wait_for(lambda: bool(told))
    stop.set()
    thread.join(LONG_S)
    assert not thread.is_alive()


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG_S
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("cameras", "says"),
    [
        pytest.param([{"name": "A", "address": "rtsp://h/1"}], None, id="rtsp"),
        pytest.param([{"name": "A", "address": "https://h/1"}, {"name": "B", "address": "0"}], None, id="two"),
        pytest.param([{"name": "A", "address": "/dev/video0"}], None, id="device"),
        pytest.param([{"name": "A", "address": f"file:///etc/{SECRET}"}], "needs an rtsp", id="a file"),
        pytest.param([{"name": "A", "address": f"/etc/{SECRET}"}], "needs an rtsp", id="a path"),
        pytest.param([{"name": "A", "address": f"concat:{SECRET}"}], "needs an rtsp", id="a protocol of FFmpeg"),
        pytest.param([{"name": "", "address": f"rtsp://{SECRET}"}], "at least 1 character", id="no name"),
        pytest.param([{"name": "A", "address": "rtsp://h"}] * 2, "the same name", id="twice"),
        pytest.param([{"name": "A", "where": SECRET}], "Field required", id="no address"),
    ],
)
def test_cameras_of_the_settings(cameras: list[dict[str, str]], says: str | None) -> None:
    if says is None:
        settings = Settings.load(cameras=cameras)
        assert len(settings.cameras) == len(cameras)
        assert "rtsp://" not in repr(settings)
        assert "cameras" not in settings.for_the_record()
        return
    with pytest.raises(SettingsError, match=says) as raised:
        Settings.load(cameras=cameras)
    assert SECRET not in str(raised.value)

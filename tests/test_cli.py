"""The command line, as a process: what it prints, what it writes, how it ends."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
import skimage.data
from clips import face_clip_bytes, make_clip, make_face_clip
from PIL import Image

from emotion.cli import commands as cli
from emotion.errors import Cancelled
from emotion.jobs.progress import Progress, Stage

EMOTION = [sys.executable, "-m", "emotion"]


def run(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [*EMOTION, *map(str, arguments)], capture_output=True, text=True, timeout=120, **options
    )


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "clip.mp4"
    make_face_clip(path, count=6)
    return path


def test_analyze_several(clip: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "clip.mp4"
    other.parent.mkdir()
    make_face_clip(other, count=3)
    done = run("analyze", clip, other, "--out", tmp_path / "out", "--detector", "haar", "--every", "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert "A face was seen in" in done.stdout
    names = {path.name: json.loads((path / "summary.json").read_text()) for path in (tmp_path / "out").iterdir()}
    assert {name: facts["source"]["frames"] for name, facts in names.items()} == {"clip": 6, "clip-2": 3}


def empty(path: Path) -> None:
    path.touch()


def text(path: Path) -> None:
    path.write_text("This is no video.\n" * 1000)


def cut_short(path: Path) -> None:
    """An MP4 whose index, at its end, is missing."""
    make_face_clip(path, count=24)
    path.write_bytes(path.read_bytes()[:-4000])


def sound_only(path: Path) -> None:
    make_clip(path, times_s=[], sound="aac")


def folder(path: Path) -> None:
    path.mkdir()


def nothing(_: Path) -> None:
    """No such file."""


@pytest.mark.parametrize("make", [empty, text, cut_short, sound_only, folder, nothing], ids=lambda make: make.__name__)
def test_bad_input_gets_one_sentence_and_leaves_nothing(make: Callable[[Path], None], tmp_path: Path) -> None:
    source = tmp_path / "bad.mp4"
    make(source)
    done = run("analyze", source, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "bad.mp4" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]


def test_the_good_ones_of_several_are_done(clip: Path, tmp_path: Path) -> None:
    done = run("analyze", tmp_path / "missing.mp4", clip, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "missing.mp4" in done.stderr
    assert (tmp_path / "out" / "clip" / "merged.mp4").exists()


def test_a_folder_that_cannot_be_written(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    done = run("analyze", clip, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "Cannot write" in done.stderr


def test_a_full_disk(clip: Path, tmp_path: Path) -> None:
    script = 'mount -t tmpfs -o size=64k tmpfs "$1" && shift && exec "$@"'
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh", str(tmp_path), *EMOTION]
    if subprocess.run(["unshare", "--map-root-user", "--mount", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody mount a small disk")
    done = subprocess.run(
        [*command, "analyze", str(clip), "--out", str(tmp_path / "out")], capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (
        2,
        "error: The disk is full. Free some space and try again; nothing half-written was kept.\n",
    )


def test_names_that_lead_elsewhere(clip: Path, tmp_path: Path) -> None:
    source = tmp_path / "..hidden 😀.mp4"
    source.write_bytes(clip.read_bytes())
    assert run("analyze", tmp_path / "x" / ".." / source.name, "--out", tmp_path / "out").returncode == 2
    assert run("analyze", source, "--out", tmp_path / "out").returncode == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["hidden 😀"]


def test_a_part_of_a_video(clip: Path, tmp_path: Path) -> None:
    options = ["--from", 0.1, "--to", 0.4, "--region", "0,0,320,200", "--face", 1]
    assert run("analyze", clip, "--out", tmp_path, *options).returncode == 0
    facts = json.loads((tmp_path / clip.stem / "summary.json").read_text())
    assert facts["source"]["duration_s"] == pytest.approx(0.3)
    wanted = {"from_s": 0.1, "to_s": 0.4, "region": [0, 0, 320, 200], "face": 1}
    assert {name: facts["settings"][name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param(["--from", 9], "Choose another range", id="after the end"),
        pytest.param(["--from", 2, "--to", 1], "EMOTION_TO_S", id="backwards"),
        pytest.param(["--region", "1,2,3"], "EMOTION_REGION", id="three corners"),
        pytest.param(["--region", "a,b,c,d"], "EMOTION_REGION", id="no numbers"),
        pytest.param(["--region", "0,0,9999,10"], "beyond the picture", id="too wide"),
    ],
)
def test_a_part_that_is_none(clip: Path, tmp_path: Path, options: list[object], words: str) -> None:
    done = run("analyze", clip, "--out", tmp_path, *options)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_terminating_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "long.mp4"
    source.write_bytes(face_clip_bytes(1500))
    process = subprocess.Popen([*EMOTION, "analyze", str(source), "--out", str(tmp_path / "out")])
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("out/.*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=120) == 1
    assert list((tmp_path / "out").iterdir()) == []


def test_a_signal_whose_exception_got_lost_still_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_stop_asked", threading.Event())
    heard: list[Progress] = []
    heed = cli._heeding(heard.append)
    moment = Progress(Stage.SEEING, 1, 2, 1.0, 1.0)
    heed(moment)
    with contextlib.suppress(Cancelled):
        cli._stop(signal.SIGTERM, None)
    with pytest.raises(Cancelled):
        heed(moment)
    assert heard == [moment]


def test_image(tmp_path: Path) -> None:
    face, none = tmp_path / "face.png", tmp_path / "none.png"
    Image.fromarray(skimage.data.astronaut()).save(face)
    Image.new("RGB", (64, 64)).save(none)
    done = run("image", face, none)
    first, second = map(json.loads, done.stdout.splitlines())
    (found,) = first["faces"]
    assert first["path"] == str(face)
    assert found["dominant"] == "happy"
    assert found["confidence"] > 0.9
    assert list(found["scores"]) == ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
    assert 150 < found["box"][0] + found["box"][2] / 2 < 300
    assert second == {"path": str(none), "faces": []}
    assert done.returncode == 0


def test_image_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "note.jpg").write_text("no picture")
    done = run("image", tmp_path / "note.jpg")
    assert (done.returncode, done.stdout) == (2, "")
    assert "note.jpg" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["--every", "0"], "EMOTION_EVERY", id="below its limit"),
        pytest.param(["--detector", "eyes"], "'eyes'", id="no such detector"),
        pytest.param(["--model", "missing.onnx"], "missing.onnx", id="no such model"),
    ],
)
def test_options_that_make_no_sense(clip: Path, tmp_path: Path, arguments: list[str], says: str) -> None:
    done = run("analyze", clip, "--out", tmp_path / "out", *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_finds_everything(tmp_path: Path) -> None:
    done = run("doctor")
    assert (done.returncode, done.stderr) == (0, "")
    assert "H.264 video can be written" in done.stdout
    assert "MISSING" not in done.stdout


def test_doctor_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_CACHE_DIR", str(tmp_path / "empty"))
    done = run("doctor")
    assert done.returncode == 2
    assert "Run `emotion models prepare`" in done.stdout


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        pytest.param("EMOTION_DATA_DIR", "/proc/nowhere", "Set EMOTION_DATA_DIR", id="a folder that cannot be made"),
        pytest.param(
            "EMOTION_DATABASE_URL",
            "postgresql://127.0.0.1:1/x",
            "database cannot be used",
            id="a database that is away",
        ),
        pytest.param("EMOTION_DETCTOR", "haar", "EMOTION_DETCTOR means nothing", id="a misspelt variable"),
        pytest.param("EMOTION_FONT", "/nowhere/font.ttf", "font.ttf", id="a font that is not there"),
        pytest.param("EMOTION_MODEL", "/nowhere/mine.onnx", "mine.onnx", id="a model that is not there"),
    ],
)
def test_doctor_names_what_is_wrong(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, says: str) -> None:
    monkeypatch.setenv(variable, value)
    done = run("doctor")
    assert done.returncode == 2
    assert any(line.startswith("MISSING") and says in line for line in done.stdout.splitlines())


def test_pip_check_has_exactly_the_complaint_that_is_meant() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "check"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert checked.stdout.splitlines() == ["fer 22.4.0 requires opencv-contrib-python, which is not installed."]


def test_the_environment_is_light() -> None:
    installed = {(distribution.metadata["Name"] or "").lower() for distribution in metadata.distributions()}
    assert not {name for name in installed if name == "torch" or name.startswith(("nvidia", "torchvision"))}
    assert {name for name in installed if name.startswith("opencv")} == {"opencv-python-headless"}

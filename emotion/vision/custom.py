"""A person's own network in place of fer's: ``.tflite``, ``.onnx``, ``.keras``, ``.h5`` or ``.hdf5``, and its sidecar.

Keras files are converted to LiteRT once and kept in the cache by checksum. That happens in a process of its own, so
that a running dashboard never holds tensorflow; keras refuses files that carry code (its safe mode stays on).
"""

from __future__ import annotations

import hashlib
import logging
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from emotion.errors import ModelError
from emotion.files import staged_file
from emotion.types import Image
from emotion.vision.assets import FORMAT
from emotion.vision.recipe import Layout, Recipe
from emotion.vision.scoring import Network, NetworkClassifier, run_batch
from emotion.vision.sidecar import Sidecar, read_sidecar

KERAS_ENDINGS = (".keras", ".h5", ".hdf5")
ENDINGS = (".tflite", ".onnx", *KERAS_ENDINGS)
CONVERSION_TIMEOUT_S = 600
# How far probabilities may be from summing up to 1: a quantised network rounds each of seven to 1/256.
SUM_TOLERANCE = 0.03

log = logging.getLogger(__name__)


def load_custom(path: Path, cache_dir: Path) -> NetworkClassifier:
    """The network at ``path``, checked and ready. It belongs to the calling thread.

    The first time for a Keras file this converts it, which takes about ten seconds. Raises ModelError with one sentence
    for everything that may be wrong with the file, its sidecar, or how they fit.
    """
    path = path.expanduser()
    if path.suffix.lower() not in ENDINGS:
        raise ModelError(f"'{path.name}' is no network file: its name must end in one of {', '.join(ENDINGS)}.")
    if not path.is_file():
        raise ModelError(f"There is no model file '{path.name}'. Check the path.")
    sidecar = read_sidecar(path.with_suffix(".json"))
    network = _network(path, cache_dir)
    recipe = sidecar.recipe(_layout(network, sidecar, path.name))
    return NetworkClassifier(network, recipe, logits=_gives_logits(network, recipe, path.name))


def prepare_custom(path: Path, cache_dir: Path) -> bytes:
    """A Keras file as LiteRT, from the cache or converted now by another process. Raises ModelError."""
    source = hashlib.sha256(_bytes(path)).hexdigest()
    folder = cache_dir / "custom" / f"format-{FORMAT}"
    for kept in folder.glob(f"{source}-*.tflite"):
        network = _bytes(kept)
        if kept.stem == f"{source}-{hashlib.sha256(network).hexdigest()}":
            return network
    network = _converted(path)
    with staged_file(folder / f"{source}-{hashlib.sha256(network).hexdigest()}.tflite") as staged:
        staged.write_bytes(network)
    return network


def _converted(path: Path) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "network.tflite"
        command = [sys.executable, "-m", "emotion.vision.convert", str(path.resolve()), str(target)]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=CONVERSION_TIMEOUT_S)
            return target.read_bytes()
        except (subprocess.SubprocessError, OSError) as error:
            log.debug("converting %s failed: %s", path.name, getattr(error, "stderr", error))
            raise ModelError(
                f"'{path.name}' cannot be converted. Save the network again with Keras 3, or export it to .onnx."
            ) from error


def _network(path: Path, cache_dir: Path) -> Network:
    if path.suffix.lower() == ".onnx":
        from emotion.vision import onnx

        return onnx.Network(_bytes(path), name=path.name)
    from emotion.vision import litert

    keras = path.suffix.lower() in KERAS_ENDINGS
    return litert.Network(prepare_custom(path, cache_dir) if keras else _bytes(path), name=path.name)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"The model file '{path.name}' cannot be read. Check its permissions.") from error


def _layout(network: Network, sidecar: Sidecar, name: str) -> Layout:
    """The layout that fits the network's input, of the sidecar's or any. Raises ModelError if none does."""
    shape = network.input_shape
    for layout in [sidecar.layout] if sidecar.layout else Layout:
        wanted = sidecar.recipe(layout).input_shape
        if len(shape) == 4 and shape[0] in (-1, 1) and all(map(_fits, shape[1:], wanted)):
            return layout
    sizes = " or ".join(str(sidecar.recipe(layout).input_shape) for layout in Layout)
    raise ModelError(
        f"'{name}' takes input of shape {shape[1:]}, its description says {sizes}. Correct the description."
    )


def _fits(side: int, wanted: int) -> bool:
    return side in (-1, wanted)


def _gives_logits(network: Network, recipe: Recipe, name: str) -> bool:
    """Tries the network on noise: whether its outputs are no probabilities yet. Raises ModelError if they are wrong."""
    batch = recipe.batch(_noise(recipe))
    count = len(network.run(batch[:1]))
    if count != 1:
        raise ModelError(f"'{name}' gives {count} arrays where one is expected. Export it with the scores alone.")
    outputs = run_batch(network, batch)
    found, named = outputs.shape[1], len(recipe.labels)
    if found != named:
        raise ModelError(f"'{name}' gives {found} scores, its description names {named} labels. Make them agree.")
    if not np.isfinite(outputs).all():
        raise ModelError(f"'{name}' gives scores that are no numbers. Check its weights.")
    sums_to_one = np.abs(outputs.sum(axis=1) - 1).max() <= SUM_TOLERANCE
    return not (sums_to_one and outputs.min() >= -SUM_TOLERANCE)


def _noise(recipe: Recipe) -> list[Image]:
    random = np.random.default_rng(0)
    side = max(recipe.height, recipe.width)
    return list(random.integers(0, 256, (4, side, side, 3), dtype=np.uint8))

"""The networks of other packages: where their weights lie, and the cache of their conversions to LiteRT.

``prepare`` converts once; afterwards the cache is only read. It may be called by several processes at once: each
converts in a folder of its own, and as the conversion gives the same bytes every time it does not matter who is last.
Neither fer nor mtcnn is imported here, because both import tensorflow.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import importlib.util
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from emotion.errors import ModelError, ModelsNotPrepared
from emotion.files import staged_folder

# Raise this when convert.py writes something else from the same weights: old caches are then left alone.
FORMAT = 2
MANIFEST = "manifest.json"
PACKAGES = ("fer", "mtcnn")
WEIGHTS = {
    "fer": ("fer", "data/emotion_model.hdf5"),
    "pnet": ("mtcnn", "assets/weights/pnet.lz4"),
    "rnet": ("mtcnn", "assets/weights/rnet.lz4"),
    "onet": ("mtcnn", "assets/weights/onet.lz4"),
}


@dataclass(frozen=True, slots=True)
class Models:
    """The converted networks as bytes, to be shared by all threads; interpreters made from them may not be."""

    fer: bytes
    pnet: bytes
    rnet: bytes
    onet: bytes


def ignore_step(step: str) -> None:
    """For callers of :func:`prepare` who show no progress."""


def prepare(cache_dir: Path, on_step: Callable[[str], object] = ignore_step) -> Path:
    """Make sure that the converted networks are in the cache, and return their folder.

    Does nothing if they are; a missing, truncated or changed file is made anew. ``on_step`` gets a short sentence
    before each step. Imports tensorflow if there is work to do: about half a minute. Raises ModelError if a package
    lacks its weights, OutputError if the cache cannot be written.
    """
    folder = _folder(cache_dir)
    if _read(folder) is not None:
        return folder
    with staged_folder(folder) as staged:
        networks = dict(_convert(on_step))
        for name, network in networks.items():
            (staged / f"{name}.tflite").write_bytes(network)
        (staged / MANIFEST).write_text(json.dumps(_manifest(Models(**networks)), indent=2), encoding="utf-8")
    return folder


def ready(cache_dir: Path) -> bool:
    """Whether :func:`load` would work: all files are there and undamaged."""
    return _read(_folder(cache_dir)) is not None


def load(cache_dir: Path) -> Models:
    """The converted networks. Only reads. Raises ModelsNotPrepared if one is missing or damaged."""
    models = _read(_folder(cache_dir))
    if models is None:
        raise ModelsNotPrepared
    return models


def weights(name: str) -> Path:
    """Where the original weights of a bundled network lie. Raises ModelError."""
    return file_of(*WEIGHTS[name])


def file_of(package: str, inside: str) -> Path:
    """Where a file of an installed package lies, found without importing the package. Raises ModelError."""
    spec = importlib.util.find_spec(package)
    for root in (spec.submodule_search_locations or []) if spec else []:
        path = Path(root) / inside
        if path.is_file():
            return path
    raise ModelError(f"The package '{package}' or its weights are missing. Install the requirements again.")


def _convert(on_step: Callable[[str], object]) -> Iterator[tuple[str, bytes]]:
    sources = {name: weights(name) for name in WEIGHTS}
    on_step("Loading TensorFlow, needed this once")
    from emotion.vision import convert

    convert.load_tensorflow()
    on_step("Converting the emotion network of fer")
    yield "fer", convert.convert_keras(sources["fer"])
    for name in convert.MTCNN_SIDES:
        on_step(f"Converting MTCNN's {name[0].upper()}-Net")
        yield name, convert.convert_mtcnn(name, sources[name])


def _folder(cache_dir: Path) -> Path:
    return cache_dir / "models" / f"{_versions()}_format-{FORMAT}"


@functools.cache
def _versions() -> str:
    """Of the packages that the networks come from. A process has those that it started with."""
    try:
        return "_".join(f"{package}-{importlib.metadata.version(package)}" for package in PACKAGES)
    except importlib.metadata.PackageNotFoundError as error:
        raise ModelError(f"The package '{error.name}' is missing. Install the requirements again.") from error


def _manifest(models: Models) -> dict[str, str]:
    return {name: hashlib.sha256(network).hexdigest() for name, network in asdict(models).items()}


def _read(folder: Path) -> Models | None:
    """The networks if all are there and fit the manifest's checksums."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        models = Models(**{name: (folder / f"{name}.tflite").read_bytes() for name in WEIGHTS})
    except (OSError, ValueError):
        return None
    return models if manifest == _manifest(models) else None

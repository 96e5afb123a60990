"""Runs networks in LiteRT, the successor of ``tf.lite``. The only importer of ai_edge_litert."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from emotion.errors import ModelError

Array = npt.NDArray[np.float32]

# Whoever gets this lock is the first to start a network; it is never released.
_first_start = threading.Lock()


class Network:
    """One network, ready to run. It belongs to the thread that made it; the bytes it is made of may be shared.

    Raises ModelError, whose sentence names the network ``name``, if LiteRT cannot read ``model`` or it wants other
    numbers than float32.
    """

    def __init__(self, model: bytes, *, name: str) -> None:
        self._name = name
        try:
            # One thread: the pages run one engine per person, and these networks are too small to share out.
            self._interpreter = Interpreter(model_content=model, num_threads=1)
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"'{name}' is no network that LiteRT can run. Export it to .tflite again.") from error
        entries = self._interpreter.get_input_details()
        if len(entries) != 1 or entries[0]["dtype"] is not np.float32:
            raise ModelError(f"'{name}' must take one float32 array. Export it without quantised inputs.")
        self._input: int = entries[0]["index"]
        # Nothing is allocated yet: P-Net cannot be at its nominal size of 1x1.
        self._shape: tuple[int, ...] | None = None
        self._outputs: list[int] = [entry["index"] for entry in self._interpreter.get_output_details()]
        self.input_shape: tuple[int, ...] = tuple(int(side) for side in entries[0]["shape_signature"])
        """-1 where any length is fine."""

    def run(self, batch: Array) -> list[Array]:
        """The outputs for one input, as fresh arrays in the file's order. Raises ModelError if its shape is wrong."""
        try:
            self._fit(batch.shape)
            self._interpreter.set_tensor(self._input, batch)
            self._interpreter.invoke()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"'{self._name}' cannot work on an input of shape {batch.shape}.") from error
        return [np.asarray(self._interpreter.get_tensor(index), dtype=np.float32) for index in self._outputs]

    def _fit(self, shape: tuple[int, ...]) -> None:
        if shape != self._shape:
            self._shape = None
            self._interpreter.resize_tensor_input(self._input, shape)
            with _muted() if _first_start.acquire(blocking=False) else contextlib.nullcontext():
                self._interpreter.allocate_tensors()
            self._shape = shape


@contextlib.contextmanager
def _muted() -> Iterator[None]:
    """No standard error for a moment: LiteRT greets the first network there, from C++, and cannot be hushed."""
    try:
        kept = os.dup(2)
    except OSError:  # a process without a standard error, such as a Windows service
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - the null device is no path on Windows
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)

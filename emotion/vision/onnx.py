"""Runs a person's own ONNX network. The only importer of onnxruntime, and only imported where there is one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as native

from emotion.errors import ModelError

Array = npt.NDArray[np.float32]

# onnxruntime's exceptions have no common root but Exception.
BROKEN = (
    native.Fail,
    native.InvalidArgument,
    native.InvalidGraph,
    native.InvalidProtobuf,
    native.NoModel,
    native.NotImplemented,
    native.RuntimeException,
)


class Network:
    """The same seam as :class:`emotion.vision.litert.Network`. It belongs to the thread that made it."""

    def __init__(self, model: bytes, *, name: str) -> None:
        self._name = name
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # for the same reason as in litert.py
        options.log_severity_level = 4  # fatal only: what goes wrong is raised, and told in one sentence
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except BROKEN as error:
            raise ModelError(f"'{name}' is no network that ONNX Runtime can run. Export it to .onnx again.") from error
        entries = self._session.get_inputs()
        if len(entries) != 1 or entries[0].type != "tensor(float)":
            raise ModelError(f"'{name}' must take one float32 array. Export it without quantised inputs.")
        self._input: str = entries[0].name
        self.input_shape: tuple[int, ...] = tuple(side if isinstance(side, int) else -1 for side in entries[0].shape)
        """-1 where any length is fine."""

    def run(self, batch: Array) -> list[Array]:
        """The outputs for one input, in the file's order. Raises ModelError if the shape does not fit."""
        try:
            outputs = self._session.run(None, {self._input: batch})
        except BROKEN as error:
            raise ModelError(f"'{self._name}' cannot work on an input of shape {batch.shape}.") from error
        return [np.asarray(output, dtype=np.float32) for output in outputs]

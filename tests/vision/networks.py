"""Tiny networks of every format, with two outputs: the mean brightness of the picture, and what is left to 1.

``python networks.py keras PATH`` or ``tflite PATH`` writes one; those formats need tensorflow, which warns while it is
imported, so that it gets a process of its own.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

SIDE = 8


def write_onnx(path: Path, *, shape: tuple[int | str, ...] = ("n", 1, SIDE, SIDE), gain: float = 1.0) -> None:
    """Channels first, as PyTorch exports; with another ``gain`` than 1 the outputs are no probabilities."""
    weights = np.array([[gain, -gain]], dtype=np.float32)
    nodes = [
        helper.make_node("GlobalAveragePool", ["face"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["both"]),
        helper.make_node("Add", ["both", "shift"], ["scores"]),
    ]
    graph = helper.make_graph(
        nodes,
        "brightness",
        [helper.make_tensor_value_info("face", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, (shape[0], 2))],
        [
            helper.make_tensor("weights", TensorProto.FLOAT, (1, 2), weights.ravel()),
            helper.make_tensor("shift", TensorProto.FLOAT, (2,), [0.0, gain]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.save(model, path)


def write_keras(path: Path) -> None:
    import keras

    face = keras.Input((SIDE, SIDE, 1))
    mean = keras.layers.GlobalAveragePooling2D()(face)
    dense = keras.layers.Dense(2)
    model = keras.Model(face, dense(mean))
    dense.set_weights([np.array([[1.0, -1.0]]), np.array([0.0, 1.0])])
    model.save(path)


def write_tflite(path: Path) -> None:
    from emotion.vision.convert import convert_keras

    keras_file = path.with_suffix(".keras")
    write_keras(keras_file)
    path.write_bytes(convert_keras(keras_file))


if __name__ == "__main__":
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0", CUDA_VISIBLE_DEVICES="-1")
    for kind, target in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
        {"keras": write_keras, "tflite": write_tflite}[kind](Path(target))

"""Weights of other frameworks -> LiteRT. The only importer of tensorflow and keras, which cost seconds and 700 MB.

So nothing here is imported by a running dashboard: :mod:`emotion.vision.assets` imports it when somebody prepares the
models, and :mod:`emotion.vision.custom` runs it in a process of its own (``python -m emotion.vision.convert SOURCE
TARGET``).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from emotion.files import staged_file

# Side of the square pictures that R-Net and O-Net take; P-Net takes any size (Zhang et al. 2016, arXiv:1604.02878).
MTCNN_SIDES: dict[str, int | None] = {"pnet": None, "rnet": 24, "onet": 48}


def convert_keras(source: Path) -> bytes:
    """The network in a ``.keras``, ``.hdf5`` or ``.h5`` file, for batches of any size, as LiteRT float32.

    Raises whatever keras raises for a file that it cannot read: that is a wide and undocumented choice.
    """
    model = load_tensorflow().keras.models.load_model(source, compile=False)
    return _frozen(model, (None, *model.input_shape[1:]))


def convert_mtcnn(name: str, weights: Path) -> bytes:
    """One of MTCNN's three networks (``pnet``, ``rnet``, ``onet``) from the package's weights, as LiteRT float32.

    P-Net takes one picture of any size, the others any number of 24x24 or 48x48 pictures, all ``(n, height, width, 3)``
    RGB scaled by ``(x - 127.5) / 128``.
    """
    load_tensorflow()
    import joblib
    from mtcnn.network.onet import ONet
    from mtcnn.network.pnet import PNet
    from mtcnn.network.rnet import RNet

    model = {"pnet": PNet, "rnet": RNet, "onet": ONet}[name]()
    model.build()
    model.set_weights(joblib.load(weights))
    side = MTCNN_SIDES[name]
    return _frozen(model, (None, side, side, 3) if side else (1, None, None, 3))


def _frozen(model: Any, shape: tuple[int | None, ...]) -> bytes:
    """The network with its variables turned into constants: left as variables, the converter drops the weights."""
    tf = load_tensorflow()
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    call = tf.function(lambda batch: model(batch, training=False))
    concrete = call.get_concrete_function(tf.TensorSpec(shape, tf.float32))
    converter = tf.lite.TFLiteConverter.from_concrete_functions([convert_variables_to_constants_v2(concrete)], model)
    return bytes(converter.convert())


def load_tensorflow() -> Any:
    """Tensorflow, told before its first import to keep quiet and to leave any GPU alone."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # else it announces oneDNN whatever the log level
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    return tf


def main(source: str, target: str) -> None:
    """Convert one Keras file; ``target`` stands there whole or not at all."""
    converted = convert_keras(Path(source))
    with staged_file(Path(target)) as staged:
        staged.write_bytes(converted)


if __name__ == "__main__":
    main(*sys.argv[1:])

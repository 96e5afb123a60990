"""The trained network as a LiteRT file: calibrated scores come out, weights are 16-bit floats."""

from __future__ import annotations

from typing import Any

from training.calibrate import Calibration
from training.data import SIDE_PX
from training.frameworks import tf
from training.network import build
from training.plans import Plan


def exact(network: Any, plan: Plan) -> Any:
    """The same network computing in float32, whatever it was trained in."""
    same = build(plan)
    same.set_weights(network.get_weights())
    return same


def whole(network: Any, calibration: Calibration) -> Any:
    """A function from faces ``(n, 48, 48, 1)`` to scores ``(n, 7)``: the network, then the calibration."""

    def scores(inputs: Any) -> Any:
        shifted = network(inputs, training=False) + tf.constant(calibration.shift, tf.float32)
        return tf.nn.softmax(shifted / calibration.temperature)

    return scores


def to_litert(network: Any, calibration: Calibration) -> bytes:
    """The file for batches of any size; LiteRT unpacks the 16-bit weights to 32 bits when it starts.

    The weights are turned into constants first: left as variables, the converter drops them.
    """
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    call = tf.function(whole(network, calibration), autograph=False)
    concrete = call.get_concrete_function(tf.TensorSpec((None, SIDE_PX, SIDE_PX, 1), tf.float32))
    frozen = convert_variables_to_constants_v2(concrete)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen], network)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    return bytes(converter.convert())

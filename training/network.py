"""The network: residual blocks (He et al. 2016, arXiv:1512.03385) over 48 x 48 grey pixels, seven logits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from training.data import SEVEN, SIDE_PX
from training.frameworks import keras, tf
from training.plans import Plan

EPSILON = 1e-3
# How much of the running mean and variance each step keeps.
KEPT = 0.9


@keras.saving.register_keras_serializable(package="training")
class FusedNormalization(keras.layers.Layer):  # type: ignore[misc]
    """Batch normalisation (Ioffe and Szegedy 2015, arXiv:1502.03167) in one operation, statistics in float32.

    keras 3's own is a dozen operations on a CPU, and took more than half of each step.
    """

    def __init__(self, *, start: float = 1.0, **rest: Any) -> None:
        """``start`` is the first scale: 0 makes a residual block begin as the identity (Goyal 2017)."""
        super().__init__(autocast=False, **rest)
        self._start = start

    def build(self, shape: tuple[int | None, ...]) -> None:
        def add(name: str, value: float, *, trainable: bool) -> Any:
            initializer = keras.initializers.Constant(value)
            return self.add_weight((shape[-1],), initializer, dtype="float32", trainable=trainable, name=name)

        self.scale = add("scale", self._start, trainable=True)
        self.offset = add("offset", 0.0, trainable=True)
        self.mean = add("mean", 0.0, trainable=False)
        self.variance = add("variance", 1.0, trainable=False)

    def call(self, inputs: Any, training: bool = False) -> Any:
        normalize = tf.compat.v1.nn.fused_batch_norm
        if not training:
            moments = {"mean": self.mean, "variance": self.variance}
            return normalize(inputs, self.scale, self.offset, **moments, epsilon=EPSILON, is_training=False)[0]
        outputs, mean, variance = normalize(inputs, self.scale, self.offset, epsilon=EPSILON, is_training=True)
        self.mean.assign(self.mean * KEPT + mean * (1 - KEPT))
        self.variance.assign(self.variance * KEPT + variance * (1 - KEPT))
        return outputs


def build(plan: Plan, *, precision: str = "float32") -> Any:
    """The untrained network for batches of ``(n, 48, 48, 1)``, -1 to 1, to seven logits in the order of EMOTIONS.

    Its input is halved three times; ``precision`` is a policy of keras (``mixed_bfloat16`` keeps weights in float32).
    """
    keras.utils.set_random_seed(plan.seed)
    with_policy = {"dtype": precision}
    narrow, middle, wide = plan.width, 2 * plan.width, 4 * plan.width
    inputs = keras.layers.Input((SIDE_PX, SIDE_PX, 1))
    flow = _activated(_normalized(_convolved(inputs, plan.stem, 3, 1, with_policy)), with_policy)
    stages = [(narrow, 2), (middle, 2), (middle, 1), (wide, 2), *[(wide, 1)] * (plan.wide_blocks - 1)]
    for channels, step in stages:
        flow = _block(flow, channels, step, with_policy)
    flow = keras.layers.GlobalAveragePooling2D(**with_policy)(flow)
    flow = keras.layers.Dropout(plan.dropout, seed=plan.seed, **with_policy)(flow)
    return keras.Model(inputs, keras.layers.Dense(SEVEN, dtype="float32", name="logits")(flow))


def _block(flow: Any, channels: int, step: int, policy: dict[str, str]) -> Any:
    """Two convolutions beside a shortcut, which is averaged down where the block halves (He et al. 2018, ResNet-D)."""
    short = flow
    if step > 1:
        short = keras.layers.AveragePooling2D(step, **policy)(short)
    if short.shape[-1] != channels:
        short = _normalized(_convolved(short, channels, 1, 1, policy))
    flow = _activated(_normalized(_convolved(flow, channels, 3, step, policy)), policy)
    flow = _normalized(_convolved(flow, channels, 3, 1, policy), start=0.0)
    return _activated(keras.layers.Add(**policy)([short, flow]), policy)


def _convolved(flow: Any, channels: int, size: int, step: int, policy: dict[str, str]) -> Any:
    layer = keras.layers.Conv2D(
        channels, size, step, padding="same", use_bias=False, kernel_initializer="he_normal", **policy
    )
    return layer(flow)


def _normalized(flow: Any, start: float = 1.0) -> Any:
    return FusedNormalization(start=start)(flow)


def _activated(flow: Any, policy: dict[str, str]) -> Any:
    return keras.layers.ReLU(**policy)(flow)


def save_weights(network: Any, path: Path) -> None:
    """All weights in their order, as an .npz file that needs no keras to be read."""
    import numpy as np

    np.savez(path, *network.get_weights())


def load_weights(network: Any, path: Path) -> None:
    import numpy as np

    with np.load(path) as file:
        network.set_weights([file[name] for name in file.files])

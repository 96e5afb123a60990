"""The small JSON file beside a person's own network that says how to use it.

::

    {"labels": ["anger", "happiness", "contempt", null], "input_size": 48, "color": "gray", "scaling": "0..1"}

``labels`` name what each output means, null (or contempt, which is none of the seven) for one to leave out.
``input_size`` is one side or ``[height, width]``; ``color`` is gray, rgb or bgr; ``scaling`` is ``"0..1"``,
``"-1..1"``, ``"0..255"`` or ``{"mean": ..., "std": ...}``, each a number or one per channel, for pixels from 0 to 255.
``layout``, nhwc or nchw, is only needed where the network's input shape leaves it open.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from emotion.errors import ModelError
from emotion.types import Emotion
from emotion.vision.recipe import Color, Layout, Recipe

SYNONYMS: dict[str, Emotion | None] = {
    **{emotion.value: emotion for emotion in Emotion},
    "anger": Emotion.ANGRY,
    "disgusted": Emotion.DISGUST,
    "fearful": Emotion.FEAR,
    "afraid": Emotion.FEAR,
    "scared": Emotion.FEAR,
    "happiness": Emotion.HAPPY,
    "joy": Emotion.HAPPY,
    "sadness": Emotion.SAD,
    "surprised": Emotion.SURPRISE,
    "contempt": None,
}
HINTS = {
    "labels": "a list with one emotion (such as 'happy') or null per output, no emotion twice",
    "input_size": "a side in pixels such as 48, or [height, width]",
    "color": "'gray', 'rgb' or 'bgr'",
    "scaling": "'0..1', '-1..1', '0..255' or {'mean': ..., 'std': ...} with one number or one per channel",
    "layout": "'nhwc' or 'nchw'",
}
RANGES = {"0..1": (0.0, 255.0), "-1..1": (127.5, 127.5), "0..255": (0.0, 1.0)}

Side = Annotated[int, Field(ge=1, le=2048)]


def _numbers(value: object) -> object:
    return [value] if isinstance(value, int | float) else value


def _emotion(label: object) -> object:
    if label is None:
        return None
    if not isinstance(label, str) or label.strip().lower() not in SYNONYMS:
        raise ValueError("unknown label")
    return SYNONYMS[label.strip().lower()]


class Scaling(BaseModel):
    """What is taken from each pixel, and what it is then divided by."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    mean: Annotated[tuple[float, ...], BeforeValidator(_numbers)]
    std: Annotated[tuple[Annotated[float, Field(gt=0)], ...], BeforeValidator(_numbers)]


class Sidecar(BaseModel):
    """The file's entries."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    labels: tuple[Annotated[Emotion | None, BeforeValidator(_emotion)], ...]
    input_size: Side | tuple[Side, Side]
    color: Color
    scaling: Literal["0..1", "-1..1", "0..255"] | Scaling
    layout: Layout | None = None

    @field_validator("labels")
    @classmethod
    def _one_each(cls, labels: tuple[Emotion | None, ...]) -> tuple[Emotion | None, ...]:
        named = [label for label in labels if label is not None]
        if not named or len(set(named)) < len(named):
            raise ValueError("no emotion, or one twice")
        return labels

    def recipe(self, layout: Layout) -> Recipe:
        """The same as a recipe, with the layout that the network's shape shows."""
        height, width = (self.input_size,) * 2 if isinstance(self.input_size, int) else self.input_size
        if isinstance(self.scaling, Scaling):
            mean, std = self.scaling.mean, self.scaling.std
        else:
            mean, std = ((number,) for number in RANGES[self.scaling])
        return Recipe(self.labels, height, width, self.color, mean, std, layout)


def read_sidecar(path: Path) -> Sidecar:
    """The description in ``path``. Raises ModelError with one sentence on the first thing that is wrong."""
    try:
        sidecar = Sidecar.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ModelError(
            f"The file '{path.name}', which describes the network, cannot be read. Put it beside the network."
        ) from error
    except ValidationError as error:
        raise ModelError(_sentence(path.name, error)) from error
    if isinstance(sidecar.scaling, Scaling):
        counts = {len(sidecar.scaling.mean), len(sidecar.scaling.std)}
        if not counts <= {1, sidecar.color.channels}:
            raise ModelError(f"'{path.name}' has a wrong 'scaling': it must be {HINTS['scaling']}.")
    return sidecar


def _sentence(name: str, error: ValidationError) -> str:
    first = error.errors()[0]
    entry = str(first["loc"][0]) if first["loc"] else ""
    if not entry:
        return f"'{name}' is no JSON object. Check its commas, quotes and brackets."
    if entry not in HINTS:
        return f"'{name}' has an unknown entry '{entry}'. Only {', '.join(HINTS)} are allowed."
    state = "lacks" if first["type"] == "missing" and len(first["loc"]) == 1 else "has a wrong"
    return f"'{name}' {state} '{entry}': it must be {HINTS[entry]}."

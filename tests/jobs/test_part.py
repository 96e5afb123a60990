"""What was seen in a piece comes back from its file as it was."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.errors import OutputError
from emotion.jobs.part import Part, Sightings, load, save
from emotion.types import EMOTIONS, Box, Detection, Reading, Scores, Sighting

numbers = st.floats(0, 1)
places = st.floats(-1e4, 1e4)
points = st.tuples(places, places)
readings = st.builds(
    Reading,
    st.builds(
        Detection,
        st.builds(Box, places, places, st.floats(0, 1e4), st.floats(0, 1e4)),
        numbers,
        st.just(()) | st.tuples(*[points] * 5),
    ),
    st.builds(Scores, st.tuples(*[numbers] * len(EMOTIONS))),
    numbers,
)
sightings = st.builds(
    Sighting, st.integers(0, 10**9), st.floats(0, 1e6), st.lists(readings, max_size=3).map(tuple), st.booleans()
)


@given(st.lists(sightings, max_size=8))
def test_sightings_come_back(seen: list[Sighting]) -> None:
    packed = Sightings()
    for sighting in seen:
        packed.append(sighting)
    assert len(packed) == len(seen)
    assert list(packed) == seen
    assert list(Sightings.of(packed.arrays())) == seen


@pytest.mark.parametrize("sample", [None, np.arange(6, dtype=np.float32).reshape(2, 3)])
def test_a_part_comes_back(tmp_path: Path, sample: np.ndarray | None) -> None:
    save(Part(Sightings(), 7, (0.1, 0.2), "'ä.mp4' is damaged.", sample, None, 1.5), tmp_path / "part.npz")
    part = load(tmp_path / "part.npz")
    assert (part.frames, part.last_s, part.damage, part.seconds_taken) == (7, (0.1, 0.2), "'ä.mp4' is damaged.", 1.5)
    assert part.last is None
    assert (part.first is None) if sample is None else np.array_equal(part.first, sample)
    assert [path.name for path in tmp_path.iterdir()] == ["part.npz"]


@pytest.mark.parametrize("data", [None, b"", b"PK\x03\x04 and then nothing", b"something else"])
def test_a_part_that_is_gone_or_broken(tmp_path: Path, data: bytes | None) -> None:
    if data is not None:
        (tmp_path / "part.npz").write_bytes(data)
    with pytest.raises(OutputError, match="missing on the disk"):
        load(tmp_path / "part.npz")

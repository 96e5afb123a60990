"""The benchmarks still run: on a clip of a second and three pictures, with figures that mean nothing."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest
from clips import BACKGROUND, astronaut_frames, make_face_clip

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
QUICK = ["--runs", "1", "--peer-frames", "3", "--peers", "mtcnn", "--minutes", "0.05,0.1", "--seconds", "2"]


def run(script: str, *arguments: str | Path) -> str:
    command = [sys.executable, str(BENCHMARKS / script), *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


@pytest.fixture(scope="module")
def table() -> ModuleType:
    """benchmarks/table.py, which is a script beside others and no package."""
    spec = importlib.util.spec_from_file_location("table", BENCHMARKS / "table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("bench")
    make_face_clip(folder / "face.mp4")
    run("run.py", "--clip", folder / "face.mp4", "--out", folder / "out.jsonl", *QUICK)
    return [json.loads(line) for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.slow
def test_every_figure_is_measured(records: list[dict[str, Any]], table: ModuleType) -> None:
    assert sorted({one["figure"] for one in records}) == ["a", "b", "c", "d", "e", "f", "g", "h"]
    assert all(one["value"] > 0 and one["unit"] for one in records)
    assert all(one["clip"]["name"] == "face.mp4" for one in records)
    # What is published says nothing about whose machine it was.
    assert "/face.mp4" not in json.dumps(records)
    assert len(table.table(records).splitlines()) > len(records)


@pytest.mark.slow
def test_the_limit_encodes_the_same_frames_with_the_same_settings(records: list[dict[str, Any]]) -> None:
    [limit] = [one for one in records if one["figure"] == "b"]
    assert limit["bytes_of_limit_by_ours"] == pytest.approx([1, 1], rel=0.01)


@pytest.mark.slow
def test_both_ways_of_detecting_see_the_astronaut(records: list[dict[str, Any]]) -> None:
    for one in (one for one in records if one["figure"] == "d"):
        assert one["found_scanned"] == one["found_refined"] == one["frames"]


@pytest.mark.slow
def test_accuracy_counts_a_picture_without_a_face_as_wrong(tmp_path: Path) -> None:
    """The astronaut smiles; once she is called sad, and once she is not there."""
    smiling = astronaut_frames(1).images[0]
    empty = np.full_like(smiling, BACKGROUND)
    for label, name, image in (("happy", "a.png", smiling), ("sad", "b.png", smiling), ("anger", "c.png", empty)):
        (tmp_path / label).mkdir()
        cv2.imwrite(str(tmp_path / label / name), image[..., ::-1])
    (tmp_path / "contempt").mkdir()
    cv2.imwrite(str(tmp_path / "contempt" / "d.png"), smiling)

    said = run("accuracy.py", tmp_path, "--out", tmp_path / "out.jsonl")

    assert "no face" in said
    for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines():
        judges = json.loads(line)["judges"]
        assert list(judges) == [
            "emotion, mtcnn",
            "emotion, haar",
            "emotion --model fer, mtcnn",
            "emotion --model fer, haar",
            "FER()",
            "FER(mtcnn=True)",
            "FER(mtcnn=True), RGB",
        ]
        assert all(one["pictures"] == 3 and one["faces_found"] == 0.6667 for one in judges.values())
        assert judges["emotion, mtcnn"]["right"] == judges["FER(mtcnn=True)"]["right"] == 1


def test_the_table_shows_the_last_measurement_of_each_thing(tmp_path: Path, table: ModuleType) -> None:
    lines = [
        {"figure": "e", "what": "memory", "value": 1.3, "unit": "×", "must": "≤ 1.15", "met": False},
        {"figure": "accuracy", "what": "pictures", "value": 1.3, "unit": "×"},
        {
            "figure": "a",
            "what": "speed",
            "value": 31.5,
            "unit": "×",
            "must": "≥ 30",
            "met": True,
            "spread": [30.5, 33.0],
        },
        {"figure": "e", "what": "memory", "value": 1.05, "unit": "×", "must": "≤ 1.15", "met": True},
    ]
    page = tmp_path / "page.md"
    page.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n", encoding="utf-8")
    for _ in range(2):
        table.write(table.latest(map(json.dumps, lines)), page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert [line for line in text.splitlines() if line.startswith("|")][2:] == [
        "| (a) | speed | 31.5 × | ≥ 30 | yes | 30.5 to 33 |",
        "| (e) | memory | 1.05 × | ≤ 1.15 | yes |  |",
        "|  | pictures | 1.3 × |  |  |  |",
    ]


def test_the_page_has_a_place_for_the_table(table: ModuleType) -> None:
    text = table.PAGE.read_text(encoding="utf-8")
    assert text.count(table.BEGIN) == text.count(table.END) == 1

"""Holds the floors and the owners of heavy libraries that docs/architecture.md draws."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "emotion"

FLOORS = [
    {"types", "errors"},
    {"settings", "palette", "files", "pixels", "heap", "logs", "metrics", "notes"},
    {"vision", "media", "report", "store", "access"},
    {"jobs", "live"},
    {"web", "serve", "__init__"},
    {"cli"},
    {"__main__"},
]

OWNERS = {
    "tensorflow": {"vision/convert.py"},
    "keras": {"vision/convert.py"},
    "mtcnn": {"vision/convert.py"},
    "fer": set(),
    "matplotlib": set(),
    "ai_edge_litert": {"vision/litert.py"},
    "onnxruntime": {"vision/onnx.py"},
    "cv2": {"pixels.py", "vision/haar.py"},
    "av": {"media/", "web/stream.py", "web/feed.py", "web/relay.py"},
    "aiortc": {"web/feed.py", "web/echo.py", "web/relay.py"},
    "PIL": {"report/", "media/pictures.py"},
    "altair": {"report/vega.py"},
    "pandas": {"report/timeline.py"},
    "streamlit": {"web/", "serve/application.py"},
    "starlette": {"web/http/"},
    "zipstream": {"web/http/"},
    "prometheus_client": {"metrics.py", "web/http/"},
    "pythonjsonlogger": {"logs.py"},
    "limits": {"web/http/rates.py"},
    "itsdangerous": {"web/links.py", "web/seal.py", "web/sign_in.py"},
    "requests": {"live/webhook.py"},
    "urllib3": {"live/webhook.py"},
    "streamlit_webrtc": {"web/stream.py"},
    "uvicorn": {"serve/server.py", "web/http/forwarded.py"},
    "cryptography": {"serve/"},
    "ifaddr": {"serve/machine.py"},
    "typer": {"cli/"},
    "sqlalchemy": {"store/"},
    "alembic": {"store/"},
    "psycopg": {"store/"},
    "distributed": {"jobs/cluster/"},
    "dask": {"jobs/cluster/"},
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} uses a relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def floor_of(part: str) -> int:
    return next(number for number, parts in enumerate(FLOORS) if part in parts)


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_point_down_and_heavy_libraries_have_one_owner(path: Path) -> None:
    here = path.relative_to(PACKAGE).as_posix()
    for name in imports(path):
        first, *rest = name.split(".")
        if first == "emotion" and rest and rest[0] != part_of(path):
            assert floor_of(rest[0]) < floor_of(part_of(path)), f"{here} imports {name}"
        if first in OWNERS:
            assert any(here.startswith(owner) for owner in OWNERS[first]), f"{here} imports {name}"


def test_modules_stay_small() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {path: length for path, length in lengths.items() if length > 400} == {}
    assert sorted(lengths.values())[len(lengths) // 2] < 200


@pytest.mark.parametrize("page", sorted((ROOT / "pages").glob("*.py")), ids=lambda path: path.name)
def test_pages_are_thin(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 80
    assert "unsafe_allow_html" not in text
    assert not any(isinstance(node, ast.ClassDef) for node in ast.walk(ast.parse(text)))


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        pytest.param("emotion", ["numpy", "cv2", "av", "pandas", "streamlit", "tensorflow"], id="the package itself"),
        pytest.param(
            "emotion.vision.engine", ["tensorflow", "keras", "fer", "mtcnn", "matplotlib", "streamlit"], id="the engine"
        ),
        pytest.param("emotion.web.http", ["av", "cv2", "pandas", "sqlalchemy", "streamlit"], id="the routes"),
        pytest.param("emotion.web.state", ["tensorflow", "keras", "fer", "streamlit_webrtc"], id="the pages' state"),
        pytest.param("emotion.cli", ["tensorflow", "streamlit", "av", "pandas", "sqlalchemy"], id="the command line"),
        pytest.param("emotion.jobs.analyze", ["tensorflow", "streamlit", "pandas", "pyarrow", "altair"], id="the work"),
    ],
)
def test_importing_stays_light(module: str, forbidden: list[str]) -> None:
    code = f"import {module}, sys; print(*sorted(set({forbidden}) & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == []

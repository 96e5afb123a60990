"""What the documents show works as it is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from clips import make_face_clip

import emotion
from emotion.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def indented_lines(text: str) -> str:
    return "\n".join(line.removeprefix("    ") for line in text.splitlines() if line.startswith("    "))


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(re.findall(r"```python\n(.*?)```", README, re.DOTALL)[0], id="README"),
        pytest.param("import emotion\n" + indented_lines(emotion.__doc__ or ""), id="docstring"),
    ],
)
def test_three_lines_of_python(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_face_clip(tmp_path / "interview.mp4", count=3)
    monkeypatch.chdir(tmp_path)
    exec(code, {})  # noqa: S102 - our own document
    assert (tmp_path / "faces.csv").read_text(encoding="utf-8").count("\n") == 4


def test_the_readme_names_every_setting_and_no_other() -> None:
    named = set(re.findall(r"`(EMOTION_[A-Z_0-9]+)`", README))
    assert named == {f"EMOTION_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda path: path.name
)
def test_links_lead_to_what_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(((?!http)[^)\s]+)\)", text):
        file, _, heading = target.partition("#")
        there = path.parent / file if file else path
        assert there.exists(), target
        assert not heading or heading in headings(there.read_text(encoding="utf-8")), target


@pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name)
def test_the_documents_name_settings_that_exist(path: Path) -> None:
    named = set(re.findall(r"EMOTION_[A-Z_0-9]+[A-Z0-9]", path.read_text(encoding="utf-8")))
    assert named <= {f"EMOTION_{name.upper()}" for name in Settings.model_fields}


def headings(text: str) -> set[str]:
    """What a heading is called in an address: small letters, without signs, a hyphen for each space."""
    lines = re.sub(r"```.*?```", "", text, flags=re.DOTALL).splitlines()
    titles = [line.lstrip("#").strip().lower() for line in lines if line.startswith("#")]
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}

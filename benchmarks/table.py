"""JSON lines to the table in docs/performance.md: ``python benchmarks/table.py FILE...`` writes it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN = "<!-- Written by benchmarks/table.py; changes in between are lost. -->"
END = "<!-- The table ends here. -->"
HEAD = ("| | what | measured | must be | reached | spread of the rounds |", "| --- | --- | --- | --- | --- | --- |")
DETAILS = ("judges", "note")


def latest(lines: Iterable[str]) -> list[dict[str, Any]]:
    """The last record of each thing that was measured, by figure."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for line in lines:
        if line.strip():
            one = json.loads(line)
            # Put at the end, where the others of the same run are.
            found.pop((one["figure"], one["what"]), None)
            found[one["figure"], one["what"]] = one
    return sorted(found.values(), key=lambda one: (one["figure"] == "accuracy", one["figure"]))


def table(records: Iterable[dict[str, Any]]) -> str:
    """A Markdown table, one row per record, and below it what the records were made of."""
    records = list(records)
    rows = [_row(one) for one in records]
    judges = next((one["judges"] for one in reversed(records) if "judges" in one), None)
    parts = ["\n".join([*HEAD, *rows]), "\n".join(_details(records))]
    if judges:
        parts.append(_judges(judges))
    return "\n\n".join(part for part in parts if part)


def write(records: Iterable[dict[str, Any]], page: Path = PAGE) -> None:
    """Puts the table between the two marks of the page, in place of what was there."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n\n{table(records)}\n\n{END}{after}", encoding="utf-8")


def _row(one: dict[str, Any]) -> str:
    must = one.get("must", "")
    reached = "" if not must else "yes" if one["met"] else "**no**"
    spread = f"{one['spread'][0]:g} to {one['spread'][1]:g}" if "spread" in one else ""
    figure = "" if one["figure"] == "accuracy" else f"({one['figure']})"
    return f"| {figure} | {one['what']} | {one['value']:g} {one['unit']} | {must} | {reached} | {spread} |"


def _details(records: Iterable[dict[str, Any]]) -> Iterable[str]:
    """Everything else that a record holds, as a list."""
    shown = {
        "figure",
        "what",
        "value",
        "unit",
        "must",
        "met",
        "spread",
        "machine",
        "clip",
        "settings",
        "date",
        *DETAILS,
    }
    for one in records:
        rest = "; ".join(f"{name.replace('_', ' ')} {_text(value)}" for name, value in one.items() if name not in shown)
        if rest:
            yield f"- ({one['figure']}) {one['what']}: {rest}"
    for sentence in dict.fromkeys(_where(one) for one in records if "machine" in one):
        yield f"- {sentence}"


def _where(one: dict[str, Any]) -> str:
    machine, clip = one["machine"], one["clip"]
    width, height = clip["size"]
    changed = f", settings {_text(one['settings'])}" if one["settings"] else ""
    return (
        f"Measured {one['date']} on {machine['cores']} {machine['architecture']} cores, Python {machine['python']}, "
        f"with {clip['name']} ({width}×{height}, {clip['frames']} frames at {clip['rate']:g}/s){changed}."
    )


def _judges(judges: dict[str, dict[str, Any]]) -> str:
    lines = ["| | right | of | accuracy | mean recall | faces found |", "| --- | --- | --- | --- | --- | --- |"]
    for name, one in judges.items():
        numbers = f"{one['accuracy']:.3f} | {one['mean_recall']:.3f} | {one['faces_found']:.3f}"
        lines.append(f"| {name} | {one['right']} | {one['pictures']} | {numbers} |")
    return "\n".join(lines)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_text(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_text(inner) for inner in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def main(files: list[str]) -> None:
    write(latest(line for file in files for line in Path(file).read_text(encoding="utf-8").splitlines()))


if __name__ == "__main__":
    main(sys.argv[1:])

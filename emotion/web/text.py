"""Words of people on our pages."""

from __future__ import annotations

SPECIAL = r"\`*_{}[]()#+-.!|~$:<>"


def plain(text: str) -> str:
    """``text`` as it is, whatever Markdown and LaTeX would make of it: file names and labels are not ours."""
    return "".join(f"\\{character}" if character in SPECIAL else character for character in text)

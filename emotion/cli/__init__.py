"""The command line: the same engine without a browser."""

from emotion.cli.commands import main

__all__ = ["main"]

"""One line on a terminal that says how far a command is."""

from __future__ import annotations

import sys


class Progress:
    """One line that is written over, on a terminal; nothing where the output is piped."""

    def __init__(self, total: int) -> None:
        self._total, self._done, self._divergent = total, 0, 0
        self._on = sys.stderr.isatty()
        self._show("starting")

    def done(self, name: str, fine: bool) -> None:
        """One more is done."""
        self._done += 1
        self._divergent += not fine
        self._show(name)

    def at(self, done: int, total: int, name: str) -> None:
        """So many of so many are done."""
        self._done, self._total = done, total
        self._show(name)

    def clear(self) -> None:
        """Take the line away."""
        if self._on:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def _show(self, name: str) -> None:
        if self._on:
            bad = f", {self._divergent} not identical" if self._divergent else ""
            line = f"{self._done}/{self._total}{bad}  {name}"
            print(f"\r\x1b[K{line[:100]}", end="", file=sys.stderr, flush=True)

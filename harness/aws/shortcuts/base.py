"""What a shortcut is: replaced names in other people's modules, which can be put back."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Patch:
    """One replaced name. `make` is given what stood there; `takes` are the parameters it had."""

    owner: Any
    name: str
    make: Callable[[Any], Any]
    takes: tuple[str, ...] | None = None
    _original: Any = field(default=None, init=False)
    _made: Any = field(default=None, init=False)

    def put(self) -> None:
        """Replace. Raises AssertionError where what is replaced is not what it was."""
        found = vars(self.owner).get(self.name)
        where = f"{getattr(self.owner, '__name__', self.owner)}.{self.name}"
        assert found is not None, f"there is no {where} any more: its shortcut must follow"
        if self._made is None:
            if self.takes is not None:
                plain = found.__func__ if isinstance(found, staticmethod) else found
                takes = tuple(inspect.signature(plain).parameters)
                assert takes == self.takes, f"{where} takes {takes} now: its shortcut must follow"
            self._made = self.make(found)
        self._original = found
        setattr(self.owner, self.name, self._made)

    def take_out(self) -> None:
        """Put back what stood there."""
        setattr(self.owner, self.name, self._original)


@dataclass(frozen=True)
class Shortcut:
    """Something computed once instead of at every call; `keeps` says what."""

    name: str
    keeps: str
    patches: tuple[Patch, ...]

    def put(self) -> None:
        for patch in self.patches:
            patch.put()

    def take_out(self) -> None:
        for patch in reversed(self.patches):
            patch.take_out()

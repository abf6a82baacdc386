"""What a user has to mend: one line that says what, where and how. Exit code 2."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any


class InputError(Exception):
    """Bad input, or a move that would be unsafe. Nothing has been written when it is raised."""

    def __init__(
        self, what: str, *, path: Path | str | None = None, line: int | None = None, mend: str = ""
    ) -> None:
        self.what = " ".join(what.split("\n"))
        self.path, self.line = path, line
        self.mend = mend
        super().__init__(str(self))

    def __reduce__(self) -> tuple[Any, ...]:
        # Workers raise it too: Exception's own way would give the whole text as `what`.
        return partial(InputError, path=self.path, line=self.line, mend=self.mend), (self.what,)

    @property
    def place(self) -> str:
        if self.path is None:
            return ""
        return f"{self.path}:{self.line}" if self.line else str(self.path)

    def within(self, root: Path) -> InputError:
        """The same error with a path that can be opened, if its own is relative to the tree."""
        if self.path is None or Path(self.path).is_absolute() or not (root / self.path).exists():
            return self
        return InputError(self.what, path=root / self.path, line=self.line, mend=self.mend)

    def __str__(self) -> str:
        text = f"{self.place}: {self.what}" if self.place else self.what
        return f"{text}. {self.mend}" if self.mend else text

"""What a user has to mend: one line that says what, where and how. Exit code 2."""

from __future__ import annotations

from pathlib import Path


class InputError(Exception):
    """Bad input, or a move that would be unsafe. Nothing has been written when it is raised."""

    def __init__(
        self, what: str, *, path: Path | str | None = None, line: int | None = None, mend: str = ""
    ) -> None:
        self.what = what
        self.place = "" if path is None else f"{path}:{line}" if line else str(path)
        self.mend = mend
        super().__init__(str(self))

    def __str__(self) -> str:
        text = f"{self.place}: {self.what}" if self.place else self.what
        return f"{text}. {self.mend}" if self.mend else text

"""The code of a tree's files: found in a function's folders, compiled once."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=512)
def _compiled(path: Path, _modified: int, _size: int) -> types.CodeType:
    return compile(path.read_bytes(), str(path), "exec", dont_inherit=True)


@lru_cache(maxsize=32)
def compiled_text(path: Path, text: str) -> types.CodeType:
    """The code of a text that stands for a file. Raises SyntaxError and ValueError."""
    return compile(text, str(path), "exec", dont_inherit=True)


def compiled(path: Path) -> types.CodeType:
    """The code of a file, compiled once for each state of the file."""
    status = path.stat()
    return _compiled(path, status.st_mtime_ns, status.st_size)


class Sources:
    """What a function can import from its folders, and its code; looked at once for each tree that
    was read, since a tree does not change while it runs.
    """

    def __init__(self, folders: Sequence[Path], edited: Mapping[Path, str] | None = None) -> None:
        """`edited` is the text of files that stands in them otherwise."""
        self._folders = tuple(folders)
        self._found: dict[str, tuple[Path, bool] | None] = {}
        self._edited = dict(edited or {})
        self._codes: dict[Path, types.CodeType] = {}

    def find(self, name: str) -> tuple[Path, bool] | None:
        """The file or folder of a module, and whether it is a package; None if it is another's."""
        if name not in self._found:
            self._found[name] = self._look_for(name)
        return self._found[name]

    def code(self, path: Path) -> types.CodeType:
        """The code of a file. Raises SyntaxError."""
        if path not in self._codes:
            text = self._edited.get(path)
            self._codes[path] = compiled(path) if text is None else compiled_text(path, text)
        return self._codes[path]

    def _look_for(self, name: str) -> tuple[Path, bool] | None:
        relative = Path(*name.split("."))
        for folder in self._folders:
            package = folder / relative / "__init__.py"
            if package.is_file():
                return package, True
            module = (folder / relative).with_suffix(".py")
            if module.is_file():
                return module, False
            if (folder / relative).is_dir() and any((folder / relative).glob("*.py")):
                return folder / relative, True  # a namespace package
        return None

"""The code of a tree's files, compiled once for each state of a file."""

from __future__ import annotations

import types
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=512)
def _compiled(path: Path, _modified: int, _size: int) -> types.CodeType:
    return compile(path.read_bytes(), str(path), "exec", dont_inherit=True)


def compiled(path: Path) -> types.CodeType:
    """The code of a file, compiled once for each state of the file."""
    status = path.stat()
    return _compiled(path, status.st_mtime_ns, status.st_size)

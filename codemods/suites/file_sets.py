"""Files that change in place: all of them, together with what else is written, or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from drs_refactor.errors import InputError


@contextmanager
def replaced(texts: Mapping[Path, str]) -> Iterator[None]:
    """Put new texts in the place of files; if the block fails, put the old ones back.

    Every new text stands beside its file before the first is renamed, so that a full disk or a
    folder that cannot be written is met before anything has changed.
    """
    staged: dict[Path, Path] = {}
    done: dict[Path, bytes] = {}
    try:
        try:
            for path, text in texts.items():
                staged[path] = _beside(path, text.encode())
            for path, new in staged.items():
                old = path.read_bytes()
                os.replace(new, path)
                done[path] = old
        except OSError as error:
            raise InputError(
                f"cannot be written: {error.strerror}", path=path, mend="Make it writable"
            ) from error
        yield
    except BaseException:
        for path, content in done.items():
            os.replace(_beside(path, content), path)
        raise
    finally:
        for new in staged.values():
            new.unlink(missing_ok=True)


def _beside(path: Path, content: bytes) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    shutil.copymode(path, name)
    return Path(name)

"""Documents that commands write: JSON, and the files beside it."""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from drs_refactor.errors import InputError

PACKAGES = ("boto3", "botocore", "deepdiff", "drs-refactor", "libcst", "moto")


def versions() -> dict[str, str]:
    """Of Python and of the packages that results depend on."""
    return {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}


def relative(path: Path) -> str:
    """A path as documents give it: from where the command runs, with forward slashes."""
    return relative_to(Path(), path)


def relative_to(folder: Path, path: Path) -> str:
    """A path as a document in a folder gives it."""
    return Path(os.path.relpath(path, folder)).as_posix()


def both_trees(legacy: Path, refactored: Path) -> dict[str, str]:
    """Both trees, as documents give them."""
    return {"legacy": relative(legacy), "refactored": relative(refactored)}


def write(path: Path, content: str | bytes) -> None:
    """Write a file, making its folder; half of a surrogate pair, which UTF-8 cannot hold, as JSON
    escapes it. Raises InputError if that is not possible.
    """
    data = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror}", path=path, mend="Name another file"
        ) from error


def can_be_written(path: Path | None) -> None:
    """Raise InputError, before anything is run, for a file that could not be written after it."""
    if path is None:
        return
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise InputError("cannot be written", path=path, mend="Name another file")


def write_json(path: Path | None, document: Any) -> None:
    """Write a document, if a file was asked for."""
    if path is not None:
        write(path, json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n")


def refused(path: Path | None, error: InputError) -> None:
    """The document of a refusal."""
    if path is None:
        return
    try:
        write_json(
            path,
            {"verdict": "refused", "what": error.what, "where": error.place, "mend": error.mend},
        )
    except InputError as second:
        if str(second) != str(error):
            print(f"drs-refactor: {second}", file=sys.stderr)

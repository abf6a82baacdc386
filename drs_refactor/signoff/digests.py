"""What was compared, by content: SHA-256 of every file of a tree, of the configuration, and of the
tool.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import codemods
import drs_refactor
import harness
from codemods.tree_files import content, files_of
from drs_refactor.equivalents import NAME as EQUIVALENT
from drs_refactor.errors import InputError
from drs_refactor.model import Migration
from harness.bench.latency_file import NAME as LATENCY

Digests = dict[str, str]
"""SHA-256 in hexadecimal by a file's path, relative to its tree."""


def of_tree(root: Path) -> Digests:
    """Of every file. Raises InputError for a folder that is none, or cannot be read."""
    if not root.is_dir():
        raise InputError("there is no such folder", path=root, mend="Name the tree's folder")
    found = {name: hashlib.sha256(content(root / name)).hexdigest() for name in files_of(root)}
    if not found:
        raise InputError("there is no file in this tree", path=root, mend="Name another folder")
    return found


def of_file(path: Path) -> str:
    """Raises InputError for a file that cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from error


def of_configuration(migration: Migration) -> Digests:
    """Of migration.toml and the files beside it that verdicts depend on, relative to it."""
    folder = migration.path.parent
    wanted = [migration.path, folder / LATENCY, folder / EQUIVALENT]
    for pattern in migration.scenarios.files:
        wanted += folder.glob(pattern)
    return {path.relative_to(folder).as_posix(): of_file(path) for path in wanted if path.is_file()}


def of_tool() -> str:
    """One digest of all of the tool's own files."""
    found: Digests = {}
    for package in (codemods, drs_refactor, harness):
        for folder in map(Path, package.__path__):
            found |= {f"{package.__name__}/{name}": d for name, d in of_tree(folder).items()}
    return together(found)


def together(digests: Mapping[str, str]) -> str:
    """One digest of many."""
    return hashlib.sha256(json.dumps(sorted(digests.items())).encode()).hexdigest()


def changes(signed: Mapping[str, str], found: Mapping[str, str]) -> Iterable[str]:
    """File by file what is not as it was, in words."""
    for name in sorted({*signed, *found}):
        if name not in found:
            yield f"{name} is missing"
        elif name not in signed:
            yield f"{name} is new"
        elif signed[name] != found[name]:
            yield f"{name} is another"

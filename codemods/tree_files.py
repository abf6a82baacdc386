"""A tree on disk: listed, compared with what it should be, replaced as a whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from drs_refactor.errors import InputError

_NOT_SOURCE = frozenset({"__pycache__", ".git", ".pytest_cache", ".mypy_cache", ".ruff_cache"})


@dataclass(frozen=True)
class Difference:
    """The first place where a tree is not as it should be. `line` is None for a whole file."""

    path: str
    line: int | None
    what: str

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.what}"


def files_of(root: Path) -> Iterator[str]:
    """The relative paths of a tree's files, in order. Raises InputError for links out of it."""
    resolved = root.resolve()
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if name not in _NOT_SOURCE)
        for name in sorted([*files, *(n for n in names if (Path(folder) / n).is_symlink())]):
            path = Path(folder) / name
            if name.endswith(".pyc"):
                continue
            if path.is_symlink() and not path.resolve().is_relative_to(resolved):
                raise InputError(
                    "this link leads out of the tree", path=path, mend="Put the file in its place"
                )
            yield path.relative_to(root).as_posix()


def wanted_files(source: Path, texts: Mapping[str, str]) -> dict[str, bytes]:
    """The content of every file of the new tree: the source's, or the new text."""
    found = {}
    for relative in files_of(source):
        path = source / relative
        if path.is_dir():
            continue
        found[relative] = path.read_bytes()
    for relative, text in texts.items():
        found[relative] = text.encode("utf-8")
    return found


def first_difference(root: Path, wanted: Mapping[str, bytes]) -> Difference | None:
    """Where the tree at `root` first differs from `wanted`, by path and line."""
    if not root.is_dir():
        return Difference(str(root), None, "there is no such folder")
    present = {relative for relative in files_of(root) if not (root / relative).is_dir()}
    for relative in sorted(present | wanted.keys()):
        if relative not in wanted:
            return Difference(relative, None, "a fresh run does not write this file")
        if relative not in present:
            return Difference(relative, None, "this file is missing")
        there = (root / relative).read_bytes()
        if there != wanted[relative]:
            return _first_line(relative, there, wanted[relative])
    return None


def _first_line(relative: str, there: bytes, wanted: bytes) -> Difference:
    here, fresh = there.splitlines(), wanted.splitlines()
    for number, (one, other) in enumerate(zip(here, fresh, strict=False), 1):
        if one != other:
            is_there, should = one.decode(errors="replace"), other.decode(errors="replace")
            return Difference(
                relative, number, f"is {is_there.strip()!r}, a fresh run writes {should.strip()!r}"
            )
    number = min(len(here), len(fresh)) + 1
    what = "lines are missing" if len(here) < len(fresh) else "there are more lines"
    return Difference(
        relative,
        number,
        f"{what} than a fresh run writes"
        if what.startswith("there")
        else f"{what} that a fresh run writes",
    )


def replace_tree(source: Path, output: Path, wanted: Mapping[str, bytes]) -> None:
    """Make `output` the wanted tree: written beside it, then put in its place by renaming."""
    parent = output.parent
    if output.resolve() == source.resolve() or output.resolve() in source.resolve().parents:
        raise InputError(
            "the output would replace the source", path=output, mend="Name another with --output"
        )
    try:
        parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{output.name}-", dir=parent))
    except OSError as error:
        raise _unwritable(output, error) from error
    old = staging / "old"
    try:
        new = staging / "new"
        for relative, content in wanted.items():
            path = new / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            if (source / relative).exists():
                shutil.copymode(source / relative, path)
        if output.exists():
            output.rename(old)
        try:
            new.rename(output)
        except OSError:
            if old.exists():
                old.rename(output)
            raise
    except OSError as error:
        raise _unwritable(output, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _unwritable(output: Path, error: OSError) -> InputError:
    return InputError(
        f"cannot be written: {error.strerror}",
        path=output,
        mend="Make it writable, or name another with --output",
    )

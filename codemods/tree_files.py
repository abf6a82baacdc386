"""A tree on disk: listed, compared with what it should be, replaced as a whole or not at all."""

from __future__ import annotations

import glob
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from drs_refactor.errors import InputError

_NOT_SOURCE = frozenset({"__pycache__", ".git", ".pytest_cache", ".mypy_cache", ".ruff_cache"})


class Link(bytes):
    """The content of a symbolic link: where it leads."""


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
    """The relative paths of a tree's files, in order. Raises InputError for links out of it, and
    for what cannot be copied.
    """
    for folder, names, files in os.walk(root, onerror=_unreadable):
        names[:] = sorted(name for name in names if name not in _NOT_SOURCE)
        for name in sorted([*files, *(n for n in names if (Path(folder) / n).is_symlink())]):
            path = Path(folder) / name
            if name.endswith(".pyc"):
                continue
            if path.is_symlink() and not _stays_inside(path, root):
                raise InputError(
                    "this link leads out of the tree", path=path, mend="Put the file in its place"
                )
            if not path.is_symlink() and not stat.S_ISREG(path.lstat().st_mode):
                raise InputError(
                    "this is no file, folder or link", path=path, mend="Take it out of the tree"
                )
            yield path.relative_to(root).as_posix()


def _unreadable(error: OSError) -> NoReturn:
    raise InputError(
        f"cannot be read: {error.strerror}", path=error.filename, mend="Make it readable"
    ) from error


def _stays_inside(path: Path, root: Path) -> bool:
    """True for a link that means the same file in a copy of the tree."""
    target = os.readlink(path)
    joined = os.path.normpath(path.relative_to(root).parent / target)
    return not os.path.isabs(target) and joined.split(os.sep)[0] != ".."


def content(path: Path) -> bytes:
    """The content of a file, or where a link leads. Raises InputError if it cannot be read."""
    try:
        return Link(os.fsencode(os.readlink(path))) if path.is_symlink() else path.read_bytes()
    except OSError as error:
        _unreadable(error)


def wanted_files(source: Path, texts: Mapping[str, str]) -> dict[str, bytes]:
    """The content of every file of the new tree: the source's, or the new text."""
    found = {relative: content(source / relative) for relative in files_of(source)}
    for relative, text in texts.items():
        if relative not in found or isinstance(found[relative], Link):
            raise InputError(
                "this file is reached through a link, so more than it would change",
                path=source / relative,
                mend="Name the file itself in migration.toml",
            )
        found[relative] = text.encode("utf-8")
    return found


def first_difference(root: Path, wanted: Mapping[str, bytes]) -> Difference | None:
    """Where the tree at `root` first differs from `wanted`, by path and line."""
    if not root.is_dir():
        return Difference(str(root), None, "there is no such folder")
    present = set(files_of(root))
    for relative in sorted(present | wanted.keys()):
        if relative not in wanted:
            return Difference(relative, None, "a fresh run does not write this file")
        if relative not in present:
            return Difference(relative, None, "this file is missing")
        there = content(root / relative)
        if isinstance(there, Link) != isinstance(wanted[relative], Link):
            return Difference(relative, None, "a link on one side is a file on the other")
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
    """Make `output` the wanted tree: written beside it, then put in its place by renaming.

    Killed between the two renames, it leaves the old tree in `.NAME-…/old` beside the place, and
    the next run puts it back before it begins. What else a killed run has left there goes too.
    """
    _check_output(source, output, wanted)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        _recover(output)
        _sweep(output)
        prefix = f".{output.name}-{os.getpid()}-"
        staging = Path(tempfile.mkdtemp(prefix=prefix, dir=output.parent))
    except OSError as error:
        raise _unwritable(output, error) from error
    old, new = staging / "old", staging / "new"
    try:
        new.mkdir()
        for relative, content in wanted.items():
            _write(source / relative, new / relative, content)
        if output.exists():
            output.rename(old)
        new.rename(output)
    except OSError as error:
        raise _unwritable(output, error) from error
    finally:
        # An interrupt can come between the two renames as well.
        if old.exists() and not output.exists():
            old.rename(output)
        shutil.rmtree(staging, ignore_errors=True)


def _write(model: Path, path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, Link):
        path.symlink_to(os.fsdecode(content))
        return
    path.write_bytes(content)
    if model.exists():
        shutil.copymode(model, path)


def _recover(output: Path) -> None:
    if not output.exists():
        for old in sorted(output.parent.glob(f".{glob.escape(output.name)}-*/old")):
            old.rename(output)
            shutil.rmtree(old.parent, ignore_errors=True)
            return


def _sweep(output: Path) -> None:
    """Remove what runs have left that are no more."""
    for folder in output.parent.glob(f".{glob.escape(output.name)}-*-*"):
        pid = folder.name.removeprefix(f".{output.name}-").partition("-")[0]
        ours = pid.isdecimal() and {p.name for p in folder.glob("*")} <= {"old", "new"}
        if ours and not _runs(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _check_output(source: Path, output: Path, wanted: Mapping[str, bytes]) -> None:
    """Refuse to replace what no migration has written."""
    place, origin = output.resolve(), source.resolve()
    what = ""
    if place == origin or place in origin.parents:
        what = "the output would replace the source"
    elif origin in place.parents:
        what = "the output would be part of the source"
    elif output.is_symlink():
        what = "the output is a link"
    elif output.exists() and not output.is_dir():
        what = "there is a file of this name"
    elif output.is_dir() and any(output.iterdir()):
        if (output / ".git").exists():
            what = "this folder is a repository of its own"
        elif not any((output / relative).exists() for relative in wanted):
            what = "this folder holds something else, which would be lost"
    if what:
        raise InputError(what, path=output, mend="Name another with --output")


def _unwritable(output: Path, error: OSError) -> InputError:
    return InputError(
        f"cannot be written: {error.strerror}",
        path=output,
        mend="Make it writable, or name another with --output",
    )

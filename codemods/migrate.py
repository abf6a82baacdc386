"""The move from end to end: plan, prove, and write the new tree, or compare it with one."""

from __future__ import annotations

import difflib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from codemods import proof, tree_files
from codemods.plan import Plan, make_plan
from codemods.proof import Moved
from codemods.scene import read_scene
from codemods.source import SourceFile, parse
from drs_refactor.errors import InputError
from drs_refactor.model import Migration


@dataclass(frozen=True)
class Migrated:
    """A finished move, in memory: every file of the new tree, and the evidence."""

    source: Path
    plan: Plan
    wanted: Mapping[str, bytes]
    moved: tuple[Moved, ...]
    service_calls_left: tuple[str, ...]


def migrate(source: Path, migration: Migration) -> Migrated:
    """Make the new tree in memory. Raises InputError, with a remedy, where it would be unsafe."""
    try:
        return _migrate(source, migration)
    except InputError as error:
        raise error.within(source) from error
    except RecursionError as error:
        raise InputError(
            "this tree holds an expression that is nested too deeply",
            path=source,
            mend="Write it in several statements",
        ) from error


def _migrate(source: Path, migration: Migration) -> Migrated:
    scene = read_scene(source, migration)
    plan = make_plan(scene)
    files = {path: _parsed(path, text) for path, text in plan.texts.items() if path.endswith(".py")}
    moved = proof.moved_functions(migration, scene.files, files)
    broken = [m for m in moved if not m.verbatim]
    if broken:
        raise InputError(
            f"{broken[0].function} would not arrive verbatim",
            path=broken[0].destination,
            mend="Please report it with the function's text",
        )
    left: list[str] = []
    for key in sorted({move.source for move in migration.moves}):
        path = migration.functions[key].path
        left += proof.service_calls_left(
            files[path],
            migration.services_gone,
            _importable(source, migration, Path(path)),
            migration.path,
        )
    return Migrated(
        source, plan, tree_files.wanted_files(source, plan.texts), tuple(moved), tuple(left)
    )


def diff(result: Migrated) -> Iterator[str]:
    """The move as a unified diff from the source tree, line by line."""
    for path in sorted(result.plan.texts):
        before = (result.source / path).read_bytes().decode("utf-8")
        after = result.plan.texts[path]
        for line in difflib.unified_diff(_lines(before), _lines(after), f"a/{path}", f"b/{path}"):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """Lines as patch counts them: a form feed ends none."""
    return list(io.StringIO(text, newline="\n"))


def _parsed(path: str, text: str) -> SourceFile:
    try:
        return parse(text.encode(), path)
    except InputError as error:
        raise InputError(
            f"the new file would not parse: {error.what}",
            path=path,
            mend="Please report it with the functions that move",
        ) from error


def _importable(root: Path, migration: Migration, entry: Path) -> dict[str, tuple[str, str]]:
    """Path and text of what an entry file can import from the tree, by module name."""
    entries = {function.path for function in migration.functions.values()}
    found = {}
    for folder in (*migration.layers, entry.parent.as_posix()):
        if not (root / folder).is_dir():
            raise InputError(
                "there is no such folder", path=root / folder, mend="See layers in migration.toml"
            )
        for path in sorted((root / folder).rglob("*.py")):
            relative = path.relative_to(root).as_posix()
            if relative not in entries:
                module = ".".join(path.relative_to(root / folder).with_suffix("").parts)
                text = path.read_bytes().decode(errors="replace")
                found[module.removesuffix(".__init__")] = (relative, text)
    return found

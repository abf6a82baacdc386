"""The move from end to end: plan, prove, and write the new tree, or compare it with one."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from codemods import proof, tree_files
from codemods.plan import Plan, make_plan, read_scene
from codemods.proof import Moved
from codemods.source import parse
from drs_refactor.errors import InputError
from drs_refactor.migration import Migration


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
    scene = read_scene(source, migration)
    plan = make_plan(scene)
    files = {
        path: parse(text.encode(), path)
        for path, text in plan.texts.items()
        if path.endswith(".py")
    }
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
            files[path], migration.services_gone, _layer_texts(source, migration)
        )
    return Migrated(
        source, plan, tree_files.wanted_files(source, plan.texts), tuple(moved), tuple(left)
    )


def diff(result: Migrated) -> Iterator[str]:
    """The move as a unified diff from the source tree, line by line."""
    for path in sorted(result.plan.texts):
        before = (result.source / path).read_bytes().decode("utf-8").splitlines(keepends=True)
        after = result.plan.texts[path].splitlines(keepends=True)
        yield from difflib.unified_diff(before, after, f"a/{path}", f"b/{path}")


def _layer_texts(root: Path, migration: Migration) -> dict[str, str]:
    """The modules that functions share, by the name under which they import them."""
    entries = {function.path for function in migration.functions.values()}
    found = {}
    for layer in migration.layers:
        for path in sorted((root / layer).rglob("*.py")):
            if path.relative_to(root).as_posix() in entries:
                continue
            module = ".".join(path.relative_to(root / layer).with_suffix("").parts)
            found[module.removesuffix(".__init__")] = path.read_text(encoding="utf-8")
    return found

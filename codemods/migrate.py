"""The move from end to end: plan, prove, and write the new tree, or compare it with one."""

from __future__ import annotations

import difflib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from codemods import handover, tree_files
from codemods.plan import Plan, make_plan
from codemods.proofs.proof import Moved
from codemods.proofs.recheck import Recheck, prove
from codemods.scene import read_scene
from codemods.syntax.source import SourceFile, parse
from drs_refactor.errors import InputError
from drs_refactor.model import Migration


@dataclass(frozen=True)
class Migrated:
    """A finished move, in memory: every file of the new tree, and the evidence."""

    source: Path
    plan: Plan
    wanted: Mapping[str, bytes]
    proof: Recheck

    @property
    def moved(self) -> tuple[Moved, ...]:
        return tuple(proved.moved for proved in self.proof.proved)

    @property
    def service_calls_left(self) -> tuple[str, ...]:
        return self.proof.left


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
    found = prove(scene, files, source)
    broken = [p for p in found.proved if not p.moved.verbatim]
    if broken:
        raise InputError(
            f"{broken[0].moved.function} would not arrive verbatim",
            path=broken[0].moved.destination,
            mend="Please report it with the function's text",
        )
    wanted = tree_files.wanted_files(source, plan.texts)
    name = handover.name_in(wanted, migration.moves[0].source)
    texts = {**plan.texts, name: handover.handover(scene, plan, found)}
    wanted = {**wanted, name: texts[name].encode()}
    return Migrated(source, replace(plan, texts=texts), wanted, found)


def diff(result: Migrated) -> Iterator[str]:
    """The move as a unified diff from the source tree, line by line."""
    for path in sorted(result.plan.texts):
        old = result.source / path
        before = old.read_bytes().decode("utf-8") if old.exists() else ""
        after = result.plan.texts[path]
        names = (f"a/{path}" if old.exists() else "/dev/null", f"b/{path}")
        for line in difflib.unified_diff(_lines(before), _lines(after), *names):
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
            mend="Please report it with the functions that move"
            if error.what.startswith("syntax")
            else error.mend,
        ) from error

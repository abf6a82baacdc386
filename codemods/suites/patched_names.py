"""People's own unit tests after a move: what patches or calls a moved name is taken to the module
where the function lives now, if that is certain, and listed with the reason if not.

The rule is in verdicts. Text is replaced at the places of single tokens; a file that needs
no change keeps every byte, and a second run finds nothing to do.
"""

from __future__ import annotations

import difflib
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from codemods.migrate import Migrated
from codemods.suites.fates import fates_of
from codemods.suites.held_modules import Modules
from codemods.suites.plan import SuitePlan
from codemods.suites.reader import read_suites
from codemods.syntax import source
from codemods.tree_files import Difference
from drs_refactor.errors import InputError
from drs_refactor.model import Migration

_SKIPPED = frozenset({"__pycache__", ".git", ".venv", "node_modules", ".tox"})


@dataclass(frozen=True)
class Rewritten:
    """The texts of the files that change, as they are and as they should be, and what is left to a
    person.
    """

    before: Mapping[Path, str]
    after: Mapping[Path, str]
    notes: tuple[str, ...]
    inside: tuple[str, ...] = ()

    def diff(self) -> Iterator[str]:
        for path, text in sorted(self.after.items()):
            name = Path(os.path.relpath(path)).as_posix()
            old, new = (io.StringIO(t, newline="\n") for t in (self.before[path], text))
            for line in difflib.unified_diff(list(old), list(new), f"a/{name}", f"b/{name}"):
                yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"

    def difference(self) -> Difference | None:
        for path, text in sorted(self.after.items()):
            pairs = zip(self.before[path].splitlines(), text.splitlines(), strict=False)
            number = next((n for n, (a, b) in enumerate(pairs, 1) if a != b), None)
            name = Path(os.path.relpath(path)).as_posix()
            return Difference(name, number, "a fresh run rewrites this test")
        return None

    def report(self) -> Iterator[str]:
        for path in [*sorted(self.after), *map(Path, self.inside)]:
            yield f"  rewritten {Path(os.path.relpath(path)).as_posix()}\n"

    def look_at(self) -> Iterator[str]:
        yield from (f"look at {note}\n" for note in self.notes)


def with_tests(
    folders: Iterable[Path], result: Migrated, migration: Migration, output: Path
) -> tuple[Migrated, Rewritten]:
    """The move with the tests: those inside the source become part of the new tree, the others are
    to be written where they stand. What a person must look at joins the plan's list.
    """
    found = rewrite(folders, result, migration, output)
    mentions = (*result.plan.mentions, *found.notes)
    result = replace(result, plan=replace(result.plan, mentions=mentions))
    origin = result.source.resolve()
    inside = {
        path.resolve().relative_to(origin).as_posix(): text
        for path, text in found.after.items()
        if origin in path.resolve().parents
    }
    if not inside:
        return result, found
    texts = {**result.plan.texts, **inside}
    wanted = {**result.wanted, **{path: text.encode() for path, text in inside.items()}}
    outside = {p: t for p, t in found.after.items() if origin not in p.resolve().parents}
    return (
        replace(result, plan=replace(result.plan, texts=texts), wanted=wanted),
        replace(found, after=outside, inside=tuple(inside)),
    )


def rewrite(
    folders: Iterable[Path], result: Migrated, migration: Migration, output: Path
) -> Rewritten:
    """Plan the changes of all tests in these folders. Nothing is written."""
    paths: dict[str, Path] = {}
    for folder in folders:
        if output.resolve() in (folder.resolve(), *folder.resolve().parents):
            raise InputError(
                "these tests are part of the output, which is written anew",
                path=folder,
                mend="Name those of the source with --tests",
            )
        if not folder.is_dir():
            raise InputError("there is no such folder", path=folder, mend="Name one with --tests")
        for path in sorted(folder.rglob("*.py")):
            if not _SKIPPED & set(path.relative_to(folder).parts) and not path.is_symlink():
                paths[Path(os.path.relpath(path)).as_posix()] = path
    if not paths:
        return Rewritten({}, {}, ())
    sources, notes = [], []
    for name, path in paths.items():
        try:
            sources.append(source.parse(path.read_bytes(), name))
        except InputError as error:
            notes.append(f"{error.place}: not read: {error.what}")
    tree = [p for p in result.wanted if (result.source / p).resolve() not in _resolved(paths)]
    modules = Modules(tree, paths)
    suites = read_suites(sources, modules)
    plan = SuitePlan(suites, fates_of(result, migration), modules, result)
    texts = plan.texts()
    return Rewritten(
        {paths[name]: plan.suites[name].source.text for name in texts},
        {paths[name]: text for name, text in texts.items()},
        tuple(notes + plan.notes()),
    )


def _resolved(paths: Mapping[str, Path]) -> set[Path]:
    return {path.resolve() for path in paths.values()}

"""The refactored tree with a mutant in it: in memory where only code changed, else as a copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from drs_refactor.migration import load
from harness.aws.compiling import compiled_text
from harness.mutants.model import Mutant
from harness.results import Trees
from harness.sides import Sides, rules_of
from harness.tree import read_tree


class Stillborn(Exception):
    """A mutant that cannot be run at all."""


def texts_of(root: Path, mutant: Mutant) -> dict[str, str]:
    """The files that a mutant changes, as they are."""
    paths = {edit.path for edit in mutant.edits}
    return {path: (root / path).read_text(encoding="utf-8") for path in paths}


@contextmanager
def with_mutant(trees: Trees, sides: Sides, mutant: Mutant) -> Iterator[Sides]:
    """Both sides, the refactored one with the mutant. Raises Stillborn, and InputError for
    templates that make no world.
    """
    changed = mutant.applied(texts_of(sides.refactored.root, mutant))
    if all(path.endswith(".py") for path in changed):
        yield edited(sides, changed)
        return
    with TemporaryDirectory(prefix="mutant-") as folder:
        copy = write_copy(sides.refactored.root, Path(folder) / "tree", changed)
        migration = load(trees.config)
        tree = read_tree(copy, migration, "refactored")
        yield replace(sides, refactored=tree, rules=rules_of(migration, tree))


def write_copy(root: Path, folder: Path, changed: Mapping[str, str]) -> Path:
    """A copy of a tree in which these files are others."""
    shutil.copytree(root, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path, text in changed.items():
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def edited(sides: Sides, changed: Mapping[str, str]) -> Sides:
    """Both sides, the refactored one with other texts of some files. Raises Stillborn."""
    root = sides.refactored.root
    texts = {root / path: text for path, text in changed.items()}
    try:
        for path, text in texts.items():
            compiled_text(path, text)
    except (SyntaxError, ValueError) as error:
        raise Stillborn(str(error)) from error
    functions = {
        key: replace(function, edited={**function.edited, **texts})
        if any(path.is_relative_to(folder) for path in texts for folder in function.folders)
        else function
        for key, function in sides.refactored.functions.items()
    }
    return replace(sides, refactored=replace(sides.refactored, functions=functions))

"""The proof of a move once more, from two trees and migration.toml alone, whoever made the second:
each function is what it was, and each name that it uses, transitively, means what it meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from codemods.proofs import proof
from codemods.proofs.bindings import FALLBACK, Bindings, Bound, differing
from codemods.proofs.importable import importable
from codemods.proofs.proof import DIFFERENT, Moved
from codemods.proofs.split_state import SplitState, split_state
from codemods.scene import Scene, read_scene
from codemods.syntax import source
from codemods.syntax.source import SourceFile
from drs_refactor.model import Migration


@dataclass(frozen=True)
class Proved:
    """What the two trees tell of one function in one place. `names` are those that it uses."""

    moved: Moved
    names: tuple[Bound, ...]

    def problems(self) -> Iterator[str]:
        """Lines of what is not as it was."""
        place = f"{self.moved.name} in {self.moved.destination}"
        if not self.moved.verbatim:
            yield f"{place} is not the text that {self.moved.source} had"
        if self.moved.compiled == DIFFERENT:
            yield f"{place} compiles to other code"
        for bound in differing(list(self.names)):
            yield f"{place}: {bound}"


@dataclass(frozen=True)
class Recheck:
    """The proof of a whole move; `left` are uses of services that should be gone."""

    proved: tuple[Proved, ...]
    left: tuple[str, ...]
    split: tuple[SplitState, ...]

    @property
    def doubts(self) -> list[str]:
        """Names that mean the same as long as an import works."""
        return [str(b) for proved in self.proved for b in proved.names if b.how == FALLBACK]

    @property
    def differing(self) -> list[str]:
        """What is not as it was, of the functions and of the names that they use."""
        return [line for proved in self.proved for line in proved.problems()]

    def problems(self) -> list[str]:
        """The same, and the uses that are left."""
        return [*self.differing, *self.left]


def recheck(before: Path, after: Path, migration: Migration) -> Recheck:
    """Prove a move from its two trees. Raises InputError for a tree that cannot be read."""
    scene = read_scene(before, migration)
    return prove(scene, {path: source.read(after, path) for path in scene.files}, after)


def prove(scene: Scene, files: Mapping[str, SourceFile], root: Path) -> Recheck:
    """Prove a move. `files` are the new ones by path, `root` where what they import stands."""
    migration = scene.migration
    proved = []
    for moved in proof.moved_functions(migration, scene.files, files):
        statement = scene.statements[moved.function]
        bindings = _bindings(migration, scene.files, files, moved)
        proved.append(Proved(moved, tuple(bindings.of(statement))))
    left: list[str] = []
    split: list[SplitState] = []
    for key in sorted({move.source for move in migration.moves}):
        path = migration.functions[key].path
        shared = importable(root, migration, path)
        left += proof.service_calls_left(files[path], migration.services_gone, shared)
        split += split_state(scene.files[path], _gone(migration, key, proved))
    return Recheck(tuple(proved), tuple(left), tuple(split))


def _bindings(
    migration: Migration,
    before: Mapping[str, SourceFile],
    after: Mapping[str, SourceFile],
    moved: Moved,
) -> Bindings:
    key = next(k for k, f in migration.functions.items() if f.path == moved.destination)
    here = {m.function: m.name for m in migration.moves if key in (m.destination, *m.carry_to)}
    elsewhere = {m.function for m in migration.moves} - here.keys()
    return Bindings(before[moved.source], after[moved.destination], here, elsewhere)


def _gone(migration: Migration, key: str, proved: list[Proved]) -> set[str]:
    """The functions that moved out of a source, and the helpers that were carried with them."""
    gone = {move.function for move in migration.moves if move.source == key}
    for found in proved:
        gone |= {bound.name for bound in found.names if bound.how == "same"}
    return gone

"""What became of the names of the modules that a move touches: who needs to look for them where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from codemods.migrate import Migrated
from codemods.syntax.source import SourceFile, parse
from drs_refactor.model import Migration, Move

_TAKEN = frozenset({"carried", "shared", "aliased", "stub"})


@dataclass(frozen=True)
class Fates:
    """The names of the functions' old home, before and after.

    `before` and `after` are its files, `arrived` the destinations' new files by key, `taken` the
    names that moved code takes from its module, with each destination where they mean the same.
    """

    migration: Migration
    key: str
    before: SourceFile
    after: SourceFile
    arrived: Mapping[str, SourceFile]
    taken: frozenset[tuple[str, str]]
    aliases: Mapping[str, Mapping[str, str]]

    @cached_property
    def moves(self) -> dict[str, Move]:
        return {move.function: move for move in self.migration.moves}

    @property
    def path(self) -> str:
        return self.before.relative

    def path_of(self, key: str) -> str:
        return self.migration.functions[key].path

    def is_code(self, name: str) -> bool:
        """True for a function or class of the old home: calling it runs the old home's code."""
        binding = self.before.binding(name)
        return binding is not None and binding.kind in ("def", "class")

    def leaves(self, name: str) -> bool:
        """True for what moves, and for what the old home has no longer."""
        return name in self.moves or (name in self.before.bound and name not in self.after.bound)

    def concerns(self, name: str) -> bool:
        """True if the move can change what a test does by patching or reading the name."""
        return self.leaves(name) or any(name == taken for taken, _ in self.taken)

    def homes(self, name: str) -> list[str]:
        """The destinations that have it, the one that answers for it first."""
        if name in self.moves:
            return [self.moves[name].destination, *self.moves[name].carry_to]
        return sorted(key for taken, key in self.taken if taken == name)

    def called(self, name: str, key: str) -> str | None:
        """The name by which a destination has the thing itself."""
        if key not in self.homes(name):
            return None
        return self.moves[name].name if name in self.moves else name

    def patched(self, name: str, key: str) -> str | None:
        """The name by which moved code calls it there: the old one, wherever that is bound."""
        if name in self.arrived[key].bound and (name, key) in self.taken | self._arriving:
            return name
        return self.called(name, key)

    @cached_property
    def _arriving(self) -> frozenset[tuple[str, str]]:
        return frozenset((name, key) for name in self.moves for key in self.homes(name))

    def reached(
        self, names: Iterable[str], cut: frozenset[str], ends: frozenset[str] = frozenset()
    ) -> list[str]:
        """The moved functions that code under these names called; `cut` are replaced names. What
        `ends` call themselves does not count.
        """
        seen: set[str] = set()
        queue = list(names)
        while queue:
            name = queue.pop()
            if name in seen or name in cut or name not in self.before.bound:
                continue
            seen.add(name)
            for statement in self.before.bound[name] if name not in ends else ():
                queue += statement.references
        return sorted(seen & self.moves.keys())


def fates_of(result: Migrated, migration: Migration) -> Fates:
    """From a finished move."""
    key = migration.moves[0].source

    def new(of: str) -> SourceFile:
        path = migration.functions[of].path
        return parse(result.wanted[path], path)

    path = migration.functions[key].path
    keys = {k for move in migration.moves for k in (move.destination, *move.carry_to)}
    before = parse((result.source / path).read_bytes(), path)
    return Fates(
        migration,
        key,
        before,
        new(key),
        {of: new(of) for of in sorted(keys)},
        frozenset(
            (r.name, r.destination)
            for r in result.plan.resolutions
            if r.outcome in _TAKEN and r.name in before.bound
        ),
        result.plan.aliases,
    )

"""Half two of the proof: every name that moved code uses means in its new module what it meant in
its old one, transitively. Told from the texts of the two trees, however the second was made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from codemods.stub_helper import INVOKE
from codemods.syntax.meaning import equal_statements, first_import
from codemods.syntax.names import BUILTINS
from codemods.syntax.source import SourceFile, Statement

FALLBACK = "import, but for a fallback"
"""How a name is bound whose import is the same, with something else in its place if it fails."""


@dataclass(frozen=True)
class Bound:
    """One name. `how` is same, import (or FALLBACK), stub, moved or builtin; "" where its meanings
    differ, with both places then.
    """

    name: str
    how: str
    before: str
    after: str

    def __str__(self) -> str:
        if self.how == FALLBACK:
            return f"{self.name} has a fallback in {self.after} that it had not in {self.before}"
        if self.how:
            return f"{self.name}: {self.how}"
        return f"{self.name} means {self.after}, and meant {self.before}"


class Bindings:
    """Compares the names of one move. `renamed` are the functions that arrive in `after`, by their
    old names, with the new ones; `elsewhere` are those that went to other functions.
    """

    def __init__(
        self,
        before: SourceFile,
        after: SourceFile,
        renamed: Mapping[str, str],
        elsewhere: Collection[str],
    ) -> None:
        self._before, self._after = before, after
        self._renamed, self._elsewhere = renamed, elsewhere
        self._known: dict[str, Bound] = {}

    def of(self, statement: Statement) -> list[Bound]:
        """What the names that a statement of the old module uses mean, and what theirs do."""
        found: dict[str, Bound] = {}
        queue = sorted(statement.references, reverse=True)
        while queue:
            name = queue.pop()
            if name in found:
                continue
            found[name] = self._bound(name)
            if found[name].how == "same":
                inner = {r for s in self._before.bound[name] for r in s.references}
                queue += sorted(inner - found.keys(), reverse=True)
        return list(found.values())

    def _bound(self, name: str) -> Bound:
        if name not in self._known:
            how = self._how(name)
            self._known[name] = Bound(
                name, how, _where(self._before, name), _where(self._after, name)
            )
        return self._known[name]

    def _how(self, name: str) -> str:
        here, there = self._before.bound.get(name), self._after.bound.get(name)
        if name in self._renamed:
            return "moved" if self._is_moved(name) else ""
        if here is None:
            return "" if there else "builtin" if name in BUILTINS else "unbound"
        if there is None:
            return ""
        if name in self._elsewhere:
            return "stub" if all(INVOKE in statement.words for statement in there) else ""
        target = first_import(here, name)
        if target is not None and target == first_import(there, name):
            ours, theirs = _targets(here, name), _targets(there, name)
            if len(theirs) == 1 or (ours == theirs and None not in ours):
                return "import"
            if not self._equal(here, there):
                return FALLBACK
        return "same" if self._equal(here, there) else ""

    @staticmethod
    def _equal(here: list[Statement], there: list[Statement]) -> bool:
        return len(here) == len(there) and all(
            equal_statements(one, other) for one, other in zip(here, there, strict=True)
        )

    def _is_moved(self, name: str) -> bool:
        """The function stands there under its new name, and the old one is the same thing."""
        new = self._renamed[name]
        if self._after.function(new) is None:
            return False
        old = self._after.bound.get(name, [])
        return name == new or [s.bare_text.strip() for s in old] == [f"{name} = {new}"]


def _targets(statements: list[Statement], name: str) -> list[tuple[str, str] | None]:
    """What may stand for an imported name: the import, and its fallbacks."""
    return list(dict.fromkeys(b.target for s in statements for b in s.bindings if b.name == name))


def _where(file: SourceFile, name: str) -> str:
    if name not in file.bound:
        return "the builtin" if name in BUILTINS else f"nothing in {file.relative}"
    return f"{file.relative}:{file.line(file.bound[name][-1].code)}"


def differing(found: list[Bound]) -> Iterator[Bound]:
    """Those that do not mean the same."""
    return (bound for bound in found if not bound.how)

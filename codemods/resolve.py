"""Every name that moved code takes from its module, resolved in the module that it moves to.

Absent there: carried. There and the same: shared. There and different: the older one gets an alias
that its users are rewritten to, so that the moved code keeps its names and its meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from codemods.imports import imports_of, is_plain_import
from codemods.setups import is_logger, set_up_by
from codemods.syntax.changes import writes
from codemods.syntax.meaning import equal_statements, first_import
from codemods.syntax.names import BUILTINS, Binding
from codemods.syntax.source import SourceFile, Statement
from drs_refactor.errors import InputError


@dataclass(frozen=True)
class Resolution:
    """How one name was settled: carried, shared, aliased, stub or unbound."""

    name: str
    destination: str
    outcome: str
    detail: str


@dataclass
class Resolved:
    """What a destination needs besides the moved functions."""

    imports: list[str] = field(default_factory=list)
    carried: list[Statement] = field(default_factory=list)
    aliased: dict[str, str] = field(default_factory=dict)
    stubs: set[str] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)
    resolutions: list[Resolution] = field(default_factory=list)


class Resolver:
    """Resolves for one destination. `arriving` are the functions that move or are carried there,
    `remote` those that it must reach through a stub, with the names that the stub needs.
    """

    def __init__(
        self,
        source: SourceFile,
        destination: SourceFile,
        key: str,
        arriving: Iterable[str],
        remote: Mapping[str, frozenset[str]],
        aliases: Mapping[str, str],
    ) -> None:
        self._source, self._destination, self._key = source, destination, key
        self._arriving, self._remote = frozenset(arriving), remote
        self._aliases = aliases
        self._done: set[str] = set()
        self._equal: set[str] = set()
        self._came: set[str] = set()
        self._result = Resolved()

    def resolve(self, moved: Sequence[Statement], also: Iterable[str] = ()) -> Resolved:
        """The needs of the moved functions, transitively, and of names that their routes use."""
        for statement in moved:
            self._needs(statement)
        self._need(also)
        for name in sorted(self._arriving):
            self._make_room(name)
            self._check_capture(name)
        self._result.carried.sort(key=lambda statement: statement.index)
        return self._result

    def _needs(self, statement: Statement) -> None:
        self._need(statement.references)

    def _need(self, names: Iterable[str]) -> None:
        for name in sorted(names):
            if name not in self._done:
                self._done.add(name)
                self._name(name)

    def _name(self, name: str) -> None:
        if name in self._arriving:
            return
        if name in self._remote:
            self._result.stubs.add(name)
            self._make_room(name)
            self._note(name, "stub", "invokes the function's new owner")
            self._need(self._remote[name])
            return
        if name not in self._source.bound:
            self._unbound(name)
            return
        if name in self._destination.bound:
            self._equal = {name}
            if self._same(name, frozenset()):
                self._note(name, "shared", _where(self._destination, name))
                self._result.shared |= self._equal
                self._result.imports += self._missing_modules(name)
                return
            self._make_room(name)
        self._check_capture(name)
        self._carry(name)

    def _unbound(self, name: str) -> None:
        """A name that the source takes from builtins, or from nowhere that can be seen."""
        star = self._source.star_import
        if name not in BUILTINS and star is not None:
            raise InputError(
                f"{name!r} may come from this import, whose names cannot be told",
                path=self._source.relative,
                line=self._source.line(star.code),
                mend=f"Import by name: from … import {name}",
            )
        if name in self._destination.bound:
            self._make_room(name)
        if name not in BUILTINS:
            self._note(name, "unbound", "bound nowhere in the source either: left as it is")

    def _check_capture(self, name: str) -> None:
        """Refuse a newcomer that would take the place of a builtin or of a star import's name."""
        if name in self._destination.bound:
            return
        if _set_when_called(self._destination, name):
            self._make_room(name)
            return
        for statement in self._destination.statements:
            if statement.refers_to(name):
                raise InputError(
                    f"{name!r} is used here, and would mean {_where(self._source, name)}",
                    path=self._destination.relative,
                    line=self._destination.line(statement.code),
                    mend=f"Rename {name} in {self._source.relative}, or import it here by name",
                )

    def _missing_modules(self, name: str) -> list[str]:
        """`import a.b` of the source, where the destination has only `import a`."""
        there = {b.module for s in self._destination.bound[name] for b in s.bindings}
        here = (b for s in self._source.bound[name] for b in s.bindings if b.name == name)
        return [f"import {b.module}" for b in here if "." in b.module and b.module not in there]

    def _make_room(self, name: str) -> None:
        """Give what the destination calls `name`, if anything, an alias."""
        if name in self._result.aliased:
            return
        binding = self._destination.binding(name)
        if binding is None:
            if not _set_when_called(self._destination, name):
                return
            binding = Binding(name, "assign")
        alias = self._aliases.get(name) or _default_alias(binding, self._key)
        taken = any(alias in statement.words for statement in self._destination.statements)
        other = f"{name!r} means something else in {_where(self._source, name)}"
        if taken or alias in self._source.bound:
            raise InputError(
                f"{other}, and the alias {alias!r} for it is not free",
                path=self._destination.relative,
                line=_line(self._destination, name),
                mend="Choose one in migration.toml: "
                f'[[aliases]] function = "{self._key}", name = "{name}", alias = "…"',
            )
        self._result.aliased[name] = alias
        self._note(
            name,
            "aliased",
            f"{_where(self._destination, name)} is now called {alias}; "
            f"{name} means {_where(self._source, name)}",
        )

    def _carry(self, name: str) -> None:
        if name in self._came:
            return
        self._came.add(name)
        if name not in self._result.aliased:
            self._note(name, "carried", _where(self._source, name))
        for statement in self._source.bound[name]:
            if is_plain_import(statement):
                texts = imports_of(statement, name)
                self._result.imports += [t for t in texts if t not in self._result.imports]
                continue
            if statement not in self._result.carried:
                self._carry_statement(statement, name)
        for statement in set_up_by(self._source, name):
            if statement not in self._result.carried:
                self._carry_statement(statement, name)

    def _carry_statement(self, statement: Statement, name: str) -> None:
        self._result.carried.append(statement)
        for binding in statement.bindings:
            if binding.name != name:
                self._done.add(binding.name)
                self._result.shared.discard(binding.name)
                self._make_room(binding.name)
                self._check_capture(binding.name)
                self._carry(binding.name)
        self._needs(statement)

    def _same(self, name: str, assumed: frozenset[str]) -> bool:
        """True if both modules bind the name to equal things, transitively."""
        if name in assumed:
            return True
        if name in self._arriving or name in self._remote:
            return name not in self._destination.bound
        here, there = self._source.bound.get(name), self._destination.bound.get(name)
        if here is None or there is None:
            return here is there
        target = first_import(here, name)
        if target is not None and target == first_import(there, name):
            return True
        if not is_logger(self._source, name):
            here = [*here, *set_up_by(self._source, name)]
            there = [*there, *set_up_by(self._destination, name)]
        if len(here) != len(there):
            return False
        for one, other in zip(here, there, strict=True):
            if not equal_statements(one, other):
                return False
            self._equal |= one.references & self._destination.bound.keys()
            if not all(self._same(r, assumed | {name}) for r in one.references - {name}):
                return False
        return not self._is_set_there_alone(name)

    def _is_set_there_alone(self, name: str) -> bool:
        """True if a function of the destination sets it that the source has not: two things that
        only begin as equals.
        """
        return any(
            writes(statement, name)
            and not any(equal_statements(statement, o) for o in self._source.statements)
            for statement in self._destination.statements
        )

    def _note(self, name: str, outcome: str, detail: str) -> None:
        self._result.resolutions.append(Resolution(name, self._key, outcome, detail))


def _default_alias(binding: Binding, key: str) -> str:
    if binding.target is not None:
        module = binding.target[0].rpartition(".")[2]
        return f"{module}_{binding.name}"
    prefix = "".join(c if c.isalnum() else "_" for c in key)
    return f"{prefix.upper() if binding.name.isupper() else prefix}_{binding.name}"


def _set_when_called(file: SourceFile, name: str) -> Statement | None:
    """The function that binds a name of its module, which nothing else does: by `global`."""
    if name in file.bound:
        return None
    users = (s for s in file.statements if name in s.words)
    return next((s for s in users if name in s.scope.declared_global), None)


def _line(file: SourceFile, name: str) -> int:
    statement = _set_when_called(file, name) or file.bound[name][-1]
    return file.line(statement.code)


def _where(file: SourceFile, name: str) -> str:
    if name not in file.bound and not _set_when_called(file, name):
        return "builtins" if name in BUILTINS else "nothing"
    binding = file.binding(name)
    target = f" ({binding.target[0]})" if binding is not None and binding.target else ""
    return f"{file.relative}:{_line(file, name)}{target}"

"""Every name that moved code takes from its module, resolved in the module that it moves to.

Absent there: carried. There and the same: shared. There and different: the older one gets an alias
that its users are rewritten to, so that the moved code keeps its names and its meaning.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import libcst as cst

from codemods.imports import is_plain_import
from codemods.names import BUILTINS, Binding
from codemods.source import SourceFile, Statement
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
    resolutions: list[Resolution] = field(default_factory=list)


class Resolver:
    """Resolves for one destination. `arriving` are the functions that move or are carried there,
    `remote` those that the destination must reach through a stub.
    """

    def __init__(
        self,
        source: SourceFile,
        destination: SourceFile,
        key: str,
        arriving: Iterable[str],
        remote: Iterable[str],
        aliases: Mapping[str, str],
    ) -> None:
        self._source, self._destination, self._key = source, destination, key
        self._arriving, self._remote = frozenset(arriving), frozenset(remote)
        self._aliases = aliases
        self._done: set[str] = set()
        self._result = Resolved()

    def resolve(self, moved: Iterable[Statement]) -> Resolved:
        """The needs of the moved functions, transitively."""
        for statement in moved:
            self._needs(statement)
        for name in sorted(self._arriving):
            self._make_room(name)
        self._result.carried.sort(key=lambda statement: statement.index)
        return self._result

    def _needs(self, statement: Statement) -> None:
        for name in sorted(statement.references - BUILTINS | statement.scope.declared_global):
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
            return
        if name not in self._source.bound:
            self._note(name, "unbound", "bound nowhere in the source either: left as it is")
            return
        if name in self._destination.bound:
            if self._same(name, frozenset()):
                self._note(name, "shared", _where(self._destination, name))
                return
            self._make_room(name)
        self._carry(name)

    def _make_room(self, name: str) -> None:
        """Give what the destination calls `name`, if anything, an alias."""
        if name not in self._destination.bound or name in self._result.aliased:
            return
        binding = self._destination.binding(name)
        assert binding is not None
        alias = self._aliases.get(name) or _default_alias(binding, self._key)
        taken = any(alias in statement.words for statement in self._destination.statements)
        statements = self._destination.bound[name]
        if taken or (binding.kind == "import" and len(statements) > 1):
            raise InputError(
                f"{name!r} means something else in {self._source.relative}:"
                f"{_line(self._source, name)}, and the alias {alias!r} for it is not free",
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
        if name not in self._result.aliased:
            self._note(name, "carried", _where(self._source, name))
        for statement in self._source.bound[name]:
            if is_plain_import(statement):
                text = _import_of(statement, name)
                if text not in self._result.imports:
                    self._result.imports.append(text)
                continue
            if statement in self._result.carried:
                continue
            self._result.carried.append(statement)
            for binding in statement.bindings:
                self._done.add(binding.name)
                if binding.name != name and binding.name in self._destination.bound:
                    self._make_room(binding.name)
            self._needs(statement)
        for statement in self._source.statements:
            if configures(statement, name) and statement not in self._result.carried:
                self._result.carried.append(statement)
                self._needs(statement)

    def _same(self, name: str, assumed: frozenset[str]) -> bool:
        """True if both modules bind the name to equal things, transitively."""
        if name in assumed or name in BUILTINS:
            return True
        if name in self._arriving or name in self._remote:
            return name not in self._destination.bound
        here, there = self._source.bound.get(name), self._destination.bound.get(name)
        if here is None or there is None:
            return here is there
        source_import, destination_import = _target(here, name), _target(there, name)
        if source_import is not None and source_import == destination_import:
            return True
        if len(here) != len(there):
            return False
        for one, other in zip(here, there, strict=True):
            if not _equal_statements(one, other):
                return False
            references = one.references | one.scope.declared_global
            if not all(self._same(r, assumed | {name}) for r in references - {name}):
                return False
        return True

    def _note(self, name: str, outcome: str, detail: str) -> None:
        self._result.resolutions.append(Resolution(name, self._key, outcome, detail))


def _target(statements: list[Statement], name: str) -> tuple[str, str] | None:
    """What the first import of a name imports: a fallback after it stands in only if it fails."""
    for statement in statements:
        for binding in statement.bindings:
            if binding.name == name:
                return binding.target
    return None


def _default_alias(binding: Binding, key: str) -> str:
    if binding.target is not None:
        module = binding.target[0].rpartition(".")[2]
        return f"{module}_{binding.name}"
    prefix = "".join(c if c.isalnum() else "_" for c in key)
    return f"{prefix.upper() if binding.name.isupper() else prefix}_{binding.name}"


def _import_of(statement: Statement, name: str) -> str:
    """An import statement for this name alone."""
    binding = next(b for b in statement.bindings if b.name == name)
    assert binding.target is not None
    module, attribute = binding.target
    if attribute:
        renamed = f" as {name}" if attribute != name else ""
        return f"from {module} import {attribute}{renamed}"
    return f"import {module}" + (f" as {name}" if module != name else "")


def configures(statement: Statement, name: str) -> bool:
    """True for a bare call or item assignment on the name: `logger.setLevel(…)`, `TABLE[…] = …`."""
    node = statement.node
    if not isinstance(node, cst.SimpleStatementLine) or name not in statement.words:
        return False
    for small in node.body:
        target: Any = None
        if isinstance(small, cst.Expr) and isinstance(small.value, cst.Call):
            target = small.value.func
        elif isinstance(small, cst.Assign):
            target = small.targets[0].target
        while isinstance(target, cst.Attribute | cst.Subscript):
            target = target.value
            if isinstance(target, cst.Name) and target.value == name:
                return True
    return False


def _equal_statements(one: Statement, other: Statement) -> bool:
    if one.bare_text.split() == other.bare_text.split():
        return True
    try:
        return _meaning(one.bare_text) == _meaning(other.bare_text)
    except SyntaxError:  # newer syntax than this Python's: only equal text counts
        return False


def _meaning(text: str) -> str:
    """The syntax tree without docstrings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body[0] = ast.Pass()
    return ast.dump(tree)


def _line(file: SourceFile, name: str) -> int:
    return file.line(file.bound[name][-1].code)


def _where(file: SourceFile, name: str) -> str:
    binding = file.binding(name)
    target = f" ({binding.target[0]})" if binding is not None and binding.target else ""
    return f"{file.relative}:{_line(file, name)}{target}"

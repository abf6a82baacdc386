"""Reads test files: what each unit patches and reads of a tree's modules, and where it says so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import libcst as cst

from codemods.suites.calls import CallReader
from codemods.suites.held_modules import Modules
from codemods.suites.model import PATCH, READ, Bound, Suite, Unit
from codemods.suites.modules import (
    LOADS,
    code_children,
    inside,
    names_in,
    relative,
    words_in,
)
from codemods.syntax.names import dotted
from codemods.syntax.source import SourceFile, Statement

_PATH_CALLS = ("path.insert", "path.append", "syspath_prepend", "addsitedir")
_SHARED_METHODS = frozenset({"setUp", "setUpClass", "setup_method", "setup_class", "asyncSetUp"})


def read_suites(sources: Iterable[SourceFile], modules: Modules) -> list[Suite]:
    """Look through all files, each conftest.py before those that see it."""
    files: list[Suite] = []
    for source in sorted(sources, key=_conftests_first):
        file = Suite(source)
        seen = [other for other in files if file.sees(other)]
        files.append(file)
        _Reader(file, seen, modules).read()
    return files


def _conftests_first(source: SourceFile) -> tuple[bool, int, str]:
    path = PurePosixPath(source.relative)
    return path.name != "conftest.py", len(path.parts), source.relative


class _Reader(CallReader):
    def __init__(self, file: Suite, conftests: list[Suite], modules: Modules) -> None:
        super().__init__(file, conftests, modules)
        self._line: cst.SimpleStatementLine | cst.SimpleStatementSuite
        self._fixtures = {u.name: u.gives for f in conftests for u in f.units if u.gives}

    def read(self) -> None:
        file = self._file
        file.units.append(self._unit)
        for statement in file.source.statements:
            if LOADS.search(statement.text) and isinstance(statement.node, cst.FunctionDef):
                self._loaders.add(statement.node.name.value)
            if isinstance(statement.node, cst.SimpleStatementLine):
                for small in statement.node.body:
                    if isinstance(small, cst.Assign) and isinstance(
                        small.targets[0].target, cst.Name
                    ):
                        file.values[small.targets[0].target.value] = small.value
        # Paths first, wherever they stand: they say what the imports mean.
        for statement in file.source.statements:
            self._statement = statement
            for node in inside(statement.node):
                if isinstance(node, cst.Name):
                    file.names.add(node.value)
                if isinstance(node, cst.Call) and dotted(node.func).endswith(_PATH_CALLS):
                    folder = self._folder([a.value for a in node.args])
                    file.folders += [folder] if folder else []
        fixtures_first = sorted(file.source.statements, key=_is_test)
        for statement in fixtures_first:
            self._statement = statement
            self._top(statement.node)

    # What runs as one.

    def _top(self, node: cst.CSTNode) -> None:
        if isinstance(node, cst.FunctionDef):
            self._function(node, "")
        elif isinstance(node, cst.ClassDef):
            body: Any = node.body.body
            parts = [n for n in node.children if n is not node.body]
            parts += [n for n in body if not isinstance(n, cst.FunctionDef)]
            unit = self._new(node, parts, node.name.value, shared=True)
            unit.everywhere = True
            self._in(unit, parts)
            for method in body:
                if isinstance(method, cst.FunctionDef):
                    self._function(method, node.name.value)
        else:
            self._in(self._file.units[0], [node])

    def _function(self, node: cst.FunctionDef, owner: str) -> None:
        name = node.name.value
        shared = not name.startswith("test")
        unit = self._new(node, [node], owner, shared)
        decorators = " ".join(dotted(n) for n in names_in(node.decorators))
        unit.everywhere = "autouse" in decorators or (bool(owner) and name in _SHARED_METHODS)
        fixture = "fixture" in decorators
        given = [*node.params.posonly_params, *node.params.params, *node.params.kwonly_params]
        for parameter in (p.name.value for p in given):
            bound = self._fixtures.get(parameter)
            unit.locals[parameter] = replace(bound, fixture=True) if bound else None
        self._in(unit, node.children)
        if fixture and unit.gives is not None:
            self._fixtures[name] = unit.gives

    def _new(
        self,
        node: cst.FunctionDef | cst.ClassDef,
        parts: Iterable[cst.CSTNode],
        owner: str,
        shared: bool,
    ) -> Unit:
        place, name = self._statement.place_of(node)[0], node.name.value
        words = words_in(parts) - {name}
        unit = Unit(self._file.path, name, owner, words, shared, False, place)
        self._file.units.append(unit)
        return unit

    def _in(self, unit: Unit, nodes: Iterable[cst.CSTNode]) -> None:
        before, self._unit = self._unit, unit
        for node in nodes:
            self._walk(node)
        self._unit = before

    # What it names.

    def _walk(self, node: cst.CSTNode) -> None:
        if isinstance(node, cst.Import | cst.ImportFrom):
            self._imports(node)
            return
        if isinstance(node, cst.SimpleStatementLine | cst.SimpleStatementSuite):
            self._line = node
        if isinstance(node, cst.AsName) and isinstance(node.name, cst.Name) and self._unit.name:
            self._unit.locals[node.name.value] = None
            return
        if isinstance(node, cst.Assign) and self._assigned(node):
            return
        if isinstance(node, cst.Return | cst.Yield | cst.Expr) and node.value is not None:
            value: Any = node.value
            if isinstance(value, cst.BaseExpression) and isinstance(node, cst.Return | cst.Yield):
                found = self._module(value)
                if found is not None:
                    self._unit.gives = found
                    self._held(value)
                    return
        if isinstance(node, cst.Call) and self._call(node):
            return
        if isinstance(node, cst.Attribute):
            bound = self._module(node.value)
            if bound is not None:
                self._use(bound.held, node.attr.value, READ, node.value, node.attr, bound)
                return
        if isinstance(node, cst.Name):
            self._name(node)
            return
        if isinstance(node, cst.SimpleString):
            self._string(node)
            return
        for child in code_children(node):
            self._walk(child)

    def _name(self, node: cst.Name) -> None:
        bound = self._lookup(node.value)
        if bound is None:
            return
        if bound.attribute:
            self._use(bound.held, bound.attribute, READ, None, node, bound)
        else:
            self._held(node)
            self._doubt(node, bound.held, f"it hands the module {node.value} to other code")

    def _string(self, node: cst.SimpleString) -> None:
        """A dotted name in a string whose purpose is not known."""
        value = node.evaluated_value
        if isinstance(value, str) and re.fullmatch(r"[\w.]+\.\w+", value):
            held, names = self._target(value)
            if held is not None and names:
                self._doubt(node, held, f"{value!r} is used in a way that cannot be followed")

    def _assigned(self, node: cst.Assign) -> bool:
        target = node.targets[0].target
        bound = self._module(node.value)
        if len(node.targets) == 1 and isinstance(target, cst.Name):
            held = bound or self._spec(node.value)
            scope: dict[str, Any] = self._unit.locals if self._unit.name else self._file.bound
            if held is not None:
                scope[target.value] = held
                self._held(node.value)
                return True
            if self._unit.name:
                scope[target.value] = None
            return False
        if len(node.targets) == 1 and isinstance(target, cst.Attribute):
            owner = self._module(target.value)
            if owner is not None:
                self._use(owner.held, target.attr.value, PATCH, target.value, target.attr, owner)
                self._walk(node.value)
                return True
        # sys.modules["name"] = module
        if bound is None or not isinstance(target, cst.Subscript):
            return False
        self._held(node.value)
        return True

    def _imports(self, node: cst.Import | cst.ImportFrom) -> None:
        if isinstance(node.names, cst.ImportStar):
            held = self._named(dotted(node.module)) if isinstance(node, cst.ImportFrom) else None
            if held is not None:
                self._doubt(node, held, "it imports everything")
            return
        scope: dict[str, Any] = self._unit.locals if self._unit.name else self._file.bound
        line, sole = self._place(self._line), len(node.names) == 1
        package, where = "", (0, 0)
        if isinstance(node, cst.ImportFrom) and node.module is not None:
            package, where = dotted(node.module), self._place(node.module)
            self._file.imported.add(package.partition(".")[0])
        for alias in node.names:
            name = dotted(alias.name)
            local = dotted(alias.asname.name) if alias.asname else name
            span = self._place(alias)
            if alias.comma is not cst.MaybeSentinel.DEFAULT and not sole:
                span = (span[0], self._place(alias.asname or alias.name)[1])
            full = f"{package}.{name}" if package else name
            self._file.imported.add(full.partition(".")[0])
            held = None
            if isinstance(node, cst.Import) or not node.relative:
                held = self._named(full)
            if held is not None:
                scope[local] = Bound(
                    local, held, "import", self._file.path, span, line, where, "", sole
                )
            elif package and (held := self._named(package)) and not relative(node):
                scope[local] = Bound(
                    local, held, "from", self._file.path, span, line, where, name, sole
                )


def _is_test(statement: Statement) -> bool:
    node = statement.node
    return isinstance(node, cst.ClassDef) or (
        isinstance(node, cst.FunctionDef) and node.name.value.startswith("test")
    )

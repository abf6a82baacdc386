"""Which names a top-level statement takes from its module, and where in its text it spells them.

Works on one statement at a time: LibCST's scope analysis of a whole handler of 6,000 lines takes
seconds, of one function milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

import libcst as cst
from libcst.metadata import (
    Access,
    Assignment,
    BuiltinScope,
    CodePosition,
    ComprehensionScope,
    FunctionScope,
    GlobalScope,
    ImportAssignment,
    MetadataWrapper,
    PositionProvider,
    Scope,
    ScopeProvider,
)
from libcst.metadata.scope_provider import ScopeVisitor

from codemods.syntax.names import dotted
from codemods.syntax.symbols import names_read, places_read

_CONSTANTS = frozenset({"True", "False", "None", "__debug__"})  # nobody can bind them
_NEWLINE = re.compile(r"\r\n?|\n")
_SPELT = re.compile(r"=\s*[!:}]")
_ROOT = re.compile(r"(?<![\w.])[^\W\d]\w*")


class StatementScope:
    """What one statement takes from its module, and where in its text it does."""

    def __init__(self, module: cst.Module) -> None:
        """`module` holds just that statement, with the newline and indent of its file."""
        self._module = module
        self._wrapper = MetadataWrapper(module, unsafe_skip_copy=True)

    @cached_property
    def _scopes(self) -> set[Scope]:
        # Not in __init__: scopes are what costs most, and places alone do not need them.
        return {s for s in self._wrapper.resolve(_Scopes).values() if s is not None}

    @cached_property
    def _accesses(self) -> list[Access]:
        return [access for scope in self._scopes for access in scope.accesses]

    @cached_property
    def _read(self) -> list[cst.Name]:
        roots = (_root(access.node) for access in self._accesses if _is_module_level(access))
        return [root for root in roots if root is not None]

    @cached_property
    def _quoted(self) -> list[cst.SimpleString]:
        nodes = {access.node for access in self._accesses}
        return [node for node in nodes if isinstance(node, cst.SimpleString)]

    @cached_property
    def _globals(self) -> list[cst.Name]:
        """The names in `global` statements."""
        return list(_declared_global(self._module))

    @property
    def declared_global(self) -> frozenset[str]:
        return frozenset(node.value for node in self._globals)

    @cached_property
    def references(self) -> frozenset[str]:
        """The names read from the module or from builtins, `global` ones included."""
        quick = names_read(self._module.code)
        if quick is not None:
            return quick
        return self.references_by_scope

    @property
    def references_by_scope(self) -> frozenset[str]:
        """The same, told by LibCST's scopes."""
        quoted = {word for node in self._quoted for word in _ROOT.findall(node.value)}
        return (self.declared_global | {node.value for node in self._read} | quoted) - _CONSTANTS

    def nodes_of(self, name: str) -> list[cst.Name]:
        """The Name nodes that stand for the module's `name`, where it is read or bound."""
        read = [node for node in self._read if node.value == name]
        declared = [node for node in self._globals if node.value == name]
        bound = (_bound_by(assignment) for assignment in self._assignments(name))
        return [*read, *declared, *(node for node in bound if node is not None)]

    def imports_bare(self, name: str) -> bool:
        """True if it binds the module's `name` by an import without `as`."""
        return any(
            isinstance(assignment, ImportAssignment) and _bound_by(assignment) is None
            for assignment in self._assignments(name)
        )

    def binds_within(self, name: str) -> bool:
        """True if a function, class or comprehension in it gives the name a meaning of its own."""
        local = (s for s in self._scopes if not isinstance(s, GlobalScope | BuiltinScope))
        return any(True for scope in local for _ in scope.assignments[name])

    def _assignments(self, name: str) -> list[Assignment]:
        return [
            assignment
            for scope in self._scopes
            if isinstance(scope, GlobalScope)
            for assignment in scope.assignments[name]
            if isinstance(assignment, Assignment)
        ]

    def places_of(self, name: str) -> list[tuple[int, int]]:
        """Where the statement's text spells the module's `name`, quoted annotations included."""
        quick = places_read(self._module.code, name)
        return self.places_by_scope(name) if quick is None else quick

    def places_by_scope(self, name: str) -> list[tuple[int, int]]:
        """The same, told by LibCST's scopes."""
        places = [self.span(node) for node in self.nodes_of(name)]
        for node in self._quoted:
            start = self.span(node)[0]
            for match in _ROOT.finditer(self._module.code_for_node(node)):
                if match[0] == name:
                    places.append((start + match.start(), start + match.end()))
        return sorted(set(places))

    def prints(self, name: str) -> bool:
        """True if an f-string spells the module's `name` before its value: `f"{name=}"`."""
        if not _SPELT.search(self._module.code):
            return False
        nodes = set(self.nodes_of(name))
        finder = _SelfDocumenting()
        self._module.visit(finder)
        return any(_holds(expression, nodes) for expression in finder.found)

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Where a node stands in the statement's text."""
        place = self._wrapper.resolve(PositionProvider)[node]
        return self._offset(place.start), self._offset(place.end)

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        # Not splitlines: a form feed or U+2028 ends a line there, and none in Python.
        starts += [match.end() for match in _NEWLINE.finditer(self._module.code)]
        return starts

    def _offset(self, position: CodePosition) -> int:
        return self._line_starts[position.line - 1] + position.column


class _Visitor(ScopeVisitor):
    """LibCST's, which takes a pattern's captures for reads and every quoted text for a type."""

    _literals = 0

    def visit_MatchAs(self, node: cst.MatchAs) -> bool:
        if node.pattern is not None:
            node.pattern.visit(self)
        self._capture(node.name)
        return False

    def visit_MatchStar(self, node: cst.MatchStar) -> bool:
        self._capture(node.name)
        return False

    def visit_MatchMapping(self, node: cst.MatchMapping) -> bool:
        for element in node.elements:
            element.visit(self)
        self._capture(node.rest)
        return False

    def visit_MatchKeywordElement(self, node: cst.MatchKeywordElement) -> bool:
        node.pattern.visit(self)
        return False

    def visit_NamedExpr(self, node: cst.NamedExpr) -> bool:
        """It binds outside of the comprehension that it stands in."""
        scope = self.scope
        while isinstance(scope, ComprehensionScope):
            scope = scope.parent
        if isinstance(node.target, cst.Name):
            scope.record_assignment(node.target.value, node.target)
        node.value.visit(self)
        return False

    def _capture(self, name: cst.Name | None) -> None:
        if name is not None:
            self.scope.record_assignment(name.value, name)

    def visit_Subscript(self, node: cst.Subscript) -> bool | None:
        self._literals += _is_literal(node)
        return super().visit_Subscript(node)

    def leave_Subscript(self, original_node: cst.Subscript) -> None:
        self._literals -= _is_literal(original_node)
        super().leave_Subscript(original_node)

    def visit_SimpleString(self, node: cst.SimpleString) -> bool | None:
        return False if self._literals else super().visit_SimpleString(node)


class _Scopes(ScopeProvider):
    def visit_Module(self, node: cst.Module) -> bool:
        visitor = _Visitor(self)
        node.visit(visitor)
        visitor.infer_accesses()
        return False


def _is_literal(node: cst.Subscript) -> bool:
    """True for typing's Literal, whose texts are no types."""
    return dotted(node.value).rpartition(".")[2] == "Literal"


def _root(node: cst.CSTNode) -> cst.Name | None:
    while isinstance(node, cst.Attribute):
        node = node.value
    return node if isinstance(node, cst.Name) else None


def _is_module_level(access: Access) -> bool:
    """True where no enclosing function, class or comprehension binds the name.

    LibCST takes a function's variable for the module's where it is read above its assignment.
    """
    root = _root(access.node)
    scope = access.scope
    if root is not None and isinstance(scope, FunctionScope) and scope.assignments[root.value]:
        return False
    return all(isinstance(r.scope, GlobalScope | BuiltinScope) for r in access.referents)


def _declared_global(module: cst.Module) -> Iterator[cst.Name]:
    queue: list[cst.CSTNode] = [module]
    while queue:
        node = queue.pop()
        if isinstance(node, cst.Global):
            yield from (item.name for item in node.names)
        elif not isinstance(node, cst.BaseExpression):
            queue.extend(node.children)


def _bound_by(assignment: Assignment) -> cst.Name | None:
    """The Name by which an assignment binds; None for an import without `as`."""
    node = assignment.node
    if isinstance(assignment, ImportAssignment):
        assert isinstance(node, cst.Import | cst.ImportFrom)
        renamed = [] if isinstance(node.names, cst.ImportStar) else node.names
        names = (alias.asname.name for alias in renamed if alias.asname is not None)
        return next((n for n in names if n is assignment.as_name and isinstance(n, cst.Name)), None)
    if isinstance(node, cst.FunctionDef | cst.ClassDef | cst.TypeAlias):
        return node.name
    return node if isinstance(node, cst.Name) else None


class _SelfDocumenting(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[cst.FormattedStringExpression] = []

    def visit_FormattedStringExpression(self, node: cst.FormattedStringExpression) -> None:
        if node.equal is not None:
            self.found.append(node)


def _holds(node: cst.CSTNode, wanted: set[cst.Name]) -> bool:
    return node in wanted or any(_holds(child, wanted) for child in node.children)

"""Which names a top-level statement binds, and which it takes from its module.

Works on one statement at a time: LibCST's scope analysis of a whole handler of 6,000 lines takes
seconds, of one function milliseconds.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import libcst as cst
from libcst.metadata import (
    Access,
    BuiltinScope,
    CodePosition,
    GlobalScope,
    MetadataWrapper,
    PositionProvider,
    ScopeProvider,
)

BUILTINS = frozenset(dir(builtins)) | {
    "__file__",
    "__name__",
    "__doc__",
    "__package__",
    "__spec__",
    "__loader__",
    "__builtins__",
}
_BRANCHES = cst.Else | cst.Finally | cst.ExceptHandler | cst.ExceptStarHandler | cst.MatchCase
_NEWLINE = re.compile(r"\r\n?|\n")
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class Binding:
    """A module-level name. `target` is what an import names: ("json", "") or ("typing", "Any").

    `guarded` says that it stands in an if, try or with, so that another one may be in force.
    `module` is what `import a.b` loads: it binds `a`, as `import a` does, and more.
    """

    name: str
    kind: str
    target: tuple[str, str] | None = None
    guarded: bool = False
    module: str = ""


def words_of(text: str) -> frozenset[str]:
    """All identifier-like words of a text, those of strings and comments included."""
    return frozenset(_WORD.findall(text))


def dotted(node: cst.BaseExpression | None) -> str:
    """The dotted name that a Name or Attribute spells."""
    if isinstance(node, cst.Attribute):
        return f"{dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


def bindings_of(node: cst.CSTNode, guarded: bool = False) -> Iterator[Binding]:
    """The names that a statement binds in the scope that it stands in."""
    if isinstance(node, cst.FunctionDef):
        yield Binding(node.name.value, "def", None, guarded)
    elif isinstance(node, cst.ClassDef):
        yield Binding(node.name.value, "class", None, guarded)
    elif isinstance(node, cst.SimpleStatementLine | cst.SimpleStatementSuite):
        for small in node.body:
            yield from _small_bindings(small, guarded)
    elif isinstance(node, cst.BaseCompoundStatement | cst.BaseSuite):
        yield from _compound_bindings(node)


def _small_bindings(node: cst.BaseSmallStatement, guarded: bool) -> Iterator[Binding]:
    if isinstance(node, cst.Import | cst.ImportFrom):
        yield from _import_bindings(node, guarded)
    elif isinstance(node, cst.Assign):
        for target in node.targets:
            for name in _target_nodes(target.target):
                yield Binding(name.value, "assign", None, guarded)
    elif isinstance(node, cst.AnnAssign | cst.AugAssign):
        for name in _target_nodes(node.target):
            yield Binding(name.value, "assign", None, guarded)
    elif isinstance(node, cst.TypeAlias):
        yield Binding(node.name.value, "assign", None, guarded)


def _import_bindings(node: cst.Import | cst.ImportFrom, guarded: bool) -> Iterator[Binding]:
    if isinstance(node.names, cst.ImportStar):
        return
    module = ""
    if isinstance(node, cst.ImportFrom):
        module = "." * len(node.relative) + dotted(node.module)
    for alias in node.names:
        name = dotted(alias.name)
        bound = dotted(alias.asname.name) if alias.asname else name.partition(".")[0]
        if isinstance(node, cst.ImportFrom):
            yield Binding(bound, "import", (module, name), guarded)
        elif alias.asname and "." in name:
            package, _, last = name.rpartition(".")
            yield Binding(bound, "import", (package, last), guarded)
        else:
            target = (name.partition(".")[0], "")
            yield Binding(bound, "import", target, guarded, "" if alias.asname else name)


def _compound_bindings(node: cst.CSTNode) -> Iterator[Binding]:
    if isinstance(node, cst.For):
        for name in _target_nodes(node.target):
            yield Binding(name.value, "assign", None, guarded=True)
    if isinstance(node, cst.With):
        for item in node.items:
            if item.asname:
                for name in _target_nodes(item.asname.name):
                    yield Binding(name.value, "assign", None, guarded=True)
    for child in node.children:
        if isinstance(child, _BRANCHES):
            yield from _compound_bindings(child)
        elif isinstance(child, cst.BaseSuite | cst.BaseStatement):
            yield from bindings_of(child, guarded=True)


class StatementScope:
    """What one statement takes from its module, and where in its text it does."""

    def __init__(self, module: cst.Module) -> None:
        """`module` holds just that statement, with the newline and indent of its file."""
        self._module = module
        self._wrapper = MetadataWrapper(module, unsafe_skip_copy=True)

    @cached_property
    def _accesses(self) -> list[Access]:
        # Not in __init__: scopes are what costs most, and places alone do not need them.
        scopes = {s for s in self._wrapper.resolve(ScopeProvider).values() if s is not None}
        return [access for scope in scopes for access in scope.accesses]

    @cached_property
    def _read(self) -> list[cst.Name]:
        roots = (_root(access.node) for access in self._accesses if _is_module_level(access))
        return [root for root in roots if root is not None]

    @cached_property
    def _quoted(self) -> list[cst.SimpleString]:
        nodes = {access.node for access in self._accesses}
        return [node for node in nodes if isinstance(node, cst.SimpleString)]

    @cached_property
    def declared_global(self) -> frozenset[str]:
        return frozenset(_declared_global(self._module))

    @cached_property
    def references(self) -> frozenset[str]:
        """The names read from the module or from builtins, `global` ones included."""
        quoted = {word for node in self._quoted for word in words_of(node.value)}
        return self.declared_global | {node.value for node in self._read} | quoted

    def nodes_of(self, name: str) -> list[cst.Name]:
        """The Name nodes that stand for the module's `name`, where it is read or bound."""
        if name in self.declared_global:
            everywhere = _NamesCalled(name)
            self._module.visit(everywhere)
            return everywhere.found
        read = [node for node in self._read if node.value == name]
        return [*read, *_binding_nodes(self._module.body[0], name)]

    def places_of(self, name: str) -> list[tuple[int, int]]:
        """Where the statement's text spells the module's `name`, quoted annotations included."""
        places = [self.span(node) for node in self.nodes_of(name)]
        for node in self._quoted:
            start = self.span(node)[0]
            for match in re.finditer(rf"\b{name}\b", self._module.code_for_node(node)):
                places.append((start + match.start(), start + match.end()))
        return sorted(set(places))

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


def _root(node: cst.CSTNode) -> cst.Name | None:
    while isinstance(node, cst.Attribute):
        node = node.value
    return node if isinstance(node, cst.Name) else None


def _is_module_level(access: Access) -> bool:
    """True where no enclosing function, class or comprehension binds the name."""
    return all(isinstance(r.scope, GlobalScope | BuiltinScope) for r in access.referents)


def _declared_global(module: cst.Module) -> Iterator[str]:
    queue: list[cst.CSTNode] = [module]
    while queue:
        node = queue.pop()
        if isinstance(node, cst.Global):
            yield from (item.name.value for item in node.names)
        elif not isinstance(node, cst.BaseExpression):
            queue.extend(node.children)


class _NamesCalled(cst.CSTVisitor):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.found: list[cst.Name] = []

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        node.value.visit(self)
        return False

    def visit_Arg(self, node: cst.Arg) -> bool:
        node.value.visit(self)
        return False

    def visit_Name(self, node: cst.Name) -> None:
        if node.value == self.name:
            self.found.append(node)


def _binding_nodes(node: cst.CSTNode, name: str) -> list[cst.Name]:
    """The Name nodes by which a def, class or assignment at module level binds `name`."""
    if isinstance(node, cst.FunctionDef | cst.ClassDef):
        return [node.name] if node.name.value == name else []
    if isinstance(node, cst.Assign):
        return [n for t in node.targets for n in _target_nodes(t.target) if n.value == name]
    if isinstance(node, cst.AnnAssign | cst.AugAssign):
        return [n for n in _target_nodes(node.target) if n.value == name]
    if isinstance(node, cst.BaseExpression | cst.Import | cst.ImportFrom):
        return []
    return [found for child in node.children for found in _binding_nodes(child, name)]


def _target_nodes(node: cst.BaseExpression) -> list[cst.Name]:
    if isinstance(node, cst.Name):
        return [node]
    if isinstance(node, cst.Tuple | cst.List):
        return [found for element in node.elements for found in _target_nodes(element.value)]
    return _target_nodes(node.value) if isinstance(node, cst.StarredElement) else []

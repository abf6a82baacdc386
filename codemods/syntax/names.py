"""Which names a top-level statement binds in its module."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

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
            yield from _walrus_bindings(small)
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
    if isinstance(node, cst.MatchCase):
        for name in _captures(node.pattern):
            yield Binding(name.value, "assign", None, guarded=True)
    for child in node.children:
        if isinstance(child, cst.BaseExpression | cst.WithItem):
            yield from _walrus_bindings(child)
        elif isinstance(child, _BRANCHES):
            yield from _compound_bindings(child)
        elif isinstance(child, cst.BaseSuite | cst.BaseStatement):
            yield from bindings_of(child, guarded=True)


def _walrus_bindings(node: cst.CSTNode) -> Iterator[Binding]:
    """What `:=` binds within an expression: the module's, from comprehensions too."""
    if isinstance(node, cst.NamedExpr) and isinstance(node.target, cst.Name):
        yield Binding(node.target.value, "assign", None, guarded=True)
    if not isinstance(node, cst.Lambda):
        for child in node.children:
            yield from _walrus_bindings(child)


def _captures(node: cst.CSTNode) -> Iterator[cst.Name]:
    """The names that a pattern of a match statement binds."""
    if isinstance(node, cst.MatchAs | cst.MatchStar) and node.name is not None:
        yield node.name
    if isinstance(node, cst.MatchMapping) and node.rest is not None:
        yield node.rest
    for child in node.children:
        yield from _captures(child)


def _target_nodes(node: cst.BaseExpression) -> list[cst.Name]:
    if isinstance(node, cst.Name):
        return [node]
    if isinstance(node, cst.Tuple | cst.List):
        return [found for element in node.elements for found in _target_nodes(element.value)]
    return _target_nodes(node.value) if isinstance(node, cst.StarredElement) else []

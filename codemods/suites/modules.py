"""Which module of the tree an expression of a test gives, followed through imports, assignments,
fixtures, `import_module`, `sys.modules`, loaders that take a folder, and `module_from_spec`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import libcst as cst

from codemods.suites.held_modules import Folder, Held, Modules, Piece
from codemods.suites.model import Bound, Span, Suite, Unit
from codemods.syntax.names import dotted
from codemods.syntax.source import Statement

LOADS = re.compile(r"spec_from_file_location|import_module|SourceFileLoader|__import__")


class ModuleFinder:
    """Follows names of one file to modules; `statement` and `unit` are where it stands."""

    def __init__(self, file: Suite, conftests: list[Suite], modules: Modules) -> None:
        self._file, self._seen, self._modules = file, [*conftests, file], modules
        self._statement: Statement
        self._unit = Unit(file.path, "", "", frozenset(), True, True, 0)
        self._loaders = {u.name for f in conftests for u in f.units if _loads(u)}

    def _place(self, node: cst.CSTNode) -> Span:
        return self._statement.place_of(node)

    def _doubt(self, node: cst.CSTNode, held: Held, why: str) -> None:
        self._unit.unsure.append((self._place(node)[0], held, why))

    def _lookup(self, name: str) -> Bound | None:
        if name in self._unit.locals:
            return self._unit.locals[name]
        return self._file.bound.get(name)

    def _target(self, value: str) -> tuple[Held | None, list[str]]:
        """A dotted target as its longest module and the names after it."""
        parts = value.split(".")
        for length in range(len(parts) - 1, 0, -1):
            held = self._named(".".join(parts[:length]))
            if held is not None:
                return held, parts[length:]
        return None, []

    def _named(self, name: str) -> Held | None:
        for file in reversed(self._seen):
            if name in file.registered:
                return file.registered[name]
        folders = [folder for file in self._seen for folder in file.folders]
        return self._modules.named(name, folders)

    def _module(self, node: cst.BaseExpression) -> Bound | None:
        """The module that an expression gives."""
        if isinstance(node, cst.Name):
            bound = self._lookup(node.value)
            return bound if bound is not None and not bound.attribute else None
        if isinstance(node, cst.Attribute):
            bound = self._lookup(dotted(node))
            return bound if bound is not None and not bound.attribute else None
        if isinstance(node, cst.Subscript) and dotted(node.value) == "sys.modules":
            index = node.slice[0].slice
            return self._imported(index.value) if isinstance(index, cst.Index) else None
        if not isinstance(node, cst.Call) or not node.args:
            return None
        name, first = dotted(node.func).rpartition(".")[2], node.args[0].value
        if name == "import_module":
            return self._imported(first)
        if name in ("reload", "module_from_spec"):
            return self._module(first)
        if name in self._loaders and "." not in dotted(node.func):
            folder = self._folder([a.value for a in node.args])
            held = folder and self._modules.in_folder(folder, self._stem(folder))
            return Bound("", held, "folder", self._file.path, (0, 0)) if held else None
        return None

    def _stem(self, folder: Folder) -> str:
        """The file that a loader loads out of a folder: the only one of a handler's name there."""
        names = [p for p in self._modules.others_in(folder.path) if p != "__init__"]
        return "index" if "index" in names else names[0] if len(names) == 1 else ""

    def _imported(self, node: cst.BaseExpression) -> Bound | None:
        if not isinstance(node, cst.SimpleString) or not isinstance(node.evaluated_value, str):
            return None
        held = self._named(node.evaluated_value)
        start, end = self._place(node)
        quote = len(node.quote)
        span = (start + len(node.prefix) + quote, end - quote)
        return Bound("", held, "call", self._file.path, span) if held else None

    def _spec(self, node: cst.BaseExpression) -> Bound | None:
        if not isinstance(node, cst.Call) or len(node.args) < 2:
            return None
        if not dotted(node.func).endswith("spec_from_file_location"):
            return None
        folder = self._folder([node.args[1].value])
        held = folder and self._modules.in_folder(folder, self._stem(folder))
        if not held:
            return None
        name = node.args[0].value
        if isinstance(name, cst.SimpleString) and isinstance(name.evaluated_value, str):
            held = Held(held.path, name.evaluated_value, held.folder)
            self._file.registered[name.evaluated_value] = held
        return Bound("", held, "folder", self._file.path, (0, 0))

    def _folder(self, nodes: Iterable[cst.BaseExpression]) -> Folder | None:
        pieces = [piece for node in nodes for piece in self._pieces(node, 0)]
        return self._modules.folder(self._file.path, pieces)

    def _pieces(self, node: cst.CSTNode, depth: int) -> Iterator[Piece]:
        """The folders that a path's expression spells, through constants of the file."""
        if isinstance(node, cst.SimpleString):
            owner = next(s for s in self._file.source.statements if _holds(s.node, node))
            start = owner.place_of(node)[0] + len(node.prefix) + len(node.quote)
            for match in re.finditer(r"[^/\\]+", node.raw_value):
                yield Piece(match.group(), start + match.start(), start + match.end())
        elif isinstance(node, cst.Name):
            value = self._file.values.get(node.value)
            if value is not None and depth < 4:
                yield from self._pieces(value, depth + 1)
        else:
            for child in code_children(node):
                yield from self._pieces(child, depth)


def relative(node: cst.Import | cst.ImportFrom) -> bool:
    return isinstance(node, cst.ImportFrom) and bool(node.relative)


def _loads(unit: Unit) -> bool:
    return any(LOADS.fullmatch(word) for word in unit.words)


def code_children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The children that are evaluated: no whitespace, no attribute's or keyword's own name."""
    if isinstance(node, cst.Attribute | cst.Arg):
        yield node.value
    elif isinstance(node, cst.Param):
        yield from (n for n in (node.annotation, node.default) if n is not None)
    elif isinstance(node, cst.FunctionDef | cst.ClassDef):
        yield from (n for n in node.children if n is not node.name)
    elif not isinstance(node, cst.BaseParenthesizableWhitespace | cst.EmptyLine):
        yield from node.children


def inside(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    queue = [node]
    while queue:
        found = queue.pop()
        yield found
        queue.extend(found.children)


def names_in(nodes: Iterable[cst.CSTNode]) -> Iterator[cst.Name]:
    for node in nodes:
        yield from (n for n in inside(node) if isinstance(n, cst.Name))


def words_in(nodes: Iterable[cst.CSTNode]) -> frozenset[str]:
    """Names, and strings that may be one: `usefixtures("name")`."""
    found = set()
    for node in (n for one in nodes for n in inside(one)):
        if isinstance(node, cst.Name):
            found.add(node.value)
        elif isinstance(node, cst.SimpleString) and node.raw_value.isidentifier():
            found.add(node.raw_value)
    return frozenset(found)


def _holds(node: cst.CSTNode, wanted: cst.CSTNode) -> bool:
    return any(found is wanted for found in inside(node))

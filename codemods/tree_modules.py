"""Which file of the tree an import means. It depends on where the importing file stands: a Lambda
function imports what is packed with it and what its layers hold.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import libcst as cst

from codemods.syntax.names import dotted


@dataclass(frozen=True)
class Imported:
    """A module that is imported, with its leading dots, and the names taken from it."""

    module: str
    names: tuple[str, ...] = ()

    def parts(self) -> list[str]:
        """The modules that it may load: a name taken from a package may be one."""
        head = self.module.rstrip(".") if self.module.strip(".") else ""
        prefix = f"{self.module}." if head else self.module
        return [*([self.module] if head else []), *(f"{prefix}{name}" for name in self.names)]


class TreeModules:
    """The modules of a tree on disk."""

    def __init__(self, root: Path, layers: Iterable[str]) -> None:
        self._root, self._layers = root, [PurePosixPath(layer) for layer in layers]

    def file_of(self, importer: str, module: str) -> str | None:
        """The file, or the folder of a namespace package, that a module's name means in a file of
        the tree; None for one from elsewhere.
        """
        own, name = PurePosixPath(importer).parent, module.lstrip(".")
        level = len(module) - len(name)
        if level:
            folders = [own, *own.parents][level - 1 : level]
        elif name.partition(".")[0] in sys.stdlib_module_names:
            folders = [own]
        else:
            folders = [own, *own.parents, *self._layers]
        for folder in folders:
            found = self._in(folder, name)
            if found is not None:
                return found.as_posix()
        return None

    def _in(self, folder: PurePosixPath, name: str) -> PurePosixPath | None:
        path = folder.joinpath(*name.split(".")) if name else folder
        for file in (path.joinpath("__init__.py"), path.parent / f"{path.name}.py"):
            if (self._root / file).is_file():
                return file
        is_package = (self._root / path).is_dir() and any((self._root / path).rglob("*.py"))
        return path if is_package else None

    def same(self, module: str, here: str, there: str) -> bool:
        """True if a module means the same code in two files of the tree, and so does all that it
        imports in its turn.
        """
        return self._same(module, here, there, set())

    def _same(self, module: str, here: str, there: str, assumed: set[tuple[str, str]]) -> bool:
        one, other = self.file_of(here, module), self.file_of(there, module)
        if one == other or (one, other) in assumed:
            return True
        if one is None or other is None:
            return False
        assumed.add((one, other))
        ours, theirs = self._texts(one), self._texts(other)
        return ours == theirs and all(
            self._same(part, f"{base_of(one)}{path}", f"{base_of(other)}{path}", assumed)
            for path, content in ours.items()
            for found in imports_in(_tree(content))
            for part in found.parts()
        )

    def _texts(self, path: str) -> dict[str, bytes]:
        """The file, or all code of the folder, by path from the folder that it stands in."""
        place = self._root / path
        files = [place] if place.is_file() else sorted(place.rglob("*.py"))
        folder = place.parent if place.is_file() else place
        return {f.relative_to(folder).as_posix(): content_of(f) for f in files}


def content_of(path: Path) -> bytes:
    """Nothing of what cannot be read: whoever copies the tree tells that, or a link to nowhere."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def base_of(path: str) -> str:
    """The folder of a file, or a package's own, to put a path behind."""
    return f"{path.rpartition('/')[0]}/" if path.endswith(".py") else f"{path}/"


def _tree(content: bytes) -> ast.AST:
    try:
        return ast.parse(content)
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def imports_in(tree: ast.AST) -> Iterator[Imported]:
    """Every import of a file, at any depth."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Imported(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield Imported(module, tuple(alias.name for alias in node.names))


def imports_at_run(node: cst.CSTNode) -> Iterator[Imported]:
    """The imports that a statement makes when it runs: those for type checkers left out."""
    queue: list[cst.CSTNode] = [node]
    while queue:
        inner = queue.pop()
        if isinstance(inner, cst.If) and dotted(inner.test).endswith("TYPE_CHECKING"):
            queue += [inner.orelse] if inner.orelse is not None else []
        elif isinstance(inner, cst.Import):
            yield from (Imported(alias.evaluated_name) for alias in inner.names)
        elif isinstance(inner, cst.ImportFrom):
            module = "." * len(inner.relative) + dotted(inner.module)
            names = [] if isinstance(inner.names, cst.ImportStar) else list(inner.names)
            yield Imported(module, tuple(alias.evaluated_name for alias in names))
        elif not isinstance(inner, cst.BaseExpression):
            queue.extend(inner.children)

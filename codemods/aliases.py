"""An alias for what a module itself means by a name, wherever the module says it: definitions,
uses, imports at any place, and the fallbacks of imports.
"""

from __future__ import annotations

import libcst as cst

from codemods import imports
from codemods.edits import Edit
from codemods.syntax.source import SourceFile, Statement
from drs_refactor.errors import InputError


def renamed(file: SourceFile, name: str, alias: str) -> list[Edit]:
    """The edits that give the module's `name` another one. Raises InputError where they cannot."""
    edits = []
    for statement in file.statements:
        if name not in statement.words or _has_its_own(statement, name):
            continue
        if statement.scope.prints(name):
            raise InputError(
                f"{name!r} must be given an alias, and an f-string here prints the name itself",
                path=file.relative,
                line=file.line(statement.code),
                mend=f"Write {name}={{{name}}} instead of {{{name}=}}",
            )
        found = _Imports(name)
        statement.node.visit(found)
        bare = [node for node in found.nodes if node.asname is None]
        dotted = any(isinstance(node.name, cst.Attribute) for node in bare)
        if dotted or (
            not bare and "import" in statement.text and statement.scope.imports_bare(name)
        ):
            raise _no_alias(file, statement, name)
        spans = []
        for node in found.nodes:
            edits += _import_alias(file, statement, node, alias)
            spans.append(statement.place_of(node))
        edits += [
            Edit(start, end, alias)
            for start, end in statement.places_of(name)
            if not any(a <= start and end <= b for a, b in spans)
        ]
        if _shows_its_name(file, statement, name):
            edits.append(_own_name(file, statement, name, alias))
    return edits


def _has_its_own(statement: Statement, name: str) -> bool:
    """True for a function in which the name is a local one, an attribute or a word of a text."""
    node = statement.node
    if not isinstance(node, cst.FunctionDef) or node.name.value == name:
        return False
    return not statement.refers_to(name)


def _shows_its_name(file: SourceFile, statement: Statement, name: str) -> bool:
    """True for a class, whose name is its errors' type, and for a function that may be asked."""
    node = statement.node
    if isinstance(node, cst.ClassDef):
        return node.name.value == name
    if isinstance(node, cst.FunctionDef) and node.name.value == name and not node.decorators:
        return ".__name__" in file.text or ".__qualname__" in file.text
    return False


def _own_name(file: SourceFile, statement: Statement, name: str, alias: str) -> Edit:
    text = (
        "\n\n# What errors and logs show stays what it was.\n"
        f'{alias}.__name__ = {alias}.__qualname__ = "{name}"\n'
    )
    text = text if file.text[: statement.end].endswith(("\n", "\r")) else f"\n{text}"
    return Edit(statement.end, statement.end, text.replace("\n", file.newline))


def _import_alias(
    file: SourceFile, statement: Statement, node: cst.ImportAlias, alias: str
) -> list[Edit]:
    if node.asname is not None:
        start, end = statement.place_of(node.asname.name)
        return [Edit(start, end, alias)]
    start, end = statement.place_of(node.name)
    line = statement.bare_text.rstrip()
    name = node.evaluated_name
    if (
        len(line) + len(alias) + 4 > imports.WIDTH
        and line == f"from {line.split()[1]} import {name}"
    ):
        edits = [("(\n    ", start), (f" as {alias},\n)", end)]
        return [Edit(place, place, t.replace("\n", file.newline)) for t, place in edits]
    return [Edit(end, end, f" as {alias}")]


def _no_alias(file: SourceFile, statement: Statement, name: str) -> InputError:
    return InputError(
        f"{name!r} is imported in a way that cannot be given an alias",
        path=file.relative,
        line=file.line(statement.code),
        mend=f"Import it by a statement of its own: from … import {name}",
    )


class _Imports(cst.CSTVisitor):
    """The imports that bind a name in the module's own scope."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.nodes: list[cst.ImportAlias] = []

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        return False

    def visit_ImportAlias(self, node: cst.ImportAlias) -> None:
        bound = node.evaluated_alias or node.evaluated_name.partition(".")[0]
        if bound == self._name:
            self.nodes.append(node)

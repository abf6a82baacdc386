"""Import statements: written where a module has its own, and thinned out where names went."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import libcst as cst

from codemods.edits import Edit
from codemods.names import bindings_of
from codemods.source import SourceFile, Statement


def bound_by(line: str) -> tuple[str, tuple[str, str]]:
    """The name that a one-name import statement binds, and what it imports."""
    binding = next(bindings_of(cst.parse_statement(line)))
    assert binding.target is not None
    return binding.name, binding.target


def missing(file: SourceFile, lines: Iterable[str]) -> tuple[list[str], list[str]]:
    """The imports that the module lacks, and those whose name it has given to something else."""
    absent, taken = [], []
    for line in lines:
        name, target = bound_by(line)
        binding = file.binding(name)
        if binding is None:
            absent.append(line)
        elif binding.target != target or len(file.bound[name]) > 1:
            taken.append(line)
    return absent, taken


def insertion(file: SourceFile, lines: Iterable[str], guarded: Iterable[str] = ()) -> list[Edit]:
    """Add imports where the module's head has its like; `guarded` are whole try statements."""
    head = _head(file)
    places: dict[int, list[str]] = {}
    for line in lines:
        places.setdefault(_place(file, head, line), []).append(line)
    end = head[-1].end if head else _place(file, head, "")
    edits = [Edit(place, place, written(found)) for place, found in places.items()]
    edits += [Edit(end, end, f"\n{block.strip()}\n") for block in guarded]
    if not head and edits:
        edits.append(Edit(end, end, "\n\n"))
    return [Edit(e.start, e.end, e.text.replace("\n", file.newline)) for e in edits]


def _place(file: SourceFile, head: list[Statement], line: str) -> int:
    """After the last import of the same kind: from the standard library or not, import or from."""
    if not head:
        return file.statements[0].own if file.statements else len(file.text)
    kind = (_is_standard(line), line.startswith("from "))
    same_kind = [statement for statement in head if _kind(statement) == kind]
    same_origin = [statement for statement in head if _kind(statement)[0] == kind[0]]
    if same_kind or same_origin:
        return (same_kind or same_origin)[-1].end
    return head[-1].end


def _kind(statement: Statement) -> tuple[bool, bool]:
    text = statement.bare_text
    return _is_standard(text), text.startswith("from ")


def _is_standard(line: str) -> bool:
    words = line.split()
    return len(words) > 1 and words[1].partition(".")[0] in sys.stdlib_module_names


def written(lines: Iterable[str], width: int = 79) -> str:
    """Import statements, those from one module in one, wrapped at `width`."""
    modules: dict[str, list[str]] = {}
    plain = []
    for line in lines:
        if line.startswith("from "):
            module, _, name = line.removeprefix("from ").partition(" import ")
            modules.setdefault(module, []).append(name)
        else:
            plain.append(line)
    statements = sorted(plain)
    for module, names in sorted(modules.items(), key=lambda item: item[0]):
        line = f"from {module} import {', '.join(sorted(names))}"
        if len(line) > width:
            listed = "".join(f"    {name},\n" for name in sorted(names))
            line = f"from {module} import (\n{listed})"
        statements.append(line)
    return "".join(f"{statement}\n" for statement in statements)


def without(statement: Statement, names: frozenset[str]) -> str:
    """The import statement's text without some of its names."""
    node = statement.node
    assert isinstance(node, cst.SimpleStatementLine)
    body: list[cst.BaseSmallStatement] = []
    for small in node.body:
        assert isinstance(small, cst.Import | cst.ImportFrom)
        assert not isinstance(small.names, cst.ImportStar)
        kept = [alias for alias in small.names if _name_of(small, alias) not in names]
        if kept:
            in_parentheses = isinstance(small, cst.ImportFrom) and small.lpar is not None
            if not in_parentheses:
                kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            body.append(small.with_changes(names=kept))
    body[-1] = body[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
    changed = node.with_changes(body=body, leading_lines=[])
    module = cst.Module([], default_newline=statement.newline, default_indent=statement.indent)
    return module.code_for_node(changed)


def _name_of(node: cst.Import | cst.ImportFrom, alias: cst.ImportAlias) -> str:
    one = node.with_changes(names=[alias])
    return next(bindings_of(cst.SimpleStatementLine([one]))).name


def is_plain_import(statement: Statement) -> bool:
    """True for lines that import and do nothing else."""
    node = statement.node
    return isinstance(node, cst.SimpleStatementLine) and all(
        isinstance(small, cst.Import | cst.ImportFrom) for small in node.body
    )


def is_import(statement: Statement) -> bool:
    """True for import statements, and for a try around one."""
    if is_plain_import(statement):
        return True
    node = statement.node
    if not isinstance(node, cst.Try):
        return False
    first = node.body.body[0]
    return isinstance(first, cst.SimpleStatementLine) and isinstance(
        first.body[0], cst.Import | cst.ImportFrom
    )


def _head(file: SourceFile) -> list[Statement]:
    """The plain imports before the module's first def or class."""
    found = []
    for statement in file.statements:
        if isinstance(statement.node, cst.FunctionDef | cst.ClassDef):
            break
        if is_plain_import(statement):
            found.append(statement)
    return found

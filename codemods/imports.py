"""Import statements: written where a module has its own, and thinned out where names went."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import libcst as cst

from codemods.edits import Edit
from codemods.syntax.names import bindings_of, dotted
from codemods.syntax.source import SourceFile, Statement

WIDTH = 79
"""Columns: the narrowest that is usual fits everywhere."""


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
    edits = [_on_lines_of_its_own(file, edit) for edit in edits]
    return [Edit(e.start, e.end, e.text.replace("\n", file.newline)) for e in edits]


def _on_lines_of_its_own(file: SourceFile, edit: Edit) -> Edit:
    if edit.start and file.text[edit.start - 1] not in "\r\n\ufeff":
        return Edit(edit.start, edit.end, "\n" + edit.text)
    return edit


def _place(file: SourceFile, head: list[Statement], line: str) -> int:
    """After the last import of the same kind: from the standard library or not, import or from."""
    if not head:
        if not file.statements:
            return len(file.text)
        first = file.statements[0]
        return first.end if file.module.get_docstring() is not None else first.own
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


def written(lines: Iterable[str], width: int = WIDTH) -> str:
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
            if isinstance(small, cst.ImportFrom) and small.lpar is not None:
                kept[-1] = _as_last(kept[-1], small.names[-1])
            else:
                kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            body.append(small.with_changes(names=kept))
    body[-1] = body[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
    changed = node.with_changes(body=body, leading_lines=[])
    module = cst.Module([], default_newline=statement.newline, default_indent=statement.indent)
    return module.code_for_node(changed)


def _as_last(alias: cst.ImportAlias, last: cst.ImportAlias) -> cst.ImportAlias:
    """The alias, with its own comment, before the closing parenthesis."""
    if not isinstance(last.comma, cst.Comma):
        return alias.with_changes(comma=last.comma)
    here, there = alias.comma, last.comma.whitespace_after
    if not isinstance(here, cst.Comma) or not isinstance(there, cst.ParenthesizedWhitespace):
        return alias.with_changes(comma=last.comma)
    space = here.whitespace_after
    if isinstance(space, cst.ParenthesizedWhitespace):
        space = space.with_changes(indent=there.indent, last_line=there.last_line, empty_lines=[])
    return alias.with_changes(comma=here.with_changes(whitespace_after=space))


def _name_of(node: cst.Import | cst.ImportFrom, alias: cst.ImportAlias) -> str:
    if alias.asname is not None:
        return dotted(alias.asname.name)
    name = dotted(alias.name)
    return name if isinstance(node, cst.ImportFrom) else name.partition(".")[0]


def imports_of(statement: Statement, name: str) -> list[str]:
    """Import statements for this name alone: several where it is a package of which `import a.b`
    and `import a.c` load parts.
    """
    found = []
    for binding in statement.bindings:
        if binding.name != name or binding.target is None:
            continue
        module, attribute = binding.target
        if attribute:
            renamed = f" as {name}" if attribute != name else ""
            found.append(f"from {module} import {attribute}{renamed}")
        elif binding.module:
            found.append(f"import {binding.module}")
        else:
            found.append(f"import {module} as {name}")
    return found


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

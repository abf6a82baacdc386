"""A destination's handler, and how it comes to look into the routes of moved actions first."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from codemods.closest import closest
from codemods.edits import Edit
from codemods.routes import BUILTINS_OF_ROUTES, FIRST, ROUTES, dispatch_text
from codemods.signatures import is_generator
from codemods.syntax.source import SourceFile, Statement
from drs_refactor.errors import InputError


@dataclass(frozen=True)
class Entry:
    """The handler's name in its file, and the statement that binds it last."""

    file: SourceFile
    name: str
    statement: Statement

    @classmethod
    def of(cls, file: SourceFile, name: str) -> Entry:
        """The handler of a file. Raises InputError if nothing at its top level has the name."""
        file.function(name)  # refuses two of them
        if name not in file.bound:
            raise InputError(
                f"there is no handler {name!r} in this file{closest(name, file.bound)}",
                path=file.relative,
                line=1,
                mend="Name it in migration.toml: [functions.…] handler",
            )
        return cls(file, name, file.bound[name][-1])

    @property
    def has_routes(self) -> bool:
        """True if an earlier move has left a table of routes that the handler looks into."""
        table = self.file.bound.get(ROUTES)
        if table is None or table[0].index > self.statement.index:
            return False
        return FIRST in self.file.bound or self.statement.refers_to(ROUTES)

    @property
    def is_plain(self) -> bool:
        """True for a function into which the look can be written.

        Any other is wrapped: decorators may rewrite the event or the answer, and an assigned
        handler has its body elsewhere.
        """
        node = self.statement.node
        if not isinstance(node, cst.FunctionDef):
            return False
        if node.decorators or node.asynchronous or is_generator(node):
            return False
        if not isinstance(node.body, cst.IndentedBlock) or not _takes_event(node):
            return False
        first = node.body.body[0]
        if node.get_docstring() is not None and len(getattr(first, "body", ())) > 1:
            return False
        taken = BUILTINS_OF_ROUTES | {ROUTES}
        return not any(self.statement.scope.binds_within(name) for name in taken)

    @property
    def wrapping(self) -> str:
        return f"{self.name} = {FIRST}({self.name})\n"

    def look_into_routes(self) -> Edit:
        """The look into the routes, as the first statement after the handler's docstring."""
        node = self.statement.node
        assert isinstance(node, cst.FunctionDef)
        assert isinstance(node.body, cst.IndentedBlock)
        file, first = self.file, node.body.body[0]
        assert isinstance(first, cst.SimpleStatementLine | cst.BaseCompoundStatement)
        start, end = self.statement.place_of(first)
        if node.get_docstring() is not None:
            line_end = file.text.find("\n", end)
            place = len(file.text) if line_end < 0 else line_end + 1
        else:
            place = file.text.rfind("\n", 0, start) + 1
            for _ in first.leading_lines:
                place = file.text.rfind("\n", 0, place - 1) + 1
        base = file.text[file.text.rfind("\n", 0, start) + 1 :]
        base = base[: len(base) - len(base.lstrip(" \t"))]
        text = dispatch_text(_positional(node)[0].name.value, file.indent, base)
        return Edit(place, place, text)


def _takes_event(node: cst.FunctionDef) -> bool:
    """True if Lambda's call, event and context by position, binds the event to a parameter."""
    found = len(_positional(node))
    return found > 1 or (found == 1 and isinstance(node.params.star_arg, cst.Param))


def _positional(node: cst.FunctionDef) -> list[cst.Param]:
    return [*node.params.posonly_params, *node.params.params]

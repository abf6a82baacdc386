"""A Python file parsed once: its top-level statements with their places in the text.

Edits are spliced into the text at these places, so every other byte stays. Places come from code
generation of the statements in order; position metadata would cost several times the parse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import libcst as cst

from codemods.syntax.decoding import decoded
from codemods.syntax.names import Binding, bindings_of, words_of
from codemods.syntax.scopes import StatementScope
from drs_refactor.errors import InputError

_FORM_FEED = re.compile(r"(?:^|(?<=\n))[ \t]*\x0c[ \t\x0c]*(?=[^\s#])")
_STAR_IMPORT = re.compile(r"\bimport\s*\*")

Node = cst.SimpleStatementLine | cst.BaseCompoundStatement


@dataclass(frozen=True)
class Statement:
    """A top-level statement.

    `start` is where its lines begin, leading blank lines and comments included; `own` where the
    comments that belong to it begin (those without a blank line between); `code` where it begins;
    `base` where the text begins that LibCST counts to its node.
    """

    index: int
    node: Node
    text: str
    start: int
    base: int
    own: int
    code: int
    end: int
    newline: str
    indent: str

    @cached_property
    def scope(self) -> StatementScope:
        """What it takes from its module, and where."""
        node: Any = self.node
        return StatementScope(
            cst.Module([node], default_newline=self.newline, default_indent=self.indent)
        )

    def place_of(self, node: cst.CSTNode) -> tuple[int, int]:
        """Where in the file's text a node of this statement stands."""
        start, end = self.scope.span(node)
        return self.base + start, self.base + end

    def places_of(self, name: str) -> list[tuple[int, int]]:
        """Where in the file's text it spells the module's `name`."""
        return [(self.base + a, self.base + b) for a, b in self.scope.places_of(name)]

    @cached_property
    def bindings(self) -> tuple[Binding, ...]:
        """The module-level names that it binds."""
        return tuple(bindings_of(self.node))

    @cached_property
    def references(self) -> frozenset[str]:
        """The module-level and builtin names that it reads or declares global."""
        return self.scope.references

    @cached_property
    def words(self) -> frozenset[str]:
        """Every identifier-like word of its text: a quick superset of what it refers to."""
        return words_of(self.text)

    def refers_to(self, name: str) -> bool:
        return name in self.words and name in self.references

    @cached_property
    def imports_star(self) -> bool:
        """True if a `from … import *` stands in it."""
        queue: list[cst.CSTNode] = [self.node] if _STAR_IMPORT.search(self.text) else []
        while queue:
            node = queue.pop()
            if isinstance(node, cst.ImportFrom) and isinstance(node.names, cst.ImportStar):
                return True
            if not isinstance(node, cst.BaseExpression):
                queue.extend(node.children)
        return False

    @property
    def own_text(self) -> str:
        """The statement with the comments that belong to it."""
        return self.text[self.own - self.start :]

    @property
    def bare_text(self) -> str:
        """The statement without any comment above it."""
        return self.text[self.code - self.start :]


@dataclass(frozen=True)
class SourceFile:
    """A parsed module; `relative` is its path in the tree."""

    relative: str
    text: str
    module: cst.Module
    statements: tuple[Statement, ...]

    @property
    def newline(self) -> str:
        return self.module.default_newline

    @property
    def indent(self) -> str:
        return self.module.default_indent

    @cached_property
    def bound(self) -> dict[str, list[Statement]]:
        """The statements that bind each module-level name, in order."""
        found: dict[str, list[Statement]] = {}
        for statement in self.statements:
            for binding in statement.bindings:
                found.setdefault(binding.name, []).append(statement)
        return found

    @cached_property
    def star_import(self) -> Statement | None:
        """The first `from … import *`, if there is any: what it binds cannot be told."""
        return next((s for s in self.statements if s.imports_star), None)

    @cached_property
    def future(self) -> frozenset[str]:
        """The features that the module imports from __future__."""
        bindings = (b for statement in self.statements for b in statement.bindings)
        return frozenset(
            b.target[1] for b in bindings if b.target is not None and b.target[0] == "__future__"
        )

    def binding(self, name: str) -> Binding | None:
        """How the module binds a name in the end: its last binding."""
        statements = self.bound.get(name)
        if not statements:
            return None
        return [b for b in statements[-1].bindings if b.name == name][-1]

    def line(self, place: int) -> int:
        """The line number, from 1, of a place in the text."""
        return self.text.count("\n", 0, place) + 1

    def function(self, name: str) -> Statement | None:
        """The top-level function of that name. Raises InputError if there are several."""
        found = [
            statement
            for statement in self.statements
            if isinstance(statement.node, cst.FunctionDef) and statement.node.name.value == name
        ]
        if len(found) > 1:
            lines = " and ".join(str(self.line(statement.code)) for statement in found)
            raise InputError(
                f"{name} is defined twice, in lines {lines}",
                path=self.relative,
                line=self.line(found[-1].code),
                mend="Take out the one that is not meant: Python uses the last",
            )
        return found[0] if found else None


def parse(content: bytes, relative: str) -> SourceFile:
    """Parse a file. Raises InputError for syntax errors and unknown encodings."""
    module, text = decoded(content, relative)
    return SourceFile(relative, text, module, tuple(_statements(module, text, relative)))


def read(root: Path, relative: str) -> SourceFile:
    """Parse a file of the tree at `root`."""
    try:
        return parse((root / relative).read_bytes(), relative)
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}",
            path=root / relative,
            mend="See its path in migration.toml",
        ) from error


def _has_comments(node: Node) -> bool:
    """False for what a licence or other words about the whole file may stand above."""
    if isinstance(node, cst.SimpleStatementLine):
        return isinstance(node.body[0], cst.Assign | cst.AnnAssign)
    return isinstance(node, cst.FunctionDef | cst.ClassDef)


def _last_block(lines: list[str]) -> list[str]:
    """The comments after the last blank line, a shebang or coding line excepted."""
    block: list[str] = []
    for line in reversed(lines):
        if not line.strip() or line.startswith("#!") or "coding" in line:
            break
        block.insert(0, line)
    return block


def _not_reproduced(text: str, place: int, relative: str) -> InputError:
    """LibCST drops a form feed that stands before code, which puts all later places out."""
    if found := _FORM_FEED.search(text, max(place - 1, 0)):
        return InputError(
            "a form feed stands before code in this line",
            path=relative,
            line=text.count("\n", 0, found.end()) + 1,
            mend="Put it on a line of its own",
        )
    return InputError(
        "this file does not survive parsing and writing unchanged",
        path=relative,
        line=text.count("\n", 0, place) + 1,
        mend="Please report it with the lines around that place",
    )


def _statements(module: cst.Module, text: str, relative: str) -> list[Statement]:
    place = len(text) - len(text.lstrip("\ufeff"))
    header = [module.code_for_node(line) for line in module.header]
    found = []
    for index, node in enumerate(module.body):
        assert isinstance(node, cst.SimpleStatementLine | cst.BaseCompoundStatement)
        code = module.code_for_node(node)
        leading = [module.code_for_node(line) for line in node.leading_lines]
        base = place
        if index == 0:
            # LibCST gives the comments above the first statement to the module.
            own_header = _last_block(header) if _has_comments(node) else []
            base += sum(map(len, header))
            place = base - sum(map(len, own_header))
            leading, code = [*own_header, *leading], "".join(own_header) + code
        own = 0
        for number, line in enumerate(leading):
            if not line.strip():
                own = number + 1
        start = place
        if not text.startswith(code, place) and not (
            index == len(module.body) - 1 and text[place:] == code.rstrip("\r\n")
        ):
            raise _not_reproduced(text, place, relative)
        place = min(place + len(code), len(text))
        found.append(
            Statement(
                index,
                node,
                text[start:place],
                start,
                base,
                start + sum(map(len, leading[:own])),
                start + sum(map(len, leading)),
                place,
                module.default_newline,
                module.default_indent,
            )
        )
    return found

"""The source's own dispatcher accepts the old and the new name of an action that was renamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst

from codemods.edits import Edit
from codemods.syntax.source import Statement


def accept_both(statements: Iterable[Statement], old: str, new: str) -> list[Edit]:
    """Let `action == "old"` accept "new" too, in comparisons and as a dictionary's key."""
    edits = []
    for statement, finder in _found(statements, old):
        for node in finder.comparisons:
            edits += _comparison(statement, node, new)
        edits += [_key(statement, node, new) for node in finder.elements]
    return edits


def answers(statements: Iterable[Statement], action: str) -> Statement | None:
    """The statement that already tells this action from others, if there is one."""
    for statement, finder in _found(statements, action):
        if finder.comparisons or finder.elements or finder.others:
            return statement
    return None


def _found(statements: Iterable[Statement], literal: str) -> Iterator[tuple[Statement, _Finder]]:
    for statement in statements:
        if literal in statement.words:
            finder = _Finder(literal)
            statement.node.visit(finder)
            yield statement, finder


def _comparison(statement: Statement, node: cst.ComparisonTarget, new: str) -> list[Edit]:
    literal = node.comparator
    assert isinstance(literal, cst.SimpleString)
    start, end = statement.place_of(node.operator)
    quote = literal.quote
    pair = Edit(*statement.place_of(literal), f"({literal.value}, {quote}{new}{quote})")
    before = "" if statement.text[start - statement.start - 1].isspace() else " "
    after = "" if statement.text[end - statement.start].isspace() else " "
    return [Edit(start, end, f"{before}in{after}"), pair]


def _key(statement: Statement, node: cst.DictElement, new: str) -> Edit:
    assert isinstance(node.key, cst.SimpleString)
    start = statement.place_of(node)[0]
    module = cst.Module([])
    quote = node.key.quote
    return Edit(start, start, f"{quote}{new}{quote}: {module.code_for_node(node.value)}, ")


class _Finder(cst.CSTVisitor):
    def __init__(self, literal: str) -> None:
        super().__init__()
        self._literal = literal
        self.comparisons: list[cst.ComparisonTarget] = []
        self.elements: list[cst.DictElement] = []
        self.others = False

    def _is_it(self, node: cst.BaseExpression | None) -> bool:
        return isinstance(node, cst.SimpleString) and node.evaluated_value == self._literal

    def visit_Comparison(self, node: cst.Comparison) -> None:
        for target in node.comparisons:
            if isinstance(target.operator, cst.Equal) and self._is_it(target.comparator):
                self.comparisons.append(target)
            elif isinstance(target.operator, cst.In) and self._is_among(target.comparator):
                self.others = True
        self.others |= self._is_it(node.left)

    def _is_among(self, node: cst.BaseExpression) -> bool:
        return isinstance(node, cst.Tuple | cst.List | cst.Set) and any(
            self._is_it(element.value) for element in node.elements
        )

    def visit_MatchValue(self, node: cst.MatchValue) -> None:
        self.others |= self._is_it(node.value)

    def visit_Decorator(self, node: cst.Decorator) -> None:
        """A router's registration: `@app.on("name")`."""
        if isinstance(node.decorator, cst.Call):
            self.others |= any(self._is_it(arg.value) for arg in node.decorator.args)

    def visit_DictElement(self, node: cst.DictElement) -> None:
        if self._is_it(node.key):
            self.elements.append(node)

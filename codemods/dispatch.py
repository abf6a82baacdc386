"""The source's own dispatcher accepts the old and the new name of an action that was renamed."""

from __future__ import annotations

import libcst as cst

from codemods.edits import Edit
from codemods.source import SourceFile, Statement


def accept_both(file: SourceFile, old: str, new: str) -> list[Edit]:
    """Let `action == "old"` accept "new" too, in comparisons and as a dictionary's key."""
    edits = []
    for statement in file.statements:
        if old in statement.words:
            finder = _Finder(old)
            statement.node.visit(finder)
            edits += [_comparison(statement, node, new) for node in finder.comparisons]
            edits += [_key(statement, node, new) for node in finder.elements]
    return edits


def _comparison(statement: Statement, node: cst.ComparisonTarget, new: str) -> Edit:
    start = statement.place_of(node.operator)[0]
    literal = node.comparator
    assert isinstance(literal, cst.SimpleString)
    end = statement.place_of(literal)[1]
    quote = literal.quote
    return Edit(start, end, f"in ({literal.value}, {quote}{new}{quote})")


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

    def _is_it(self, node: cst.BaseExpression | None) -> bool:
        return isinstance(node, cst.SimpleString) and node.evaluated_value == self._literal

    def visit_Comparison(self, node: cst.Comparison) -> None:
        for target in node.comparisons:
            if isinstance(target.operator, cst.Equal) and self._is_it(target.comparator):
                self.comparisons.append(target)

    def visit_DictElement(self, node: cst.DictElement) -> None:
        if self._is_it(node.key):
            self.elements.append(node)

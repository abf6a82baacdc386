"""Ordinary mutations of what decides and of statements."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from harness.mutants.operators.registry import Change, Place, negated, operator

_COMPARED: dict[type[cst.BaseCompOp], type[cst.BaseCompOp]] = {
    cst.Equal: cst.NotEqual,
    cst.NotEqual: cst.Equal,
    cst.LessThan: cst.LessThanEqual,
    cst.LessThanEqual: cst.LessThan,
    cst.GreaterThan: cst.GreaterThanEqual,
    cst.GreaterThanEqual: cst.GreaterThan,
    cst.In: cst.NotIn,
    cst.NotIn: cst.In,
    cst.Is: cst.IsNot,
    cst.IsNot: cst.Is,
}
_COMPUTED: dict[type[cst.BaseBinaryOp], type[cst.BaseBinaryOp]] = {
    cst.Add: cst.Subtract,
    cst.Subtract: cst.Add,
    cst.Multiply: cst.Divide,
    cst.Divide: cst.Multiply,
    cst.Modulo: cst.Multiply,
}


@operator("comparison", "the neighbouring one", cst.ComparisonTarget, family="ordinary")
def comparison(node: cst.ComparisonTarget, _: Place) -> Iterator[Change]:
    other = _COMPARED.get(type(node.operator))
    if other is not None:
        yield node.with_changes(operator=other())


@operator("and and or", "the other one", cst.BooleanOperation, family="ordinary")
def boolean(node: cst.BooleanOperation, _: Place) -> Iterator[Change]:
    is_and = isinstance(node.operator, cst.And)
    space = {
        "whitespace_before": node.operator.whitespace_before,
        "whitespace_after": node.operator.whitespace_after,
    }
    yield node.with_changes(operator=cst.Or(**space) if is_and else cst.And(**space))


@operator("not", "left out", cst.UnaryOperation, family="ordinary")
def negation(node: cst.UnaryOperation, _: Place) -> Iterator[Change]:
    if isinstance(node.operator, cst.Not):
        yield node.expression


@operator("condition", "the opposite", cst.If, cst.IfExp, cst.CompIf, family="ordinary")
def condition(node: cst.If | cst.IfExp | cst.CompIf, _: Place) -> Iterator[Change]:
    if not isinstance(node.test, cst.Comparison) or len(node.test.comparisons) > 1:
        yield node.test, negated(node.test)


@operator("arithmetic", "the opposite", cst.BinaryOperation, family="ordinary")
def arithmetic(node: cst.BinaryOperation, _: Place) -> Iterator[Change]:
    other = _COMPUTED.get(type(node.operator))
    if other is not None:
        yield node.with_changes(operator=other())


@operator("sum", "taken away instead", cst.AugAssign, family="ordinary")
def augmented(node: cst.AugAssign, _: Place) -> Iterator[Change]:
    if isinstance(node.operator, cst.AddAssign):
        yield node.with_changes(operator=cst.SubtractAssign())


@operator(
    "statement", "left out", cst.Expr, cst.Assign, cst.AugAssign, cst.Raise, family="ordinary"
)
def statement(node: cst.BaseSmallStatement, place: Place) -> Iterator[Change]:
    if not (isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString)):
        yield cst.Pass()


@operator("returned value", "None instead", cst.Return, family="ordinary")
def returned(node: cst.Return, _: Place) -> Iterator[Change]:
    if node.value is not None:
        yield node.with_changes(value=cst.Name("None"))


@operator("return", "left out", cst.Return, family="ordinary")
def no_return(_: cst.Return, __: Place) -> Iterator[Change]:
    yield cst.Pass()


@operator("break and continue", "the other one", cst.Break, cst.Continue, family="ordinary")
def jump(node: cst.Break | cst.Continue, _: Place) -> Iterator[Change]:
    yield cst.Continue() if isinstance(node, cst.Break) else cst.Break()

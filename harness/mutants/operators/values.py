"""Ordinary mutations of values: numbers, texts, names, entries."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from harness.mutants.operators.registry import (
    Change,
    Place,
    each_left_out,
    expression,
    operator,
    turned,
)


@operator("number", "one more, one less", cst.Integer, family="ordinary")
def number(node: cst.Integer, _: Place) -> Iterator[Change]:
    yield expression(str(node.evaluated_value + 1))
    if node.evaluated_value > 0:
        yield expression(str(node.evaluated_value - 1))


@operator("number with a fraction", "half more", cst.Float, family="ordinary")
def fraction(node: cst.Float, _: Place) -> Iterator[Change]:
    yield expression(str(node.evaluated_value * 1.5))


@operator("text", "another text", cst.SimpleString, family="ordinary")
def text(node: cst.SimpleString, place: Place) -> Iterator[Change]:
    if not isinstance(place.parent, cst.Expr) and isinstance(node.evaluated_value, str):
        yield f"{node.prefix}{node.quote}XX{node.raw_value}{node.quote}"


@operator("text of a format", "another text", cst.FormattedStringText, family="ordinary")
def format_text(node: cst.FormattedStringText, _: Place) -> Iterator[Change]:
    yield f"XX{node.value}"


@operator("True and False", "the other one", cst.Name, family="ordinary")
def truth(node: cst.Name, _: Place) -> Iterator[Change]:
    other = turned(node)
    if other is not None:
        yield other


@operator("None", "something for nothing", cst.Assign, family="ordinary")
def something(node: cst.Assign, _: Place) -> Iterator[Change]:
    if isinstance(node.value, cst.Name) and node.value.value == "None":
        yield node.value, expression("0")


@operator("entry of a dictionary", "it is left out", cst.Dict, family="ordinary")
def entry(node: cst.Dict, _: Place) -> Iterator[Change]:
    for kept in each_left_out(node.elements):
        yield node.with_changes(elements=kept)


@operator("item of a list", "it is left out", cst.List, family="ordinary")
def item(node: cst.List, _: Place) -> Iterator[Change]:
    for kept in each_left_out(node.elements):
        yield node.with_changes(elements=kept)


@operator("keyword argument", "it is left out", cst.Call, family="ordinary")
def keyword(node: cst.Call, _: Place) -> Iterator[Change]:
    for arg, kept in zip(node.args, each_left_out(node.args), strict=True):
        if arg.keyword is not None:
            yield node.with_changes(args=kept)


@operator("assigned value", "None instead", cst.Assign, family="ordinary")
def assigned(node: cst.Assign, _: Place) -> Iterator[Change]:
    if not isinstance(node.value, cst.Name) or node.value.value != "None":
        yield node.value, cst.Name("None")

"""What an operator is, and what it is told of the place where it works."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import libcst as cst

from harness.mutants.model import Family

New = cst.CSTNode | str
"""What stands in a node's place instead; text for what is no node of the same kind."""

Change = New | tuple[cst.CSTNode, New]
"""For the node itself, or for a node within it."""

Changes = Callable[[Any, "Place"], Iterator[Change]]

FALSE = cst.Name("False")

Item = TypeVar("Item")


@dataclass(frozen=True)
class Info:
    """What operators know of the move: names of moved functions, their actions, the variables that
    hold the owners' ARNs, names imported anew with the name that they hide ({alias: name}), and
    top-level statements that stand in more than one file, as (path, name).
    """

    functions: frozenset[str]
    actions: frozenset[str]
    variables: tuple[str, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)
    copies: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Place:
    """A node's surroundings: what it stands in, outermost first, within a top-level statement of
    this name.
    """

    info: Info
    module: cst.Module
    function: str
    ancestors: tuple[cst.CSTNode, ...]
    is_copy: bool = False

    def code(self, node: cst.CSTNode) -> str:
        return self.module.code_for_node(node)

    @property
    def parent(self) -> cst.CSTNode:
        return self.ancestors[-1]

    def indentation(self, more: int = 0) -> str:
        """The spaces before a statement in the block that it stands in, or deeper."""
        depth = sum(isinstance(a, cst.IndentedBlock) for a in self.ancestors)
        return self.module.default_indent * (depth + more)

    def within(self, *kinds: type[cst.CSTNode]) -> Any:
        """The innermost thing of these kinds that it stands in."""
        return next((a for a in reversed(self.ancestors) if isinstance(a, kinds)), None)

    @property
    def logs(self) -> bool:
        """True in a call of a logger."""
        return any(isinstance(a, cst.Call) and is_logging(a) for a in self.ancestors)


@dataclass(frozen=True)
class Operator:
    """Makes one thing wrong. `on` are the kinds of nodes that it looks at."""

    name: str
    family: Family
    wrong: str
    on: tuple[type[cst.CSTNode], ...]
    changes: Changes


OPERATORS: dict[str, Operator] = {}


def operator(
    name: str, wrong: str, *on: type[cst.CSTNode], family: Family = "move"
) -> Callable[[Changes], Changes]:
    """Register a generator of changes as an operator."""

    def register(changes: Changes) -> Changes:
        assert name not in OPERATORS, f"{name} is there twice"
        OPERATORS[name] = Operator(name, family, wrong, on, changes)
        return changes

    return register


def name_of(node: cst.CSTNode) -> str:
    """The last part of what is called or named: `update` of `state.update`."""
    if isinstance(node, cst.Call):
        return name_of(node.func)
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def is_logging(node: cst.CSTNode) -> bool:
    """True for a call that logs."""
    if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
        return False
    methods = ("debug", "info", "warning", "error", "exception", "critical")
    owner = node.func.value
    while isinstance(owner, cst.Call | cst.Attribute):
        owner = owner.func if isinstance(owner, cst.Call) else owner.value
    return name_of(node) in methods and "log" in name_of(owner).lower()


_WRITING = ("update_", "put_", "create_", "delete_", "modify_", "start_", "terminate_", "send_")
_READING = ("describe_", "get_item", "get_launch", "list_", "query_", "scan")


def calls(node: cst.CSTNode, *starts: str) -> bool:
    """True for a call of an attribute whose name starts so, wherever in a chain of calls."""
    if isinstance(node, cst.Call):
        if isinstance(node.func, cst.Attribute) and name_of(node).startswith(starts):
            return True
        return calls(node.func, *starts)
    return isinstance(node, cst.Attribute) and calls(node.value, *starts)


def writes(node: cst.CSTNode) -> bool:
    """True for a call that changes something at AWS, by its name."""
    return calls(node, *_WRITING) and not is_client(node)


def reads(node: cst.CSTNode) -> bool:
    """True for a call that reads from AWS, by its name."""
    return calls(node, *_READING)


def is_client(node: cst.CSTNode) -> bool:
    """True for a call that makes a client or a resource."""
    name = name_of(node)
    return isinstance(node, cst.Call) and (
        name in ("client", "resource") or (name.startswith("create_") and name.endswith("_client"))
    )


def value_of(small: cst.CSTNode) -> cst.BaseExpression | None:
    """The expression of a small statement that is a call or an assignment."""
    return small.value if isinstance(small, cst.Expr | cst.Assign) else None


def text_of(node: cst.CSTNode) -> str:
    """A plain string's value; "" for anything else."""
    if isinstance(node, cst.SimpleString):
        value = node.evaluated_value
        return value if isinstance(value, str) else ""
    return ""


def keyword_of(arg: cst.Arg) -> str:
    """The name by which an argument is given, "" for one that is given by its place."""
    return arg.keyword.value if arg.keyword else ""


def each_left_out(items: Sequence[Item]) -> Iterator[list[Item]]:
    """The items without one of them, for each."""
    for item in items:
        yield [other for other in items if other is not item]


def negated(test: cst.BaseExpression) -> cst.BaseExpression:
    """The opposite of a condition."""
    inner = test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return cst.UnaryOperation(cst.Not(), inner)


def turned(node: cst.CSTNode) -> cst.Name | None:
    """False for True, and the other way round; None for anything else."""
    others = {"True": "False", "False": "True"}
    found = others.get(node.value) if isinstance(node, cst.Name) else None
    return cst.Name(found) if found else None


def expression(code: str) -> cst.BaseExpression:
    """An expression of this code."""
    return cst.parse_expression(code)

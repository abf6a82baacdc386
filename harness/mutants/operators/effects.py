"""What AWS is asked to do, how often, in which order; and what is logged."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import libcst as cst

from harness.mutants.operators.registry import (
    Change,
    Place,
    calls,
    each_left_out,
    expression,
    is_logging,
    keyword_of,
    name_of,
    operator,
    reads,
    text_of,
    value_of,
    writes,
)


@operator("write dropped", "AWS is not told", cst.Expr, cst.Assign)
def drop_write(node: cst.Expr | cst.Assign, place: Place) -> Iterator[Change]:
    if writes(node.value):
        if isinstance(node, cst.Assign):
            yield node.value, expression("{}")
        else:
            yield cst.Pass()


@operator("write doubled", "AWS is told twice", cst.Expr, cst.Assign)
def double_write(node: cst.Expr | cst.Assign, place: Place) -> Iterator[Change]:
    if writes(node.value):
        yield _twice(node, place)


@operator("extra call", "AWS is asked twice", cst.Expr, cst.Assign)
def extra_call(node: cst.Expr | cst.Assign, place: Place) -> Iterator[Change]:
    if reads(node.value):
        yield _twice(node, place)


def _twice(node: cst.CSTNode, place: Place) -> str:
    code = place.code(node)
    return f"{code}; {code}"


@operator("call left out", "AWS is not asked", cst.Assign)
def no_call(node: cst.Assign, place: Place) -> Iterator[Change]:
    if reads(node.value):
        yield node.value, expression("{}")


@operator("condition dropped", "a write goes through that must not", cst.Call)
def drop_condition(node: cst.Call, _: Place) -> Iterator[Change]:
    kept = [arg for arg in node.args if keyword_of(arg) != "ConditionExpression"]
    if len(kept) < len(node.args):
        yield node.with_changes(args=kept)


@operator("parameter dropped", "AWS is told less", cst.Call)
def drop_parameter(node: cst.Call, place: Place) -> Iterator[Change]:
    if (writes(node) or reads(node)) and not place.logs:
        for arg, kept in zip(node.args, each_left_out(node.args), strict=True):
            if keyword_of(arg) not in ("", "ConditionExpression"):
                yield node.with_changes(args=kept)


@operator("page dropped", "only the first page is read", cst.For)
def first_page(node: cst.For, place: Place) -> Iterator[Change]:
    if calls(node.iter, "paginate") or name_of(node.target) == "page":
        yield node.iter, expression(f"list({place.code(node.iter)})[:1]")


@operator("loop bound off by one", "the first or the last is left out", cst.For, cst.CompFor)
def shorter(node: cst.For | cst.CompFor, place: Place) -> Iterator[Change]:
    code = place.code(node.iter).strip()
    if not isinstance(node.iter, cst.Tuple) and not place.logs:
        yield node.iter, expression(f"list({code})[1:]")
        yield node.iter, expression(f"list({code})[:-1]")


@operator("slice off by one", "one item more or less decides", cst.Slice)
def slice_bound(node: cst.Slice, place: Place) -> Iterator[Change]:
    for bound in (node.lower, node.upper):
        if bound is not None:
            yield bound, expression(f"{place.code(bound)} - 1")
            yield bound, expression(f"{place.code(bound)} + 1")


@operator("server order changed", "a list comes in another order", cst.For, cst.CompFor)
def reorder(node: cst.For | cst.CompFor, place: Place) -> Iterator[Change]:
    code = place.code(node.iter).strip()
    if not (place.logs or isinstance(node.iter, cst.Tuple) or "items()" in code):
        yield node.iter, expression(f"list({code})[::-1]")


@operator("case folding changed", "what is written otherwise no longer matches", cst.Call)
def keep_case(node: cst.Call, _: Place) -> Iterator[Change]:
    folds = name_of(node) in ("lower", "upper", "casefold", "strip") and not node.args
    if folds and isinstance(node.func, cst.Attribute):
        yield node.func.value


@operator("wrong wave index", "the one before or after it is taken", cst.Arg, cst.Index)
def wrong_index(node: cst.Arg | cst.Index, place: Place) -> Iterator[Change]:
    if name_of(node.value).endswith(("_number", "_index")) and not place.logs:
        for step in ("+ 1", "- 1"):
            yield node.value, expression(f"({place.code(node.value)} {step})")


@operator("time read twice", "one moment becomes two", cst.Name)
def read_time_again(node: cst.Name, place: Place) -> Iterator[Change]:
    stands_for_time = node.value.endswith("_time") and node.value.startswith(
        ("end", "now", "start")
    )
    if stands_for_time and isinstance(
        place.parent, cst.Assign | cst.DictElement | cst.BinaryOperation
    ):
        yield expression("get_epoch_seconds()")


@operator("writes reordered", "what came first comes second", cst.IndentedBlock)
def swap_statements(node: cst.IndentedBlock, place: Place) -> Iterator[Change]:
    """Neighbouring statements that each do something: call AWS, change the state, or decide."""
    body = list(node.body)
    for number, (one, other) in enumerate(pairwise(body)):
        if _does(one) and _does(other) and not (_only_sets(one) and _only_sets(other)):
            swapped = [*body[:number], other, one, *body[number + 2 :]]
            yield node.with_changes(body=swapped)


def _does(statement: cst.CSTNode) -> bool:
    if isinstance(statement, cst.SimpleStatementLine):
        small = statement.body[0]
        value = value_of(small)
        if value is None:
            return False
        is_state = isinstance(small, cst.Assign) and isinstance(
            small.targets[0].target, cst.Subscript
        )
        return writes(value) or reads(value) or (is_state and not is_logging(value))
    return isinstance(statement, cst.If | cst.Try)


def _only_sets(statement: cst.CSTNode) -> bool:
    """True for one that sets a key of the state: the order of keys counts nowhere."""
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    value = value_of(statement.body[0])
    return value is not None and not reads(value) and not writes(value)


@operator("poll before the cancel check", "DRS is asked before the user's wish", cst.FunctionDef)
def late_check(node: cst.FunctionDef, place: Place) -> Iterator[Change]:
    """The first block that asks for a cancellation comes after the one that follows it."""
    body = list(node.body.body) if isinstance(node.body, cst.IndentedBlock) else []
    for number, statement in enumerate(body[:-1]):
        if isinstance(statement, cst.If | cst.Try) and "CANCEL" in place.code(statement):
            for later in range(number + 1, len(body)):
                if isinstance(body[later], cst.Try):
                    rest = [*body[:number], *body[number + 1 : later], statement, *body[later:]]
                    yield node.body, node.body.with_changes(body=rest)
                    last = [*body[:number], *body[number + 1 : later + 1], statement]
                    yield node.body, node.body.with_changes(body=[*last, *body[later + 1 :]])


@operator("log line lost", "nobody can read what happened", cst.Expr)
def drop_log(node: cst.Expr, _: Place) -> Iterator[Change]:
    if is_logging(node.value):
        yield cst.Pass()


@operator("log level changed", "alarms look for another level", cst.Attribute)
def other_level(node: cst.Attribute, place: Place) -> Iterator[Change]:
    levels = {"error": "warning", "warning": "info", "info": "debug", "exception": "error"}
    if (
        isinstance(place.parent, cst.Call)
        and is_logging(place.parent)
        and place.parent.func is node
    ):
        yield node.attr, cst.Name(levels.get(node.attr.value, "critical"))


@operator("truth of a flag turned", "a drill becomes a recovery", cst.Arg)
def turn_flag(node: cst.Arg, place: Place) -> Iterator[Change]:
    if node.keyword is not None and name_of(node.value).startswith("is_"):
        yield node.value, expression(f"not {place.code(node.value)}")


@operator("status misspelt", "who looks for the word does not find it", cst.SimpleString)
def misspell(node: cst.SimpleString, place: Place) -> Iterator[Change]:
    value = text_of(node)
    if value.isupper() and value.isalpha() and len(value) > 4 and not place.logs:
        yield cst.SimpleString(f'"{value.lower()}"')

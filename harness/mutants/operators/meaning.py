"""Names, accounts and sessions that come to mean something else in their new home."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from harness.mutants.operators.registry import (
    Change,
    Place,
    expression,
    is_client,
    keyword_of,
    name_of,
    negated,
    operator,
    text_of,
    turned,
)


@operator("name bound to its namesake", "moved code calls the function of the same name", cst.Call)
def namesake(node: cst.Call, place: Place) -> Iterator[Change]:
    for alias, hidden in place.info.aliases.items():
        if isinstance(node.func, cst.Name) and node.func.value == hidden:
            yield node.func, cst.Name(alias)


@operator("old callers bound to the newcomer", "who called the older one calls the newer", cst.Call)
def newcomer(node: cst.Call, place: Place) -> Iterator[Change]:
    if isinstance(node.func, cst.Name) and node.func.value in place.info.aliases:
        yield node.func, cst.Name(place.info.aliases[node.func.value])


def _is_context(arg: cst.Arg, place: Place) -> bool:
    name = name_of(arg.value) + keyword_of(arg)
    return "context" in name.lower() and isinstance(place.parent, cst.Call)


@operator("account context dropped", "it is done in the hub's own account", cst.Arg)
def drop_context(node: cst.Arg, place: Place) -> Iterator[Change]:
    if _is_context(node, place):
        yield node.value, cst.Name("None")


@operator("external id dropped", "a role that asks for it is not given it", cst.Arg)
def drop_external_id(node: cst.Arg, place: Place) -> Iterator[Change]:
    if _is_context(node, place):
        given = place.code(node.value)
        yield (
            node.value,
            expression(f"{{k: v for k, v in ({given} or {{}}).items() if k != 'externalId'}}"),
        )


@operator(
    "context under its other name alone", "one of two names is not looked for", cst.BooleanOperation
)
def one_name(node: cst.BooleanOperation, place: Place) -> Iterator[Change]:
    if isinstance(node.operator, cst.Or) and "context" in place.code(node).lower():
        yield node.left
        yield node.right


@operator("region defaulted", "it is done in the function's own region", cst.Arg)
def default_region(node: cst.Arg, place: Place) -> Iterator[Change]:
    is_region = name_of(node.value) == "region" or "region" in keyword_of(node)
    if isinstance(place.parent, cst.Call) and is_region:
        yield node.value, expression("os.environ['AWS_REGION']")


@operator("wrong session", "a client of the function's own role, whatever the account", cst.Call)
def wrong_session(node: cst.Call, place: Place) -> Iterator[Change]:
    name = name_of(node)
    if name.startswith("create_") and name.endswith("_client") and node.args:
        service, region = name.split("_")[1], place.code(node.args[0].value)
        yield expression(f"boto3.client('{service}', region_name={region})")


@operator(
    "client of another service's session", "a client of the hub takes the account's", cst.Call
)
def foreign_client(node: cst.Call, place: Place) -> Iterator[Change]:
    if name_of(node) == "client" and text_of(node.args[0].value) not in ("", "lambda"):
        kept = [arg for arg in node.args if keyword_of(arg) != "region_name"]
        if len(kept) < len(node.args):
            yield node.with_changes(
                args=[*kept, cst.Arg(expression("'eu-north-1'"), cst.Name("region_name"))]
            )


@operator(
    "cache kept across accounts", "the first client of a region serves every account", cst.Call
)
def cache_by_region(node: cst.Call, place: Place) -> Iterator[Change]:
    if is_client(node) and len(node.args) > 1 and name_of(node).startswith("create_"):
        code, region = place.code(node), place.code(node.args[0].value)
        yield expression(
            f"(lambda c, k: c[k] if k in c else c.setdefault(k, {code}))"
            f"(globals().setdefault('_clients', {{}}), {region})"
        )


@operator("cache kept across invocations", "what was read once is not read again", cst.Call)
def cache_of_reads(node: cst.Call, place: Place) -> Iterator[Change]:
    if name_of(node) in ("get_item", "paginate", "describe_jobs", "get_launch_configuration"):
        yield expression(
            f"(lambda c, k: c[k] if k in c else c.setdefault(k, {place.code(node)}))"
            f"(globals().setdefault('_read_{name_of(node)}', {{}}), 0)"
        )


@operator("default argument changed", "what is left out means something else", cst.Arg, cst.Param)
def change_default(node: cst.Arg | cst.Param, place: Place) -> Iterator[Change]:
    if isinstance(node, cst.Param):
        if node.default is not None:
            yield from ((node.default, new) for new in _other(node.default))
        return
    call = place.parent
    if not isinstance(call, cst.Call) or name_of(call) != "get" or len(call.args) != 2:
        return
    if call.args[1] is node and not place.logs:
        yield from ((node.value, new) for new in _other(node.value))


def _other(value: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    flag = turned(value)
    if flag is not None:
        yield flag
    elif isinstance(value, cst.Name) and value.value == "None":
        yield expression("{}")
    elif isinstance(value, cst.Integer):
        yield expression(f"{value.value} + 1")
    elif isinstance(value, cst.SimpleString | cst.Name | cst.Dict | cst.List):
        yield cst.Name("None")


@operator("another table", "a handle of the wrong table", cst.SimpleString)
def other_table(node: cst.SimpleString, place: Place) -> Iterator[Change]:
    if text_of(node).endswith("_TABLE") and isinstance(place.parent, cst.Index):
        yield cst.SimpleString('"RECOVERY_PLANS_TABLE"')


@operator(
    "present taken for truthy", "what is false, empty or zero counts as missing", cst.Comparison
)
def truthy(node: cst.Comparison, place: Place) -> Iterator[Change]:
    if len(node.comparisons) == 1 and isinstance(node.comparisons[0].operator, cst.In):
        key, whole = place.code(node.left), node.comparisons[0].comparator
        if isinstance(whole, cst.Name) and whole.value[0].islower():
            yield expression(f"{whole.value}.get({key})")


@operator(
    "copies drifting apart", "one copy of a carried function does it otherwise", cst.If, cst.Call
)
def drift(node: cst.If | cst.Call, place: Place) -> Iterator[Change]:
    if not place.is_copy:
        return
    if isinstance(node, cst.If):
        yield node.test, negated(node.test)
    elif name_of(node) in ("lower", "strip", "sorted") and isinstance(node.func, cst.Attribute):
        yield node.func.value


@operator(
    "side effect at import", "importing the module calls AWS, or the network", cst.FunctionDef
)
def import_effect(node: cst.FunctionDef, place: Place) -> Iterator[Change]:
    if place.function in place.info.functions and place.ancestors == (place.module,):
        code = place.code(node)
        yield f"{code}\n\nboto3.client('sts').get_caller_identity()\n"
        yield (
            f"{code}\n\ntry:\n    import socket\n"
            "    socket.create_connection(('169.254.169.254', 80), 1).close()\n"
            "except OSError:\n    pass\n"
        )


@operator(
    "variable read at import", "the code does not start where it is not set yet", cst.Subscript
)
def eager_variable(node: cst.Subscript, place: Place) -> Iterator[Change]:
    function = place.within(cst.FunctionDef)
    if function is not None and place.code(node.value) == "os.environ":
        yield function, f"{place.code(node)}\n\n\n{place.code(function)}"

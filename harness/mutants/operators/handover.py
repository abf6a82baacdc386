"""What goes wrong between a stub and the route that answers it."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

import libcst as cst

from harness.mutants.operators.registry import (
    FALSE,
    Change,
    Place,
    each_left_out,
    expression,
    is_logging,
    keyword_of,
    name_of,
    operator,
    text_of,
)

_IN_PLACE = ("update", "append", "extend", "insert", "setdefault", "remove", "add")


@operator("in-place mutation lost", "what is changed in place stays as it was", cst.Expr)
def lose_mutation(node: cst.Expr, place: Place) -> Iterator[Change]:
    if isinstance(node.value, cst.Call) and name_of(node.value) in _IN_PLACE:
        yield cst.Pass()


@operator("state replaced instead of merged", "the caller keeps the old object", cst.Expr)
def replace_state(node: cst.Expr, _: Place) -> Iterator[Change]:
    call = node.value
    if isinstance(call, cst.Call) and name_of(call) == "update" and len(call.args) == 1:
        target = call.func.value if isinstance(call.func, cst.Attribute) else None
        if isinstance(target, cst.Name):
            yield cst.Assign([cst.AssignTarget(target)], call.args[0].value)


@operator("state merged instead of replaced", "keys that went away stay", cst.Expr)
def merge_state(node: cst.Expr, _: Place) -> Iterator[Change]:
    if isinstance(node.value, cst.Call) and name_of(node.value) == "clear":
        yield cst.Pass()


@operator("result key dropped", "a key of what is answered, or of the state, is left out",
          cst.Return, cst.Assign)  # fmt: skip
def drop_result_key(node: cst.Return | cst.Assign, _: Place) -> Iterator[Change]:
    if isinstance(node, cst.Assign):
        if isinstance(node.targets[0].target, cst.Subscript):
            yield cst.Pass()
    elif isinstance(node.value, cst.Dict):
        for kept in each_left_out(node.value.elements):
            yield node.with_changes(value=node.value.with_changes(elements=kept))


@operator("FunctionError ignored", "what the function raised is taken for its answer", cst.If)
def ignore_function_error(node: cst.If, place: Place) -> Iterator[Change]:
    if "FunctionError" in place.code(node.test):
        yield node.test, FALSE


@operator("answer not looked at", "an answer of another shape is taken for the result", cst.If)
def trust_answer(node: cst.If, place: Place) -> Iterator[Change]:
    test = place.code(node.test)
    if "isinstance" in test and _only_raises(node.body) and "FunctionError" not in test:
        yield node.test, FALSE


@operator("guard left out", "a check that ends in an exception is not made", cst.If)
def drop_guard(node: cst.If, place: Place) -> Iterator[Change]:
    if _only_raises(node.body):
        yield node.test, FALSE


@operator("answer merged whole", "the envelope of the answer becomes part of the state", cst.Expr)
def merge_answer(node: cst.Expr, _: Place) -> Iterator[Change]:
    call = node.value
    if isinstance(call, cst.Call) and name_of(call) == "update" and len(call.args) == 1:
        given = call.args[0].value
        if isinstance(given, cst.Subscript):
            yield call.args[0].value, given.value


@operator("answer merged as it comes", "one without a state becomes part of the state", cst.Expr)
def merge_what_comes(node: cst.Expr, place: Place) -> Iterator[Change]:
    given = _merged(node)
    if given is not None:
        answer, key = place.code(given.value), place.code(given.slice[0])
        yield given, expression(f"{answer}.get({key}, {answer})")


def _merged(node: cst.Expr) -> cst.Subscript | None:
    """What is merged into something, if it is a part of something else."""
    call = node.value
    if isinstance(call, cst.Call) and name_of(call) == "update" and len(call.args) == 1:
        given = call.args[0].value
        return given if isinstance(given, cst.Subscript) else None
    return None


@operator("payload key dropped", "the owner is not given what it needs", cst.Call)
def drop_payload_key(node: cst.Call, place: Place) -> Iterator[Change]:
    if not any(text_of(arg.value) in place.info.actions for arg in node.args):
        return
    for number, arg in enumerate(node.args):
        if isinstance(arg.value, cst.Dict):
            for kept in each_left_out(arg.value.elements):
                args = list(node.args)
                args[number] = arg.with_changes(value=arg.value.with_changes(elements=kept))
                yield node.with_changes(args=args)


@operator("another owner invoked", "the variable of another owner is read", cst.SimpleString)
def swap_owner(node: cst.SimpleString, place: Place) -> Iterator[Change]:
    if text_of(node) in place.info.variables:
        for other in place.info.variables:
            if other != text_of(node):
                yield cst.SimpleString(f'"{other}"')


@operator("another action asked for", "the owner runs another of its functions", cst.SimpleString)
def swap_action(node: cst.SimpleString, place: Place) -> Iterator[Change]:
    if text_of(node) in place.info.actions:
        others = sorted(place.info.actions - {text_of(node)})
        yield from (cst.SimpleString(f'"{other}"') for other in others[:1])


@operator("nobody waits for the answer", "the owner is invoked as an event", cst.Call)
def asynchronous(node: cst.Call, _: Place) -> Iterator[Change]:
    if name_of(node) == "invoke":
        event = cst.Arg(keyword=cst.Name("InvocationType"), value=expression('"Event"'))
        yield node.with_changes(args=[*node.args, event])


@operator("result not given back", "the stub returns nothing", cst.Return)
def return_nothing(node: cst.Return, place: Place) -> Iterator[Change]:
    if node.value is not None and place.function in place.info.functions:
        yield node.with_changes(value=cst.Name("None"))


@operator("failure not marked", "an invocation that failed leaves no trace", cst.ExceptHandler)
def unmarked(node: cst.ExceptHandler, place: Place) -> Iterator[Change]:
    caught = name_of(node.type) if node.type is not None else ""
    is_own = caught.endswith("Error") and not hasattr(builtins, caught)
    if is_own and place.function in place.info.functions:
        yield node.body, " return None\n"


@operator("a retry of what may have run", "after an answer that was lost it is done again",
          cst.Call, cst.Tuple)  # fmt: skip
def retry(node: cst.Call | cst.Tuple, place: Place) -> Iterator[Change]:
    if isinstance(node, cst.Tuple):
        handler = place.within(cst.ExceptHandler)
        names = [name_of(element.value) for element in node.elements]
        if handler is not None and handler.type is node and "ConnectTimeoutError" in names:
            for caught in ("ClientError", "BotoCoreError"):
                yield node.with_changes(elements=[*node.elements, cst.Element(cst.Name(caught))])
        return
    for arg, kept in zip(node.args, each_left_out(node.args), strict=True):
        if keyword_of(arg) == "retries" and name_of(node) == "Config":
            yield node.with_changes(args=kept)
            more = arg.with_changes(value=expression('{"total_max_attempts": 3}'))
            yield node.with_changes(args=[*kept, more])


@operator("no retry of what did not run", "throttling ends the wave at once", cst.For)
def never_retry(node: cst.For, place: Place) -> Iterator[Change]:
    if isinstance(node.iter, cst.Tuple) and name_of(node.target) == "pause":
        yield node.iter, expression("(None,)")


@operator("client gives up before its callee", "the time limit of reading is shorter", cst.Arg)
def short_read(node: cst.Arg, _: Place) -> Iterator[Change]:
    if keyword_of(node) == "read_timeout":
        for seconds in ("60", "120"):
            yield node.with_changes(value=cst.Integer(seconds))


@operator("client with botocore's defaults", "time-out and retries are botocore's", cst.Arg)
def default_config(node: cst.Arg, _: Place) -> Iterator[Change]:
    if keyword_of(node) == "config":
        yield node.with_changes(value=cst.Name("None"))


@operator("route missing", "nothing answers the action", cst.DictElement, cst.If)
def drop_route(node: cst.DictElement | cst.If, place: Place) -> Iterator[Change]:
    if isinstance(node, cst.If):
        if "action" in place.code(node.test) and place.function.endswith("handler"):
            yield node.test, FALSE
        return
    table = place.within(cst.Assign)
    is_table = table is not None and place.function == name_of(table.targets[0].target)
    if text_of(node.key) in place.info.actions and is_table:
        yield '"": None'


@operator("route within what answers exceptions", "an exception becomes a 500 dictionary", cst.If)
def swallow_in_route(node: cst.If, place: Place) -> Iterator[Change]:
    if place.function.endswith("handler") and "action" in place.code(node.test):
        body = place.code(node.body)
        if "return" in body and "raise" not in body:
            into = place.indentation(1)
            answer = '{"statusCode": 500, "body": json.dumps({"error": str(error)})}'
            yield (
                node.body,
                f"\n{into}try:\n{into}    {body.strip()}\n"
                f"{into}except Exception as error:\n{into}    return {answer}\n",
            )


@operator("old action name removed", "executions in flight ask for a name nobody knows",
          cst.Tuple)  # fmt: skip
def drop_old_name(node: cst.Tuple, place: Place) -> Iterator[Change]:
    values = [text_of(element.value) for element in node.elements]
    if place.function.endswith("handler") and set(values) & place.info.actions:
        for kept in each_left_out(node.elements):
            yield "(" + "".join(f"{place.code(one.value)}, " for one in kept) + ")"


@operator("a stale copy of the state", "what is called changes a copy", cst.Arg)
def stale_copy(node: cst.Arg, place: Place) -> Iterator[Change]:
    call = place.parent
    if (
        isinstance(call, cst.Call)
        and name_of(call) in place.info.functions
        and isinstance(node.value, cst.Name)
        and call.args[0] is node
    ):
        yield node.with_changes(value=expression(f"dict({node.value.value})"))


@operator("types lost at the JSON boundary", "numbers become text", cst.Arg)
def lose_types(node: cst.Arg, _: Place) -> Iterator[Change]:
    if keyword_of(node) == "default":
        yield node.with_changes(value=cst.Name("str"))


def _only_raises(body: cst.BaseSuite) -> bool:
    statements = [
        small
        for line in body.body
        if isinstance(line, cst.SimpleStatementLine)
        for small in line.body
        if not (isinstance(small, cst.Expr) and is_logging(small.value))
    ]
    return len(statements) == 1 and isinstance(statements[0], cst.Raise)

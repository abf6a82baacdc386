"""Exceptions that are swallowed, changed, or let through."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from harness.mutants.operators.registry import Change, Place, expression, name_of, operator


@operator("error turned into an empty list", "what failed looks like nothing found", cst.Raise)
def empty_list(node: cst.Raise, place: Place) -> Iterator[Change]:
    if node.exc is None and place.within(cst.ExceptHandler) is not None:
        yield "return []"


@operator("exception swallowed", "what failed goes on as if it had not", cst.Raise)
def swallow(node: cst.Raise, _: Place) -> Iterator[Change]:
    yield cst.Pass()


@operator("exception swallowed by its handler", "a handler does nothing", cst.ExceptHandler)
def empty_handler(node: cst.ExceptHandler, _: Place) -> Iterator[Change]:
    yield node.body, " pass\n"


@operator("exception not caught", "what was told in the state is raised", cst.ExceptHandler)
def reraise(node: cst.ExceptHandler, place: Place) -> Iterator[Change]:
    first = place.indentation(1)
    yield node.body, f"\n{first}raise\n"


@operator("exception caught too wide", "more is taken for this failure", cst.ExceptHandler)
def catch_more(node: cst.ExceptHandler, _: Place) -> Iterator[Change]:
    named = name_of(node.type) if node.type is not None else "Exception"
    if node.type is not None and named != "Exception":
        yield node.type, cst.Name("Exception")


@operator("exception caught too narrow", "less is taken for this failure", cst.ExceptHandler)
def catch_less(node: cst.ExceptHandler, place: Place) -> Iterator[Change]:
    if isinstance(node.type, cst.Tuple):
        for element in node.type.elements:
            kept = [place.code(e.value) for e in node.type.elements if e is not element]
            yield node.type, expression("(" + "".join(f"{one}, " for one in kept) + ")")
    elif node.type is not None and name_of(node.type) == "Exception":
        yield node.type, cst.Name("LookupError")


@operator("exception text changed", "what people read is other", cst.Call)
def change_text(node: cst.Call, place: Place) -> Iterator[Change]:
    handler = place.within(cst.ExceptHandler)
    caught = handler.name.name if handler is not None and handler.name is not None else None
    if name_of(node) != "str" or len(node.args) != 1 or caught is None or place.logs:
        return
    if name_of(node.args[0].value) == name_of(caught):
        yield node.func, cst.Name("repr")


@operator("exception type changed", "who catches it by its class does not", cst.Raise)
def change_type(node: cst.Raise, _: Place) -> Iterator[Change]:
    if isinstance(node.exc, cst.Call) and isinstance(node.exc.func, cst.Name):
        yield node.exc.func, cst.Name("RuntimeError")


@operator("exception made anew", "the remote exception comes back as another class", cst.Return)
def plain_exception(node: cst.Return, place: Place) -> Iterator[Change]:
    """Where a function gives the exception that is to be raised."""
    if place.function.startswith("_exception") and node.value is not None:
        yield (
            node.value,
            expression("Exception(message)" if "message" in place.code(node) else "Exception()"),
        )

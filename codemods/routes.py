"""The owner's side of an invocation: a route for each moved action, and the look into them."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence

from codemods.signatures import Signature, keys_made_of, keys_of, payload_of, unwrapped_key
from drs_refactor.model import Move

ROUTES = "_MOVED_ACTIONS"
FIRST = "_moved_actions_first"
BUILTINS_OF_ROUTES = frozenset({"dict", "isinstance", "str"})

FIRST_TEXT = f'''\
def {FIRST}(handler):
    """Moved actions stay outside of the handler, and of what is wrapped around it: neither their
    event nor their answer may be rewritten, and their exceptions must reach the caller as errors.
    """
    import functools

    @functools.wraps(handler)
    def answer(event, *others, **named):
        if isinstance(event, dict) and str(event.get("action")) in {ROUTES}:
            return {ROUTES}[event["action"]](event)
        return handler(event, *others, **named)

    return answer
'''


def names_of(moves: Sequence[Move]) -> list[str]:
    """The module-level names that the routes take."""
    return [ROUTES, *(f"_run_{move.action}" for move in moves)]


def route_text(move: Move, signature: Signature) -> str:
    """The function that answers one moved action in its owner."""
    payload = payload_of(move, signature)
    event = "request" if "event" in payload else "event"
    values = {key: move.mutates if key == move.mutates else f'{event}["{key}"]' for key in payload}
    arguments, keys = [], keys_of(move, signature)
    for name in signature.parameters:
        if name in move.made_anew:
            value = move.made_anew[name]
        elif name in keys:
            unwraps, value = unwrapped_key(payload[keys[name]], name), values[keys[name]]
            value = value if unwraps is None else f"{{{json.dumps(unwraps)}: {value}}}"
        else:
            continue
        arguments.append(f"{name}={value}" if name in signature.by_keyword else value)
    lines = [f"def _run_{move.action}({event}):"]
    lines += [
        f'    {key} = {event}["{key}"]'
        for key in keys_made_of(move, signature)
        if key != move.mutates
    ]
    if move.mutates:
        lines.append(f'    {move.mutates} = {event}["{move.mutates}"]')
    call = f"{move.name}({', '.join(arguments)})"
    if move.returns:
        lines.append(f'    return {{"action": "{move.action}", "{move.returns}": {call}}}')
    elif move.mutates:
        lines += [
            f"    result = {call}",
            f'    return {{"action": "{move.action}", "{move.mutates}": {move.mutates}, '
            '"result": result}',
        ]
    else:
        inner = [f"        {argument}," for argument in arguments]
        lines += (
            [f"    result = {move.name}(", *inner, "    )"] if inner else [f"    result = {call}"]
        )
        lines.append(f'    return {{"action": "{move.action}", "result": result}}')
    return "\n".join(lines) + "\n"


def routes_text(
    moves: Sequence[Move], signatures: Mapping[str, Signature], there: bool = False
) -> str:
    """All routes of one owner, with the table that its handler looks into, or into the one that
    is `there` from an earlier move.
    """
    functions = "\n\n".join(route_text(move, signatures[move.function]) for move in moves)
    if there:
        entries = "\n".join(f'{ROUTES}["{m.action}"] = _run_{m.action}' for m in moves)
        return f"{functions}\n\n{entries}\n"
    table = "\n".join(f'    "{move.action}": _run_{move.action},' for move in moves)
    return f"{functions}\n\n{ROUTES} = {{\n{table}\n}}\n"


def dispatch_text(event: str, indent: str, base: str) -> str:
    """The first statement of an owner's handler: moved actions go past its catch-all."""
    return textwrap.indent(
        f"# Moved actions stay outside of what answers exceptions with a dictionary: they must\n"
        f"# reach the caller as errors.\n"
        f'if isinstance({event}, dict) and str({event}.get("action")) in {ROUTES}:\n'
        f'{indent}return {ROUTES}[{event}["action"]]({event})\n\n',
        base,
    )

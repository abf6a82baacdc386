"""What the codemods write into handlers: stubs, the helper they invoke through, and routes.

Emitted code stands in other people's trees, so it must be plain, and say why it does what it does.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import libcst as cst

from drs_refactor.errors import InputError
from drs_refactor.migration import Move

INVOKE = "_invoke_moved_action"
ERROR = "MovedActionError"
ROUTES = "_MOVED_ACTIONS"

STUB_IMPORTS = (
    "import builtins",
    "import json",
    "import logging",
    "import os",
    "import time",
    "import boto3",
    "from botocore.config import Config",
    "from botocore.exceptions import BotoCoreError",
    "from botocore.exceptions import ClientError",
    "from botocore.exceptions import ConnectTimeoutError",
    "from botocore.exceptions import EndpointConnectionError",
)
"""What the helper needs; names that the module binds to something else are imported inside it."""

_HELPER = '''\
class MovedActionError(RuntimeError):
    """A moved action could not be invoked, or its answer is none: it may have run or not."""


def _invoke_moved_action(owner_variable, action, payload):
    """Invoke the Lambda function that owns a moved action; raise what the action raised.

    Throttling and refused connections are repeated, since nothing ran. Nothing else is: the
    action may have run, and twice is worse than not at all.
    """
    {imports}
    owner = os.environ.get(owner_variable)
    if not owner:
        raise MovedActionError(f"environment variable {owner_variable} is not set")
    request = json.dumps({"action": action, **payload}, default=_plain_number)
    # 900 s is the longest that Lambda lets a function run: the owner's own limit ends the wait.
    client = boto3.client(
        "lambda",
        config=Config(read_timeout=900, tcp_keepalive=True, retries={"total_max_attempts": 1}),
    )
    for pause in (0.25, 0.5, 1, 2, 4, None):
        try:
            response = client.invoke(FunctionName=owner, Payload=request)
            break
        except (
            client.exceptions.TooManyRequestsException,
            ConnectTimeoutError,
            EndpointConnectionError,
        ) as error:
            if pause is None:
                raise MovedActionError(f"{action} could not be invoked: {error}") from error
            time.sleep(pause)
        except (ClientError, BotoCoreError) as error:
            raise MovedActionError(f"{action} could not be invoked: {error}") from error
    answer = json.loads(response["Payload"].read())
    if response.get("FunctionError"):
        raise _exception_of(action, answer)
    # An answer without the action's name is not from its route: never take it for a result.
    if not isinstance(answer, dict) or answer.get("action") != action:
        raise MovedActionError(f"{action} was not answered by its route: {answer!r:.200}")
    return answer


def _exception_of(action, failure):
    """The exception that the moved action raised, by its type name and with its message."""
    {builtins}
    name, message = failure.get("errorType"), failure.get("errorMessage", "")
    if not isinstance(name, str) or not name.isidentifier():
        # Sandbox.Timedout, Runtime.ExitError, …: Lambda's own word, not an exception of the code.
        return MovedActionError(f"{action} was cut off: {name}: {message}")
    base = getattr(builtins, name, None)
    if not (isinstance(base, type) and issubclass(base, Exception)):
        base = Exception
    elif base not in (KeyError, *_NEEDS_MORE_ARGUMENTS):
        return base(message)
    # str() of these is not their argument: a class of the same name says what was said there.
    said = {"__init__": lambda self: None, "__str__": lambda self: message}
    return type(name, (base,), said)()


_NEEDS_MORE_ARGUMENTS = (UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError)


def _plain_number(value):
    """Decimal, which boto3 gives for numbers, as Lambda's own runtime encodes it."""
    if type(value).__name__ == "Decimal":
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
'''


@dataclass(frozen=True)
class Signature:
    """A function's parameters: the text of its `def` up to the colon, and the names in order."""

    header: str
    parameters: tuple[str, ...]


def signature_of(node: cst.FunctionDef, code: Any, path: str, line: int) -> Signature:
    """The signature of a function that is to be invoked remotely."""
    params = node.params
    plain = [*params.posonly_params, *params.params, *params.kwonly_params]
    odd = (
        "*args"
        if isinstance(params.star_arg, cst.Param)
        else "**kwargs"
        if params.star_kwarg
        else "async"
        if node.asynchronous
        else "a decorator"
        if node.decorators
        else ""
    )
    if odd:
        raise InputError(
            f"{node.name.value} has {odd}: an invocation cannot keep that",
            path=path,
            line=line,
            mend="Give it plain parameters before it moves",
        )
    bare = node.with_changes(body=cst.SimpleStatementSuite([cst.Pass()]), leading_lines=[])
    header = code(bare).rstrip()
    return Signature(header[: header.rindex(":") + 1], tuple(p.name.value for p in plain))


def payload_of(move: Move, signature: Signature) -> dict[str, str]:
    """The invocation's payload: by default each parameter under its own name."""
    if move.payload is None:
        return {name: name for name in signature.parameters}
    return dict(move.payload)


def helper_text(inside: Sequence[str]) -> str:
    """The helper that stubs invoke through; `inside` are imports that it must make itself."""
    builtins_inside = [line for line in inside if line.endswith(" builtins")]
    others = [line for line in inside if line not in builtins_inside]
    text = _HELPER
    for mark, lines in (("{imports}", others), ("{builtins}", builtins_inside)):
        indented = "\n    ".join(lines)
        text = text.replace(f"    {mark}\n", f"    {indented}\n" if lines else "")
    return text


def stub_text(move: Move, signature: Signature, owner_variable: str, owner: str) -> str:
    """A function of the moved one's name and signature that invokes its owner."""
    payload = payload_of(move, signature)
    header = signature.header.replace(f"def {move.function}(", f"def {move.name}(", 1)
    lines = [header, *_docstring(move, owner)]
    for key, expression in payload.items():
        if expression != key:
            if key in signature.parameters:
                raise InputError(
                    f"payload key {key!r} is also a parameter of {move.function}",
                    line=move.line,
                    mend="Name it otherwise in [[moves]] payload",
                )
            lines.append(f"    {key} = {expression}")
    arguments = ", ".join(f'"{key}": {key}' for key in payload)
    call = [
        f"answer = {INVOKE}(",
        f'    "{owner_variable}",',
        f'    "{move.action}",',
        f"    {{{arguments}}},",
        ")",
    ]
    if isinstance(move.on_invocation_failure, Mapping):
        lines += ["    try:", *_indented(call, 8), f"    except {ERROR} as error:"]
        lines += _indented(_mark_failed(move, move.on_invocation_failure), 8)
    else:
        lines += _indented(call, 4)
    if move.mutates:
        lines += _indented(
            [f"{move.mutates}.clear()", f'{move.mutates}.update(answer["{move.mutates}"])'], 4
        )
    lines.append(f"    return {move.returns}" if move.returns else '    return answer["result"]')
    return "\n".join(lines) + "\n"


def _docstring(move: Move, owner: str) -> list[str]:
    text = [f'"""Invoke {owner}, which owns this function now.']
    if move.mutates:
        text += [
            "",
            f"Its changes go back into `{move.mutates}` itself. Its inner lists and dictionaries",
            "are new objects, and changes made before an exception are lost.",
        ]
        text.append('"""')
    else:
        text[0] += '"""'
    return [f"    {line}" if line else "" for line in text]


def _mark_failed(move: Move, failure: Mapping[str, Any]) -> list[str]:
    lines = [f'logging.getLogger().exception("{move.action} could not be invoked")']
    for key, value in failure.items():
        written = "str(error)" if value == "{error}" else _literal(value)
        lines.append(f'{move.mutates}["{key}"] = {written}')
    lines.append(f"return {move.returns}" if move.returns else "return None")
    return lines


def _literal(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def route_text(move: Move, signature: Signature) -> str:
    """The function that answers one moved action in its owner."""
    payload = payload_of(move, signature)
    arguments = [move.mutates if key == move.mutates else f'event["{key}"]' for key in payload]
    lines = [f"def _run_{move.action}(event):"]
    if move.mutates:
        lines.append(f'    {move.mutates} = event["{move.mutates}"]')
    call = f"{move.name}({', '.join(arguments)})"
    if move.returns and move.returns == move.mutates:
        lines.append(f'    return {{"action": "{move.action}", "{move.returns}": {call}}}')
    elif move.mutates:
        lines += [
            f"    result = {call}",
            f'    return {{"action": "{move.action}", "{move.mutates}": {move.mutates}, '
            '"result": result}',
        ]
    else:
        lines += [
            f"    result = {move.name}(",
            *(f"        {argument}," for argument in arguments),
            "    )",
            f'    return {{"action": "{move.action}", "result": result}}',
        ]
    return "\n".join(lines) + "\n"


def routes_text(moves: Sequence[Move], signatures: Mapping[str, Signature]) -> str:
    """All routes of one owner, with the table that its handler looks into."""
    functions = "\n\n".join(route_text(move, signatures[move.function]) for move in moves)
    table = "\n".join(f'    "{move.action}": _run_{move.action},' for move in moves)
    return f"{functions}\n\n{ROUTES} = {{\n{table}\n}}\n"


def dispatch_text(event: str, indent: str, base: str) -> str:
    """The first statement of an owner's handler: moved actions go past its catch-all."""
    return textwrap.indent(
        f"# Moved actions stay outside of what answers exceptions with a dictionary: they must\n"
        f"# reach the caller as errors.\n"
        f'if isinstance({event}, dict) and {event}.get("action") in {ROUTES}:\n'
        f'{indent}return {ROUTES}[{event}["action"]]({event})\n\n',
        base,
    )


def _indented(lines: Sequence[str], spaces: int) -> list[str]:
    return [" " * spaces + line for line in lines]

"""What the codemods write into handlers: stubs, the helper they invoke through, and routes.

Emitted code stands in other people's trees, so it must be plain, and say why it does what it does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import libcst as cst

from codemods.signatures import Signature, payload_of
from codemods.syntax.names import BUILTINS, bindings_of
from codemods.syntax.scopes import StatementScope
from codemods.syntax.source import SourceFile
from drs_refactor.errors import InputError
from drs_refactor.model import Move

INVOKE = "_invoke_moved_action"
ERROR = "MovedActionError"

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
    # 900 s is the longest that Lambda lets a function run: the owner's own limit ends the wait.
    config = Config(read_timeout=900, tcp_keepalive=True, retries={"total_max_attempts": 1})
    try:
        request = json.dumps({"action": action, **payload}, default=_plain_number)
        client = boto3.client("lambda", config=config)
    except (TypeError, ValueError, BotoCoreError) as error:
        raise MovedActionError(f"{action} could not be invoked: {error}") from error
    for pause in (0.25, 0.5, 1, 2, 4, None):
        try:
            response = client.invoke(FunctionName=owner, Payload=request)
            answer = json.loads(response["Payload"].read())
            break
        except (
            client.exceptions.TooManyRequestsException,
            ConnectTimeoutError,
            EndpointConnectionError,
        ) as error:
            if pause is None:
                raise MovedActionError(f"{action} could not be invoked: {error}") from error
            time.sleep(pause)
        except (ClientError, BotoCoreError, ValueError) as error:
            raise MovedActionError(f"{action} could not be invoked: {error}") from error
    if response.get("FunctionError"):
        raise _exception_of(action, answer)
    # An answer without the action's name is not from its route: never take it for a result.
    if not isinstance(answer, dict) or answer.get("action") != action:
        raise MovedActionError(f"{action} was not answered by its route: {answer!r:.200}")
    return answer


def _exception_of(action, failure):
    """The exception that the moved action raised, by its type name and with its message."""
    {builtins}
    if not isinstance(failure, dict):
        return MovedActionError(f"{action} was cut off: {failure!r:.200}")
    name, message = failure.get("errorType"), failure.get("errorMessage", "")
    if not isinstance(name, str) or not name.isidentifier():
        # Sandbox.Timedout, Runtime.ExitError, …: Lambda's own word, not an exception of the code.
        return MovedActionError(f"{action} was cut off: {name}: {message}")
    if name == "MovedActionError":  # of a stub in the owner: an invocation failed there
        return MovedActionError(message)
    base = getattr(builtins, name, None)
    if not (isinstance(base, type) and issubclass(base, Exception)) or name == "ExceptionGroup":
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


def needed_names(move: Move, signature: Signature) -> frozenset[str]:
    """What a stub takes from its module: annotations, defaults, names in payload expressions."""
    body = "".join(f"\n    ({value})" for value in payload_of(move, signature).values())
    return StatementScope(cst.parse_module(f"{signature.header}{body}\n    pass\n")).references


def has_helper(file: SourceFile) -> bool:
    """True if an earlier move has left the helper. Raises InputError if its names are taken."""
    kinds = [[b.kind for s in file.bound.get(n, ()) for b in s.bindings] for n in (INVOKE, ERROR)]
    if kinds == [["def"], ["class"]]:
        return True
    for name in _helper_names():
        if name in file.bound:
            raise InputError(
                f"stubs need the name {name}, which is taken here",
                path=file.relative,
                line=file.line(file.bound[name][-1].code),
                mend="Rename it",
            )
    return False


@cache
def _helper_names() -> tuple[str, ...]:
    """What the helper binds, and the builtins that it needs as they are."""
    module = cst.parse_module(helper_text(()))
    bound = {binding.name for node in module.body for binding in bindings_of(node)}
    return tuple(sorted(bound | (StatementScope(module).references & BUILTINS)))


def helper_text(inside: Sequence[str]) -> str:
    """The helper that stubs invoke through; `inside` are imports that it must make itself."""
    builtins_inside = [line for line in inside if line.endswith(" builtins")]
    others = [line for line in inside if line not in builtins_inside]
    text = _HELPER
    for mark, lines in (("{imports}", others), ("{builtins}", builtins_inside)):
        indented = "\n    ".join(lines)
        text = text.replace(f"    {mark}\n", f"    {indented}\n" if lines else "")
    return text


def stub_text(
    move: Move,
    signature: Signature,
    owner_variable: str,
    owner: str,
    inside: Sequence[str] = (),
) -> str:
    """A function of the moved one's name and signature that invokes its owner.

    `inside` are imports whose names its module has given to something else.
    """
    payload = payload_of(move, signature)
    header = re.sub(rf"(?<=\bdef ){move.function}\b", move.name, signature.header, count=1)
    lines = [header, *_docstring(move, owner)]
    for key, expression in payload.items():
        if expression != key:
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
        lines += ["        import logging", ""] if "import logging" in inside else []
        lines += _indented(_mark_failed(move, move.on_invocation_failure), 8)
    else:
        lines += _indented(call, 4)
    if move.mutates:
        lines += _indented(
            [f"{move.mutates}.clear()", f'{move.mutates}.update(answer["{move.mutates}"])'], 4
        )
    lines.append(f"    return {move.returns}" if move.returns else '    return answer["result"]')
    if move.name != move.function:
        lines += ["", "", "# The old name of the same thing.", f"{move.function} = {move.name}"]
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
        lines.append(f"{move.mutates}[{_literal(key)}] = {written}")
    lines.append(f"return {move.returns}" if move.returns else "return None")
    return lines


def _literal(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _indented(lines: Sequence[str], spaces: int) -> list[str]:
    return [" " * spaces + line for line in lines]

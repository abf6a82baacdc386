"""The helper through which stubs invoke, as text: it stands in other people's modules, so it must
be plain, and say why it does what it does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import libcst as cst

from codemods.syntax.names import BUILTINS, bindings_of
from codemods.syntax.scopes import StatementScope
from codemods.syntax.source import SourceFile
from drs_refactor.errors import InputError

INVOKE = "_invoke_moved_action"
ERROR = "MovedActionError"

STUB_IMPORTS = (
    "import builtins",
    "import json",
    "import logging",
    "import os",
    "import re",
    "import time",
    "import boto3",
    "from botocore.config import Config",
    "from botocore.exceptions import BotoCoreError",
    "from botocore.exceptions import ClientError",
    "from botocore.exceptions import ConnectTimeoutError",
    "from botocore.exceptions import EndpointConnectionError",
)
"""What the helper needs; names that the module binds to something else are imported inside it."""

_RAISING = frozenset({"builtins", "re", "ClientError"})
"""What the second of its functions needs."""

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
        if not _KEPT_CLIENT:
            _KEPT_CLIENT.append(boto3.client("lambda", config=config))
    except (TypeError, ValueError, BotoCoreError) as error:
        raise MovedActionError(f"{action} could not be invoked: {error}") from error
    client = _KEPT_CLIENT[0]
    # Its idle connection may be dead by now, and what was sent is not sent again: use a new one.
    client.close()
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
    name, message = failure.get("errorType"), failure.get("errorMessage") or ""
    if not isinstance(name, str) or not name.isidentifier():
        # Sandbox.Timedout, Runtime.ExitError, …: Lambda's own word, not an exception of the code.
        return MovedActionError(f"{action} was cut off: {name}: {message}")
    if name == "MovedActionError":  # of a stub in the owner: an invocation failed there
        return MovedActionError(message)
    told = re.fullmatch(_CLIENT_ERROR, message, re.DOTALL)
    if told:  # botocore's words: callers look at the code, and catch the class or what is above it
        code, operation, retries, what = told.groups()
        response = {"Error": {"Code": code, "Message": what}}
        if retries:
            response["ResponseMetadata"] = {"MaxAttemptsReached": 1, "RetryAttempts": int(retries)}
        return type(name, (ClientError,), {})(response, operation)
    base = {caught}getattr(builtins, name, None)
    if not (isinstance(base, type) and issubclass(base, Exception)) or name == "ExceptionGroup":
        base = Exception
    elif base is getattr(builtins, name, 0) and base not in (KeyError, *_NEEDS_MORE_ARGUMENTS):
        return base(message)
    # str() of these is not their argument: a class of the same name says what was said there.
    said = {"__init__": lambda self: None, "__str__": lambda self: message}
    return type(name, (base,), said)()


_KEPT_CLIENT = []  # one a container: to make one takes longer than to invoke
_CLIENT_ERROR = (
    r"An error occurred \\((.+?)\\) when calling the (\\w+) operation"
    r"(?: \\(reached max retries: (\\d+)\\))?: (.*)"
)
_NEEDS_MORE_ARGUMENTS = (UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError)


def _plain_number(value):
    """Decimal, which boto3 gives for numbers, as Lambda's own runtime encodes it."""
    if type(value).__name__ == "Decimal":
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
'''


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


def helper_text(inside: Sequence[str], caught: Mapping[str, str] | None = None) -> str:
    """The helper that stubs invoke through; `inside` are imports that it must make itself, `caught`
    the exceptions that the module's code can catch, as expressions by type name.
    """
    raising = [line for line in inside if line.rpartition(" ")[2] in _RAISING]
    invoking = [
        line for line in inside if line.rpartition(" ")[2] not in _RAISING - {"ClientError"}
    ]
    table = "".join(f'"{name}": {expression}, ' for name, expression in (caught or {}).items())
    text = _HELPER.replace("{caught}", f"{{{table[:-2]}}}.get(name) or " if table else "")
    for mark, lines in (("{imports}", invoking), ("{builtins}", raising)):
        indented = "\n    ".join(lines)
        text = text.replace(f"    {mark}\n", f"    {indented}\n" if lines else "")
    return text

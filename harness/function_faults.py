"""Faults of functions, not of calls: one that is not told what it needs to know; and moved ones
that raise before they do anything, in either tree, which shows what becomes of an exception on its
way to the caller, through Python alone or through Lambda too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from harness.aws.faults import Fault
from harness.tree import Tree

_CLIENT_ERROR = "__import__('botocore.exceptions').exceptions.ClientError"
_RESPONSE = "{'Error': {'Code': 'ConflictException', 'Message': 'It is\\n being recovered'}%s}"
_RETRIED = ", 'ResponseMetadata': {'MaxAttemptsReached': True, 'RetryAttempts': 4}"

RAISED = {
    "ValueError": "ValueError('no good')",
    "KeyError": "KeyError('no such key')",
    "RuntimeError without a word": "RuntimeError()",
    "a class of its own": "type('WaveError', (Exception,), {})('lost')",
    "UnicodeDecodeError": "UnicodeDecodeError('utf-8', b'x', 0, 1, 'invalid start byte')",
    "ExceptionGroup": "ExceptionGroup('two of them', [ValueError('one'), ValueError('two')])",
    "ClientError": f"{_CLIENT_ERROR}({_RESPONSE % ''}, 'StartRecovery')",
    "ClientError after retries": f"{_CLIENT_ERROR}({_RESPONSE % _RETRIED}, 'StartRecovery')",
    "ConflictException": (
        f"type('ConflictException', ({_CLIENT_ERROR},), {{}})({_RESPONSE % ''}, 'StartRecovery')"
    ),
}
"""What is raised, by the name that a fault calls it: an expression that needs no import."""

# Behind all else, so that every line keeps its number; whoever holds the function has it.
_STRUCK = """

_whole = type({name})({name}.__code__, globals(), {name}.__name__, {name}.__defaults__)
_whole.__kwdefaults__ = {name}.__kwdefaults__
_asked = []


def _struck(*args, **given):
    _asked.append(1)
    if len(_asked) < {number}:
        return _whole(*args, **given)
    raise {error}


{name}.__code__ = _struck.__code__
"""


def with_faults(tree: Tree, faults: Iterable[Fault]) -> Tree:
    """The tree in which functions have these faults; the tree itself where they are of calls."""
    for fault in faults:
        if fault.kind == "not configured":
            tree = _without(tree, *fault.variable.split(" "))
        elif fault.kind == "raises":
            tree = _raising(tree, fault)
    return tree


def _without(tree: Tree, key: str, variable: str) -> Tree:
    function = tree.functions[key]
    left = {name: value for name, value in function.variables.items() if name != variable}
    return replace(tree, functions={**tree.functions, key: replace(function, variables=left)})


def _raising(tree: Tree, fault: Fault) -> Tree:
    moved = next(one for one in tree.moved.values() if one.move.action == fault.action)
    function = tree.functions[moved.home]
    name = moved.move.name if moved.has_moved else moved.move.function
    text = function.edited.get(function.entry) or function.entry.read_text(encoding="utf-8")
    text += _STRUCK.format(name=name, number=fault.number, error=RAISED[fault.error])
    edited = {**function.edited, function.entry: text}
    return replace(tree, functions={**tree.functions, moved.home: replace(function, edited=edited)})

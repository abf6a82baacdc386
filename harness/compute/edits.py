"""The trees as they are played: each function with code of its own, and legacy with more to do."""

from __future__ import annotations

import tokenize
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter_ns

from harness.aws.function import FunctionDefinition
from harness.compute.results import Play
from harness.tree import Tree

MORE = 0.1
"""How much longer the handlers of the planted control run, as a share of what they take."""

_LOOPS = 20_000

_BUSY = """

import itertools as _planted_itertools
_planted_loops = _planted_itertools.cycle({loops})
_planted_handler = {handler}


def {handler}(event, context):
    for _ in range(next(_planted_loops)):
        pass
    return _planted_handler(event, context)
"""


def apart(tree: Tree, name: str) -> Tree:
    """The tree with code objects of its own for each function.

    Python specialises a code object's bytecode to the globals that it meets. Two containers that
    share one wear each other's down, which no two Lambda functions do: legacy played beside itself
    would be slower than refactored for that alone.
    """
    functions = {}
    for key, function in tree.functions.items():
        mark = f"\n# {name}: {key}\n"
        texts = {path: text + mark for path, text in _texts(function).items()}
        functions[key] = replace(function, edited=texts)
    return replace(tree, functions=functions)


def _texts(function: FunctionDefinition) -> dict[Path, str]:
    """The text of each file that the function can import from its folders."""
    paths = [path for folder in function.folders for path in sorted(folder.rglob("*.py"))]
    return {path: _text(path) for path in paths} | dict(function.edited)


def _text(path: Path) -> str:
    with tokenize.open(path) as file:
        return file.read()


def planted(tree: Tree, loops: Mapping[str, Iterable[int]]) -> Tree:
    """The tree whose handlers go round so many empty loops first: by function, one number for each
    invocation of a play, in order. Every play begins with the first.
    """
    functions = dict(tree.functions)
    for key, each in loops.items():
        function = functions[key]
        texts = _texts(function)
        handler = function.handler.rpartition(".")[2]
        texts[function.entry] += _BUSY.format(loops=tuple(each), handler=handler)
        functions[key] = replace(function, edited=texts)
    return replace(tree, functions=functions)


def loops_of(plays: Sequence[tuple[Play, float]], more: float = MORE) -> dict[str, list[int]]:
    """The loops that take such a share of what the code takes, from plays, each with
    `loops_a_second` right after it: what slows one down slows the other.
    """
    found: dict[str, list[int]] = {}
    for place, (function, _) in enumerate(plays[0][0].invocations):
        loops = median(play.invocations[place][1] * rate for play, rate in plays)
        found.setdefault(function, []).append(round(more * loops))
    return found


def loops_a_second() -> float:
    """How often this machine goes round an empty loop now."""
    began = perf_counter_ns()
    for _ in range(_LOOPS):
        pass
    return _LOOPS / ((perf_counter_ns() - began) / 1e9)

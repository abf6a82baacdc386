"""Two or three things wrong at once, where one guard would hide the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations

from harness.mutants.model import Edit, Mutant

MERGED = "error dictionary merged into the state"
TWO = "two guards left out"

WRONG = {
    MERGED: "what a handler answers to an exception is taken for the state",
    TWO: "each by itself would be hidden by the other",
}
"""What is wrong, by operator."""

BLIND = ("FunctionError ignored", "answer not looked at", "answer merged as it comes")
"""What a stub must do wrong, all three, for that: where nothing fails, it does all right."""

WITH_OTHERS = BLIND[2]
"""What is nothing wrong by itself: the checks before it see to that."""

_GUARDS = (
    "FunctionError ignored",
    "answer not looked at",
    "guard left out",
    "exception swallowed",
    "client with botocore's defaults",
    "a retry of what may have run",
    "failure not marked",
    "old action name removed",
)


def merged_errors(mutants: Sequence[Mutant]) -> Iterator[Mutant]:
    """What a hand-made stub does that looks neither at FunctionError nor at the answer's shape."""
    for of_file in _by(mutants, lambda m: m.path):
        blind = {m.operator: m for m in of_file if m.operator in BLIND[:2]}
        for merge in of_file:
            if merge.operator == BLIND[2] and len(blind) == 2:
                yield _together(MERGED, (*blind.values(), merge))


def pairs(living: Sequence[Mutant]) -> Iterator[Mutant]:
    """Guards that can be left out one by one since another one holds, left out two at a time."""
    guards = [m for m in living if m.operator in _GUARDS]
    for of_function in _by(guards, lambda m: m.path + m.function):
        for one, other in combinations(of_function, 2):
            if not _overlap(one, other):
                yield _together(f"{one.operator}, and {other.operator}", (one, other))


def _by(mutants: Sequence[Mutant], key: Callable[[Mutant], str]) -> Iterable[list[Mutant]]:
    found: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        found.setdefault(key(mutant), []).append(mutant)
    return found.values()


def _together(name: str, parts: Sequence[Mutant]) -> Mutant:
    edits = tuple(sorted({e for m in parts for e in m.edits}, key=lambda e: (e.path, e.start)))
    return Mutant(
        "move",
        name,
        parts[0].path,
        parts[-1].function,
        tuple(sorted({line for m in parts for line in m.lines})),
        parts[-1].span,
        "\n".join(m.before for m in parts),
        "\n".join(m.after for m in parts),
        edits,
    )


def _overlap(one: Mutant, other: Mutant) -> bool:
    return any(_meet(a, b) for a in one.edits for b in other.edits)


def _meet(one: Edit, other: Edit) -> bool:
    return one.path == other.path and one.start < other.end and other.start < one.end

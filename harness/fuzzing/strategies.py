"""The strategy of a campaign: a scenario drawn from scratch, or one of the scenarios that there
are, then changed in a few places, then struck by faults.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from harness.aws.places import HUB, REGION
from harness.fuzzing.actions import actions
from harness.fuzzing.drawn import chance, one_of
from harness.fuzzing.mutations import INVOCATIONS, Data, Kept, mutate
from harness.fuzzing.plans import plans
from harness.fuzzing.results import Called
from harness.fuzzing.strikes import faults
from harness.tree import Tree

SERVERS = 8
"""Servers that one entry of a changed scenario stands for at most: a large one takes a second."""

HISTORY = 120
"""Events after which an execution is stopped that goes round in circles."""

DRAWN_FOR = ("execution-handler", "orchestration", "query-handler")
"""Functions of the trees that scenarios are drawn for from scratch."""


@dataclass(frozen=True)
class Ground:
    """What is drawn from: scenarios to change, operations to strike (more, the more often they
    stand there), attributes that items keep, and whether plans can be drawn for the tree.
    """

    seeds: tuple[Data, ...]
    called: tuple[Called, ...]
    kept: Kept
    has_plans: bool


def kept_by(tree: Tree) -> dict[str, frozenset[str]]:
    """The keys of a tree's tables and their indexes, by the variable that names the table."""
    names = {
        table.name: frozenset(
            given["AttributeName"] for given in table.properties["AttributeDefinitions"]
        )
        for table in tree.tables
    }
    variables = {v for function in tree.functions.values() for v in function.variables}
    return {
        variable: names[name]
        for variable in sorted(variables)
        if (name := tree.table_of(variable)) in names
    }


def can_have_plans(tree: Tree) -> bool:
    """True for a tree with the functions, tables and the state machine that plans need."""
    needed = ("EXECUTION_HISTORY", "PROTECTION_GROUPS", "RECOVERY_PLANS", "TARGET_ACCOUNTS")
    names = {table.name for table in tree.tables}
    return (
        set(DRAWN_FOR) <= set(tree.functions)
        and bool(tree.machines)
        and all(tree.table_of(f"{name}_TABLE") in names for name in needed)
    )


def cases(ground: Ground) -> SearchStrategy[Data]:
    """Scenarios as data, without a name."""

    @st.composite
    def case(draw: DrawFn) -> Data:
        makers: list[Callable[[DrawFn], Data]] = []
        if ground.has_plans:
            makers += [plans] * 5 + [actions] * 2
        if ground.seeds:
            makers += [_changed_seed(ground.seeds)] * 3
        maker = one_of(draw, makers)
        # What is drawn from scratch is odd enough without a change half of the time.
        times = one_of(draw, (0, 0, 0, 1, 2, 3) if ground.has_plans else (0, 1, 1, 2, 3, 4))
        data = apart(mutate(draw, maker(draw), ground.kept, times))
        called = called_in(data, ground.called) if chance(draw, 30) else ()
        if called:
            data["faults"] = [*data.get("faults", ()), *faults(draw, called)]
        return data

    return case()


def called_in(data: Data, called: Sequence[Called]) -> list[Called]:
    """The operations that a scenario may come to: those in accounts and regions that it names."""
    text = json.dumps(data)
    return [
        one
        for one in called
        if (one[1] == HUB or one[1] in text) and (one[2] == REGION or one[2] in text)
    ]


def apart(data: Data) -> Data:
    """The same with no two things at one instant: what goes first there is nobody's promise, and a
    move may change it. Each invocation, and the polls of what it starts, has milliseconds of its
    own.
    """
    first = data.get("start") is not None
    invoke = []
    for number, one in enumerate(data.get("invoke", ())):
        half = round(one.get("seconds", 0.0) * 2) / 2
        seconds = round(half + (number + first) / 1000, 3)
        rest = {key: value for key, value in one.items() if key != "seconds"}
        invoke.append(rest | ({"seconds": seconds} if seconds else {}))
    return {**data, "invoke": invoke}


def _changed_seed(seeds: Sequence[Data]) -> Callable[[DrawFn], Data]:
    return lambda draw: one_of(draw, seeds)


def prepared(case: Data) -> Data:
    """A scenario's data as a seed: small enough that many can be run."""
    servers = [{**s, "count": min(s["count"], SERVERS)} for s in case["servers"]]
    # Shrunken crowds must not meet: an id may be given by a format and by itself.
    return {
        **{key: value for key, value in case.items() if key not in ("name", "source", "shows")},
        "servers": servers,
        "invoke": case["invoke"][:INVOCATIONS],
        "history_limit": min(case["history_limit"], HISTORY),
    }


def drawn(ground: Ground) -> Callable[[int], Data]:
    """What gives the case of a seed: the same one for the same versions and imported modules.

    Each case has a run of Hypothesis of its own: within one it mostly varies what it has just
    drawn, and five of six cases would be near copies.
    """
    found: list[Data] = []

    # The first example is the simplest of all, every time.
    @settings(
        max_examples=2,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases(ground))
    def collect(case: Data) -> None:
        found.append(case)

    def of(number: int) -> Data:
        found.clear()
        seed(number)(collect)()
        return found[-1]

    return of

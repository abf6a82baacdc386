from __future__ import annotations

from dataclasses import replace

from harness.aws.faults import Fault
from harness.faults.results import Strike
from harness.mutants.model import UNTOUCHED, Edit, Mutant
from harness.mutants.reach import Case, Reach, Reached, Ways, different
from harness.results import Trees
from harness.scenario_files import shipped

DENIED = Fault("drs.DescribeJobs", "denied")


def test_a_strike_is_made_where_it_can_change_something(trees: Trees) -> None:
    """Not in the cheapest scenario of all, if that fails anyway."""
    strike = Strike((DENIED,), "a.py:1 f", "", "x")
    only = Strike((DENIED,), "a.py:2 f", "", "x")
    scenarios = {name: replace(shipped()[0], name=name) for name in ("fails", "cheap", "dear")}
    looked = [
        Reached(Reach(Case(name), {}, cost), strikes, diverges=False, fails=fails)
        for name, cost, strikes, fails in (
            ("dear", 50, (strike,), False),
            ("fails", 1, (strike, only), True),
            ("cheap", 20, (strike,), False),
        )
    ]
    found = [
        (one.scenario.name, one.scenario.faults) for one in different(looked, scenarios, trees)
    ]
    assert found == [("cheap", strike.faults), ("fails", only.faults)]


def mutant(line: int, span: tuple[int, int], path: str = "a.py") -> Mutant:
    return Mutant("move", "x", path, "f", (line,), span, "", "", (Edit(path, 0, 0, ""),))


def reach(name: str, *lines: int) -> Reach:
    return Reach(Case(name), {"a.py": frozenset(lines)}, len(lines))


def test_who_enters_a_function_need_not_reach_the_mutant() -> None:
    ways = Ways([reach("whole", 1, 5, 6, 7), reach("half", 1, 5), reach("none", 1)])
    assert ways.entering(mutant(7, (5, 8))) == {"whole", "half"}
    assert [case.scenario for case in ways.cases(mutant(7, (5, 8)))] == ["whole"]


def test_of_a_function_that_no_scenario_enters_any_strike_may_show_something() -> None:
    ways = Ways([reach("one", 1), reach("other", 2)])
    assert ways.entering(mutant(7, (5, 8))) == {"one", "other"}
    assert ways.entering(mutant(1, (1, 1), "b.py")) == {"one", "other"}
    assert ways.entering(UNTOUCHED) == {"one", "other"}

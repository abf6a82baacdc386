from __future__ import annotations

from dataclasses import replace

from harness.aws.faults import Fault
from harness.faults.results import Strike
from harness.mutants.model import Edit, Mutant
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


def test_a_way_through_a_function_is_told_by_the_lines_of_its_body() -> None:
    ways = Ways([reach("again", 1, 2, 5, 7), reach("whole", 1, 5, 7), reach("half", 5)])
    mutant = Mutant("move", "x", "a.py", "f", (5,), (5, 8), "", "", (Edit("a.py", 0, 0, ""),))
    assert [case.scenario for case in ways.cases(mutant)] == ["half", "whole", "again"]


def reach(name: str, *lines: int) -> Reach:
    return Reach(Case(name), {"a.py": frozenset(lines)}, len(lines))

from __future__ import annotations

from dataclasses import replace

from harness.aws.faults import Fault
from harness.faults.results import Strike
from harness.mutants.reach import Case, Reach, Reached, different
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

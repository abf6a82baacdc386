"""Each scenario earns its place: something is wrong that it finds and no other one does.

That no other finds it is shown for many breakages at once: a scenario is run on a tree that has a
whole lot of them in it, but for its own. Where that diverges the lot is halved until one is named,
or nothing is left: some differ only together. (Two that hide each other would pass unseen.)
The table is printed at the end of the run.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.scenario_files import shipped
from tests.conftest import ROOT
from tests.equivalence.breaking import Breakage, batches, breakages, broken_tree, finds, found_alone

pytestmark = pytest.mark.equivalence

BREAKAGES = breakages()
LOTS = batches(ROOT, BREAKAGES)
Record = Callable[[str, object], None]


def test_each_scenario_has_one() -> None:
    assert sorted(b.scenario for b in BREAKAGES) == sorted(s.name for s in shipped())


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.scenario)
def test_its_scenario_finds_it(
    breakage: Breakage, root: Path, tmp_path: Path, record_property: Record
) -> None:
    found = finds(root, breakage.scenario, broken_tree(root, tmp_path / "broken", [breakage]))
    record_property("breakage", [breakage.scenario, breakage.wrong, found])
    assert found


@pytest.mark.thorough
@pytest.mark.parametrize("lot", LOTS, ids=range(len(LOTS)))
def test_no_other_scenario_does(
    lot: list[Breakage], root: Path, tmp_path: Path, record_property: Record
) -> None:
    owners = {breakage.scenario for breakage in lot}
    whole = broken_tree(root, tmp_path / "whole", lot)
    also: dict[str, list[str]] = {breakage.scenario: [] for breakage in lot}
    for scenario in shipped():
        others = [breakage for breakage in lot if breakage.scenario != scenario.name]
        mine = scenario.name in owners
        tree = broken_tree(root, tmp_path / "others", others) if mine else whole
        if finds(root, scenario.name, tree):
            for breakage in found_alone(root, scenario.name, tmp_path / "part", others):
                also[breakage.scenario].append(scenario.name)
    record_property("found also by", also)
    assert {name: found for name, found in also.items() if found} == {}

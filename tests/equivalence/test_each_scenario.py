"""Each scenario earns its place: something is wrong that it finds and no other one does.

A breakage is run in every scenario that runs what it changes; in the others nothing can differ.
The table is printed at the end of the run.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.scenario_files import shipped
from tests.equivalence.breaking import Breakage, breakages, find

pytestmark = pytest.mark.equivalence

BREAKAGES = breakages()


def test_each_scenario_has_one() -> None:
    assert sorted(b.scenario for b in BREAKAGES) == sorted(s.name for s in shipped())


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.scenario)
def test_only_this_scenario_finds_it(
    breakage: Breakage,
    root: Path,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    found = find(root, tmp_path / "refactored", breakage)
    others = len(found.ran) - len(set(found.ran) & set(found.by))
    record_property("breakage", [breakage.scenario, breakage.wrong, list(found.by), others])
    assert found.by == (breakage.scenario,)

"""Trees that are written otherwise and mean the same: no divergence in anything that is run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.comparison import compare
from harness.faults.campaign import campaign
from harness.results import Trees
from harness.rollout.campaign import rollout
from harness.run import run
from harness.scenario_files import shipped
from harness.sides import read_sides
from harness.verify import verify
from tests.equivalence.harmless import copied, reformatted, renamed, reordered

pytestmark = pytest.mark.equivalence

CHANGES: list[tuple[str, str, Callable[[str], str], int]] = [
    ("legacy", "legacy", lambda text: text, 0),
    ("refactored", "refactored", lambda text: text, 0),
    ("legacy", "refactored", reformatted, 3),
    ("legacy", "refactored", renamed, 3),
    ("legacy", "refactored", reordered, 3),
]
IDS = ["legacy-itself", "refactored-itself", "reformatted", "locals-renamed", "reordered"]

each = pytest.mark.parametrize(("one", "other", "change", "least"), CHANGES, ids=IDS)


@pytest.fixture
def pair(
    one: str, other: str, change: Callable[[str], str], least: int, root: Path, tmp_path: Path
) -> Trees:
    if one == other:
        return Trees(root / "migration.toml", root / one, root / other)
    copy, count = copied(root / other, tmp_path / "otherwise", change)
    assert count >= least, "the change changes nothing, so it would show nothing"
    return Trees(root / "migration.toml", root / one, copy)


@each
def test_scenarios(pair: Trees) -> None:
    sides = read_sides(pair)
    for scenario in shipped()[::9]:
        recordings = [run(tree, scenario) for tree in (sides.legacy, sides.refactored)]
        assert compare(recordings[0], recordings[1], sides.rules).divergences == ()


@pytest.mark.thorough
@each
def test_verify(pair: Trees) -> None:
    found = verify(pair, shipped(), lambda _: None)
    assert [r.name for r in found.results if r.verdict != "identical"] == []


@pytest.mark.thorough
@each
def test_faults_and_races(pair: Trees) -> None:
    found = campaign(pair, shipped(), lambda *_: None, 900, again=False)
    assert found.tried == found.things
    assert found.verdict == "identical"


@pytest.mark.thorough
@each
def test_rollback(pair: Trees) -> None:
    found = rollout(pair, shipped(), lambda *_: None, 900)
    lost = [flight.name for flight in found.flights if flight.divergent and flight.on_the_way]
    assert lost == []
    assert found.verdict == "identical"

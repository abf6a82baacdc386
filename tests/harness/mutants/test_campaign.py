"""A campaign of few mutants and few scenarios, in this process."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.executor import Lost
from harness.mutants import stages
from harness.mutants.cache import Cache
from harness.mutants.campaign import campaign
from harness.mutants.generate import generate
from harness.mutants.model import PLANTED, Mutant
from harness.mutants.results import Judged
from harness.mutants.stages import _lost
from harness.mutants.trial import FAULTS, SCENARIOS, Task
from harness.mutants.written import written
from harness.results import Trees
from harness.scenario_files import select, shipped
from harness.sides import Sides

pytestmark = pytest.mark.usefixtures("in_process")

FEW = select(shipped(), ["poll-without-a-job", "servers-by-tags-refused"])
STUBS = "lambda/orchestration-stepfunctions/index.py"
WANTED = ("error turned into an empty list", "page dropped", PLANTED)


@pytest.fixture(scope="module")
def mutants(sides: Sides) -> list[Mutant]:
    return [
        mutant
        for mutant in generate(sides)
        if mutant.operator in WANTED
        and (mutant.operator == PLANTED or "query-handler" in mutant.path)
    ]


def test_found_by_what_reaches_it(
    trees: Trees, mutants: list[Mutant], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(stages.AT_MOST, FAULTS, 2)
    told: list[str] = []
    cache = Cache(tmp_path / "cache", "base")
    found = campaign(trees, mutants, FEW, lambda d, a, what: told.append(what), cache)
    became = {one.mutant.operator: one for one in found.tried}
    empty = became["error turned into an empty list"]
    assert empty.killed is not None
    assert empty.killed.scenario == "servers-by-tags-refused"
    assert empty.killed.facets == ("exception",)
    # The region's DRS is not initialized: there is no second page that could be dropped.
    assert became["page dropped"].killed is None
    assert became["page dropped"].stages[:2] == ("scenarios", "faults")
    assert {"strikes looked at", "scenarios", "faults"} <= set(told)
    assert not found.incomplete
    assert found.diverging == ()
    assert found.untouched is not None
    assert (found.untouched.killed, found.untouched.stages) == (None, stages.STAGES)
    cache.write()

    again = campaign(trees, mutants, FEW, lambda *_: None, Cache(tmp_path / "cache", "base"))
    assert again.from_cache >= 3
    assert [one.killed for one in again.tried] == [one.killed for one in found.tried]


def test_a_function_that_is_entered_only_under_a_strike(trees: Trees, tmp_path: Path) -> None:
    """Another scenario enters it undisturbed, where nothing of the mutant shows."""
    path = tmp_path / "mutants.yaml"
    path.write_text(f"- {{wrong: x, file: {STUBS}, old: not name.isidentifier(), new: not name}}")
    (only,) = written(path, trees.refactored)
    scenarios = select(shipped(), ["drill-one-wave", "wave-number-out-of-range"])
    found = campaign(trees, [only], scenarios, lambda *_: None, Cache(None, ""))
    (tried,) = found.tried
    assert tried.killed is not None
    assert (tried.killed.stage, tried.killed.scenario) == (FAULTS, "drill-one-wave, crashed")
    assert found.untouched is not None
    assert found.untouched.killed is None


def test_what_is_said_to_be_equivalent_is_tried_in_few_cases(
    trees: Trees, mutants: list[Mutant], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(stages.AT_MOST, FAULTS, 0)
    reasons = {mutant.key: "for a test" for mutant in mutants if mutant.operator != PLANTED}
    found = campaign(
        trees, mutants, FEW, lambda *_: None, Cache(None, ""), equivalent=frozenset(reasons)
    )
    judged = Judged(found, reasons)
    assert [one.mutant.operator for one in judged.wrong] == ["error turned into an empty list"]
    assert judged.verdict == "invalid"


def test_no_time_no_verdict(trees: Trees, mutants: list[Mutant]) -> None:
    found = campaign(trees, mutants, FEW, lambda *_: None, Cache(None, ""), budget=0.0)
    assert found.incomplete
    assert Judged(found, {}).verdict in ("inconclusive", "invalid")


def test_a_mutant_that_never_ends_is_found_by_that(trees: Trees, mutants: list[Mutant]) -> None:
    task = Task(trees, mutants[0], SCENARIOS, ())
    found = _lost(task, Lost("it gave no answer for 60 s and was ended"))
    assert found.killed is not None
    assert found.killed.facets == ("no end",)
    assert _lost(task, Lost("KeyError: 1", "…")).problem.startswith("KeyError")

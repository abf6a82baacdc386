from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from drs_refactor.errors import InputError
from drs_refactor.migration import load
from drs_refactor.model import Migration
from drs_refactor.signoff import digests, gather
from drs_refactor.signoff.decision import decide
from drs_refactor.signoff.evidence import PARTS, Evidence
from drs_refactor.signoff.gather import EXAMPLES, Asked
from harness.bench.campaign import QUICK, Extent
from harness.verify import Options
from tests.drs_refactor.signoff.support import (
    LOST,
    SCENARIO,
    VERDICTS,
    crowded,
    migrated,
    mutants_run,
)

Seen = dict[str, Any]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch, evidence: Evidence) -> Seen:
    """Each part of the run given, instead of run: what it was asked is kept by its name."""
    asked: Seen = {}

    def part(name: str, found: object) -> None:
        def run(*given: Any, **named: Any) -> object:
            asked[name] = (given, named)
            if isinstance(found, Exception):
                raise found
            return found

        monkeypatch.setattr(gather, name, run)

    functions = {"planner": SimpleNamespace(name="planner-in-aws")}
    sides = SimpleNamespace(legacy=SimpleNamespace(functions=functions))
    monkeypatch.setattr(gather, "read_sides", lambda _: sides)
    monkeypatch.setattr(gather.scenario_files, "of", lambda _: [SCENARIO])
    monkeypatch.setattr(gather.codemod, "migrate", lambda source, _: migrated(source))
    monkeypatch.setattr(
        gather, "write_case", lambda _, scenario, name, folder, **more: f"replay {name}"
    )
    part("verify", evidence.verification)
    part("faults", evidence.faults)
    part("fault_cases", (("replay fault",), ("replay race",)))
    part("fuzz", evidence.fuzz)
    part("save", (SimpleNamespace(replay="replay fuzz"),))
    part("bench", evidence.bench)
    part("rollout", evidence.rollout)
    part("flown", ())
    asked["part"] = part
    return asked


def run(
    evidence: Evidence,
    told: Callable[[str, int, int, str], None] = lambda *_: None,
    parts: Sequence[str] = PARTS,
    **more: Any,
) -> Evidence:
    path = evidence.trees.config.parent / "mutants.json"
    path.write_text(json.dumps(mutants_run(evidence)))
    migration = load(evidence.trees.config)
    return gather.gather(migration, evidence.trees, Asked(path, tuple(parts), **more), told)


def test_every_part_is_run_once(evidence: Evidence, seen: Seen) -> None:
    begun: list[str] = []

    def told(part: str, done: int, of: int, what: str) -> None:
        if what == "begins":
            begun.append(part)

    found = run(evidence, told, seed=7)
    assert begun == list(PARTS)
    assert found.verdicts == {part: one[0] for part, one in VERDICTS.items()}
    assert decide(found).answer == "yes"
    assert (found.missing, found.seed, found.sample) == ({}, 7, False)
    assert found.signed == evidence.signed
    assert (found.actions, found.names) == ({"start": "start"}, {"planner": "planner-in-aws"})
    assert found.difference is None
    assert found.versions["drs-refactor"]


def test_parts_are_run_in_full_and_by_one_seed(evidence: Evidence, seen: Seen) -> None:
    run(evidence, seed=7)
    given, named = seen["verify"]
    assert given[0] == evidence.trees
    assert given[3] == Options(coverage=True)
    given, named = seen["faults"]
    assert given[3] == inf
    assert named == {"again": False}
    assert seen["fuzz"][0][1:3] == (EXAMPLES, 7)
    given, named = seen["bench"]
    assert given[3] == Extent(power=True, instructions=True)
    assert named == {"seed": 7}
    assert given[1].where == gather.latencies(None).where
    assert seen["rollout"][0][3] == inf
    (evidence.trees.config.parent / "latency.toml").write_text("")
    assert "of another configuration" in run(evidence, quick=True).missing["mutants"]
    given, _ = seen["bench"]
    assert given[3] == QUICK
    assert any("latency.toml" in str(one) for one in given[1].where)


def test_progress_is_told_by_part(evidence: Evidence, seen: Seen) -> None:
    told: list[tuple[object, ...]] = []
    run(evidence, lambda *one: told.append(one))
    told.clear()
    seen["verify"][0][2](object())
    seen["verify"][0][2](object())
    seen["faults"][0][2](3, 9)
    for name in ("fuzz", "bench"):
        next(one for one in seen[name][0] if callable(one))(1, 2, "x")
    seen["rollout"][0][2](1, 2, "y")
    assert told == [
        ("verify", 1, 1, "scenarios"),
        ("verify", 2, 1, "scenarios"),
        ("faults", 3, 9, "strikes"),
        ("fuzz", 1, 2, "x"),
        ("bench", 1, 2, "x"),
        ("rollback", 1, 2, "y"),
    ]


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_was_not_asked_for_is_missing(
    evidence: Evidence, seen: Seen, part: str
) -> None:
    found = run(evidence, parts=[one for one in PARTS if one != part])
    assert found.missing == {part: "it was not asked for"}
    assert found.verdicts[part] == "not run"
    assert list(found.verdicts.values()).count("not run") == 1


@pytest.mark.parametrize("name", ["faults", "fuzz", "bench", "rollout"])
def test_a_part_that_cannot_be_run_is_missing_and_says_why(
    evidence: Evidence, seen: Seen, name: str
) -> None:
    seen["part"](name, InputError("no way", mend="Mend it"))
    found = run(evidence)
    part = "rollback" if name == "rollout" else name
    assert found.missing == {part: "no way. Mend it"}
    assert decide(found).answer == "not decided"


def test_a_move_that_cannot_be_made_is_missing(
    evidence: Evidence, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise InputError("it is refused", path="a.py", line=3)

    monkeypatch.setattr(gather.codemod, "migrate", refused)
    assert run(evidence).missing == {"migrate": "a.py:3: it is refused"}


def test_trees_of_which_nothing_can_be_said_are_refused(evidence: Evidence, seen: Seen) -> None:
    seen["part"]("verify", InputError("this does not parse"))
    with pytest.raises(InputError, match="this does not parse"):
        run(evidence)


def test_results_of_other_trees_are_missing(evidence: Evidence, seen: Seen) -> None:
    (evidence.trees.legacy / "more.py").write_text("1\n")
    found = run(evidence)
    assert "these results are of another legacy" in found.missing["mutants"]
    assert not found.missing["mutants"].startswith("/")  # no machine's path
    assert found.mutants is None


def test_a_tree_that_is_not_what_is_written_diverges(evidence: Evidence, seen: Seen) -> None:
    (evidence.trees.refactored / "worker.py").write_text("pass\n")
    found = run(evidence)
    assert found.difference is not None
    assert found.difference.path == "worker.py"
    assert decide(found).answer == "no"


@pytest.mark.parametrize("change", ["tree", "configuration", "tool"])
def test_what_changes_meanwhile_is_refused(
    evidence: Evidence, seen: Seen, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    def told(part: str, *_: object) -> None:
        if change == "tree":
            (evidence.trees.legacy / "worker.py").write_text("pass\n")
        elif change == "configuration":
            (evidence.trees.config.parent / "latency.toml").write_text("# none\n")
        else:
            monkeypatch.setattr(digests, "of_tool", lambda: "8" * 64)

    with pytest.raises(InputError, match="changed meanwhile"):
        run(evidence, told, parts=["migrate"])


def test_what_differs_can_be_run_again(
    tmp_path: Path, evidence: Evidence, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = crowded(tmp_path)
    assert full.rollout is not None
    look = SimpleNamespace(scenario=replace(SCENARIO, name="drill"))
    for name, found in (
        ("verify", full.verification),
        ("faults", full.faults),
        ("fuzz", full.fuzz),
        ("rollout", replace(full.rollout, looks=(look,))),
    ):
        seen["part"](name, found)
    replays = run(evidence).replays
    assert replays.verify == {"tags": "replay tags"}
    assert (replays.faults, replays.races) == (("replay fault",), ("replay race",))
    assert replays.fuzz == ("replay fuzz",)
    assert replays.rollback[LOST] == "replay rollback-1-drill"
    assert list(replays.rollback.values()) == ["replay rollback-1-drill", "replay rollback-2-drill"]


def test_a_sample_is_known_as_one(
    evidence: Evidence, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = evidence.trees.config
    config.write_text(config.read_text() + "\n[trees]\nsample = true\n")
    assert isinstance(load(config), Migration)
    assert run(evidence, parts=["migrate"]).sample

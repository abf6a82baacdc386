from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from harness.bench.latency_file import latencies
from harness.reports.bench_document import as_json
from tests.harness.bench.support import BUDGET, COMPUTE, STEEP, benchmark

TREES = {"legacy": "legacy", "refactored": "refactored"}


def document(**changes: Any) -> Any:
    """As others read it: nothing in it that JSON lacks, such as NaN."""
    made = as_json(benchmark(**changes), TREES, {"moto": "5"})
    return json.loads(json.dumps(made, allow_nan=False))


def test_the_keys_that_others_rely_on() -> None:
    found = document()
    assert found["verdict"] == "within"
    assert list(found["levels"]) == ["execution", "wave", "action"]
    for level in found["levels"].values():
        assert list(level)[:4] == ["ratio", "low", "high", "verdict"]
        assert level["low"] <= level["ratio"] <= level["high"]
    assert found["levels"]["action"]["verdict"] == "over"
    assert found["gates"] == [
        {"name": gate.name, "verdict": gate.verdict, "sentence": gate.sentence}
        for gate in benchmark().deciding
    ]
    assert len(found["gates"]) == 3


def test_these_are_all_keys() -> None:
    assert list(document()) == [
        "verdict", "trees", "levels", "gates", "waits", "causes", "sensitivity", "usage", "limits",
        "growth", "compute", "power", "scenario", "seed", "draws", "begins", "latencies",
        "left_out", "problems", "seconds", "versions",
    ]  # fmt: skip


def test_a_level_in_seconds() -> None:
    assert document()["levels"]["execution"] == {
        "ratio": 1.02,
        "low": 1.01,
        "high": 1.03,
        "verdict": "within",
        "legacy": 100.0,
        "refactored": 102.0,
        "count": 20,
        "decides": True,
    }


def test_waits_without_a_budget_have_no_verdict() -> None:
    p50, p95 = document()["waits"]
    assert (p50["quantile"], p50["limit"], p50["verdict"]) == (0.5, None, None)
    assert (p95["quantile"], p95["limit"], p95["verdict"]) == (0.95, 1.0, "within")
    assert p95["added"] == {"value": 0.5, "low": 0.25, "high": 0.75}
    assert p95["name"] == "begin_to_recovery"


def test_what_the_difference_is_made_of() -> None:
    [share] = document()["causes"]
    assert share == {
        "level": "execution",
        "added": 2.0,
        "by_cause": {"cold start": 1.5, "extra AWS calls": 0.5},
    }
    [sensitive] = document()["sensitivity"]
    assert (sensitive["entry"], sensitive["holds"]) == ("call.drs.default", True)


def test_use_and_limits_by_side() -> None:
    found = document()
    assert found["usage"]["refactored"]["calls"] == {"drs.DescribeJobs": 4.0, "lambda.Invoke": 3.0}
    assert [limits[0]["servers"] for limits in found["limits"].values()] == [100, None]


@pytest.mark.parametrize(("curve", "verdict"), [("CURVE", "within"), ("STEEP", "over")])
def test_growth_with_its_orders(curve: str, verdict: str) -> None:
    found = document() if curve == "CURVE" else document(curves=(STEEP,))
    [grown] = found["growth"]
    assert grown["verdict"] == verdict
    assert len(grown["orders"]) == 2
    assert grown["sizes"] == [1, 5, 10, 20]


def test_tree_code_without_its_pairs() -> None:
    assert document(compute=None)["compute"] is None
    found = document()["compute"]
    assert "paired" not in found
    assert found["levels"][0]["verdict"] == COMPUTE.verdict
    assert found["instructions"] is None


def test_what_it_was_made_from() -> None:
    found = document(latencies=latencies(), problems=("a worker died",), seconds=1.23456)
    assert found["latencies"] == ["as shipped"]
    assert found["trees"] == TREES
    assert found["versions"] == {"moto": "5"}
    assert (found["seed"], found["draws"], found["begins"]) == (7, 20, 40)
    assert (found["verdict"], found["problems"]) == ("invalid", ["a worker died"])
    assert found["seconds"] == 1.235


def test_a_verdict_of_a_gate_is_that_of_all() -> None:
    found = document(budgets=(replace(BUDGET, verdict="inconclusive"),))
    assert found["verdict"] == "inconclusive"
    assert [gate["verdict"] for gate in found["gates"]] == ["within", "inconclusive", "within"]

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.aws.places import HUB
from harness.blame import Suspect
from harness.comparison import Divergence
from harness.executor import Done, Lost
from harness.fuzzing import campaign as module
from harness.fuzzing.campaign import _batches, _groups, _verdict, campaign
from harness.fuzzing.results import Campaign, Key, Ran, Refused, Shrink, Shrunk
from harness.reports.fuzz import Saved, as_json, text
from harness.results import Finding, ScenarioResult, Trees
from harness.scenario import Scenario
from harness.scenario_files import select, shipped

SMALL = select(shipped(), ["begin-where-drs-is-not-initialized"])[0]
KEY: Key = ("state", "result.x")


def ran(number: int, **changes: object) -> Ran:
    changes = {"control": "identical" if number == 0 else "not run"} | changes
    one = Ran(number, replace(SMALL, name=f"c{number}"), 2, 3, ("SUCCEEDED",), {"f: begin": 2}, 1)
    return replace(one, **changes)  # type: ignore[arg-type]


def test_a_whole_campaign(trees: Trees) -> None:
    told: list[tuple[int, int, str]] = []
    found = campaign(trees, 5, 3, lambda *what: told.append(what))
    assert (found.verdict, found.asked, found.problems, found.groups) == ("identical", 5, (), ())
    assert [one.number for one in found.ran] == list(range(5))
    assert told[-1] == (5, 5, "cases")
    assert len(found.controls) == 1
    lines = list(text(found, []))
    assert lines[-1].startswith("identical: 5 cases, 0 divergent in 0 ways, seed 3, in ")
    assert any(line.startswith("  orchestration: ") for line in lines)
    assert len({HUB in str(one.scenario) for one in found.ran}) > 0


def test_batches_hold_all_numbers_once(trees: Trees) -> None:
    batches = list(_batches(trees, 1, 25, (), ()))
    assert [n for batch in batches for n in batch.numbers] == list(range(25))
    stored = list(_batches(trees, 1, 25, (), [SMALL] * 11))
    assert [len(batch.stored) for batch in stored] == [10, 1]
    assert [n for batch in stored for n in batch.numbers] == list(range(11))


@pytest.mark.parametrize(
    ("cases", "problems", "interrupted", "verdict"),
    [
        ([ran(0), ran(1)], [], False, "identical"),
        ([ran(0), ran(1, key=KEY)], [], False, "divergent"),
        ([ran(0), ran(1, key=KEY)], [], True, "divergent"),
        ([ran(0)], [], True, "inconclusive"),
        ([ran(0, control="state, x"), ran(1, key=KEY)], [], False, "invalid"),
        ([ran(0), ran(1, key=KEY)], ["lost"], False, "invalid"),
        ([ran(0, calls=0)], [], False, "invalid"),
        ([], [], False, "invalid"),
    ],
)
def test_the_verdict(
    cases: list[Ran], problems: list[str], interrupted: bool, verdict: str
) -> None:
    assert _verdict(cases, problems, interrupted=interrupted) == verdict


def result(scenario: Scenario, place: str) -> ScenarioResult:
    finding = Finding(Divergence("state", 1, "result.x", 1, 2), "warm")
    suspects = (Suspect(place, "f", "has `2`, legacy `1`"),) if place else ()
    return ScenarioResult(
        scenario.name, "x", "divergent", (finding,), (), (), 1, 1, 0.0, 0.0, scenario,
        suspects=suspects,
    )  # fmt: skip


class Blaming:
    """Workers that shrink nothing, and blame a place by the kind of a divergence."""

    def __init__(self, places: dict[str, str]) -> None:
        self.places = places
        self.asked: list[Shrink] = []

    def run(self, tasks: list[Shrink], told: object, **_: object) -> Done[object]:
        self.asked = tasks
        results = [
            Shrunk(result(task.scenario, self.places[task.key[1]]), 9)
            if task.key[1] in self.places
            else Lost("it died")
            for task in tasks
        ]
        return Done(list(results), interrupted=False)


def groups(
    places: dict[str, str], cases: list[Ran]
) -> tuple[list[tuple[str, tuple[int, ...]]], list[str]]:
    problems: list[str] = []
    workers = Blaming(places)
    trees = Trees(Path("a"), Path("b"), Path("c"))
    found, left, _ = _groups(workers, trees, cases, problems, lambda *_: None)  # type: ignore[arg-type]
    assert left == max(0, len({c.key for c in cases if c.key}) - module.SHRUNK)
    return [(group.place, group.cases) for group in found], problems


def test_one_place_to_blame_is_one_group() -> None:
    cases = [
        ran(0),
        ran(1, key=("state", "a")),
        ran(2, key=("state", "b")),
        ran(3, key=("state", "a")),
    ]
    assert groups({"a": "x.py:1", "b": "x.py:1"}, cases) == ([("x.py:1", (1, 3, 2))], [])
    assert groups({"a": "x.py:1", "b": "y.py:2"}, cases)[0] == [
        ("x.py:1", (1, 3)),
        ("y.py:2", (2,)),
    ]
    assert groups({"a": "", "b": ""}, cases)[0] == [("", (1, 3)), ("", (2,))]
    assert groups({"a": "x.py:1"}, cases) == ([("x.py:1", (1, 3))], ["shrinking b: it died"])


def test_a_tree_that_is_all_wrong_is_not_shrunk_for_hours() -> None:
    cases = [ran(n, key=("state", f"path {n}")) for n in range(30)]
    found, _ = groups({f"path {n}": f"x.py:{n}" for n in range(30)}, cases)
    assert len(found) == module.SHRUNK


def test_what_was_found_as_text_and_as_a_document() -> None:
    shrunk = Shrunk(result(SMALL, "x.py:1"), 40)
    group = module.Group(KEY, "x.py:1", (1, 3), shrunk)
    found = Campaign(
        "divergent", 7, 4, (ran(0), ran(1, key=KEY), ran(3, key=KEY)), (Refused(2, "no key"),),
        (group,), 2, 0.5, 1.5, interrupted=True, problems=("a worker",),
    )  # fmt: skip
    saved = [Saved("drs-refactor replay f.json", "f.yaml")]
    lines = list(text(found, saved))
    assert "  state, step 1, result.x" in lines
    assert "  replay: drs-refactor replay f.json" in lines
    assert "  scenario: f.yaml, shrunk in 40 tries, 2 cases differ there" in lines
    assert "2 more kinds of divergences were not shrunk" in lines
    assert "reached: 6 steps, 9 calls, 3 executions (3 succeeded), 3 faults met" in lines
    assert "  f: begin 6" in lines
    assert "not valid: 1 drawn cases (25%): 1 times no key" in lines
    assert "lost: a worker" in lines
    assert lines[-1] == (
        "divergent: 3 cases of 4 asked for: interrupted, 2 divergent in 3 ways, seed 7, in 0.5 s "
        "(6.0 a second), shrunk in 1.5 s"
    )
    document = as_json(found, saved, {}, {})
    assert [document[key] for key in ("verdict", "examples", "seed")] == ["divergent", 3, 7]
    (first,) = document["divergences"]
    assert (first["kind"], first["path"], first["legacy"], first["refactored"]) == (
        "state", "result.x", 1, 2,
    )  # fmt: skip
    assert (first["cases"], first["replay"]) == ([1, 3], "drs-refactor replay f.json")

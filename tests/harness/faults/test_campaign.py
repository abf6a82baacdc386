from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.aws.faults import Fault
from harness.faults import campaign as module
from harness.faults.campaign import BATCH, campaign
from harness.faults.results import Batch, Look, Strike, Struck
from harness.reports.faults import as_json, shown, text
from harness.results import Trees
from harness.scenario_files import select, shipped
from tests.equivalence.breaking import Breakage, broken_tree

pytestmark = pytest.mark.usefixtures("in_process")

SMALL = select(shipped(), ["begin-where-drs-is-not-initialized"])
DENIED = Fault("dynamodb.GetItem", "denied")


def test_a_whole_run(trees: Trees) -> None:
    told: list[tuple[int, int]] = []
    found = campaign(trees, SMALL, lambda done, asked: told.append((done, asked)))
    assert found.verdict == "identical"
    assert told[-1] == (found.asked, found.asked) == (len(found.struck), found.asked)
    assert found.things == found.tried > 30
    lines = list(text(found, []))
    assert lines[-1].startswith(f"identical: {found.asked} of {found.asked} strikes at ")
    assert found.lost_answers(on_invocation=True) == (0, 0)  # there is no execution to fail


def test_what_the_budget_leaves_out_is_not_called_identical(trees: Trees) -> None:
    found = campaign(trees, SMALL, lambda *_: None, budget=0.0)
    assert (found.verdict, found.struck) == ("invalid", ())
    assert list(text(found, []))[-1].startswith(f"invalid: 0 of {found.asked} strikes")


def test_a_wrong_tree(trees: Trees, root: Path, tmp_path: Path) -> None:
    wrong = Breakage(
        SMALL[0].name,
        "the words of a failed start",
        "lambda/execution-handler/index.py",
        (('state["error"] = str(e)', 'state["error"] = repr(e)'),),
    )
    broken_tree(root, tmp_path / "broken", [wrong])
    found = campaign(replace(trees, refactored=tmp_path / "broken"), SMALL, lambda *_: None)
    # This scenario fails by itself, so it is not struck at all.
    problem = "it diverges undisturbed, as verify shows"
    assert (found.verdict, found.looks[0].problem) == ("divergent", problem)


def test_new_strikes_come_first_and_the_smallest_scenario_has_them(trees: Trees) -> None:
    strikes = tuple(Strike((DENIED,), f"a:{n}", "", "x") for n in range(BATCH + 1))
    small, large = (replace(SMALL[0], name=name) for name in ("small", "large"))
    other = Strike((DENIED,), "b:1", "", "x")
    looks = [Look(large, (*strikes, other), 50), Look(small, strikes, 5)]
    new, rest = (
        [(b.scenario.name, b.strikes) for b in batches] for batches in module._batches(trees, looks)
    )
    assert new == [("small", strikes[:BATCH]), ("small", strikes[BATCH:]), ("large", (other,))]
    assert rest == [("large", strikes[:BATCH]), ("large", strikes[BATCH:])]


def test_strikes_come_where_they_can_change_something(trees: Trees) -> None:
    strike = Strike((DENIED,), "a:1", "", "x")
    fails, runs = (replace(SMALL[0], name=name) for name in ("fails", "runs"))
    looks = [Look(fails, (strike,), 5, fails=True), Look(runs, (strike,), 50)]
    new, rest = module._batches(trees, looks)
    assert ([b.scenario.name for b in new], [b.scenario.name for b in rest]) == (
        ["runs"],
        ["fails"],
    )


def test_a_divergence_as_text_and_as_a_document(trees: Trees) -> None:
    slow = Fault("drs.StartRecovery", "slow", seconds=150.0)
    drill = select(shipped(), ["drill-one-wave"])[0]
    from harness.faults.strikes import strike_all

    struck = strike_all(Batch(trees, drill, (Strike((slow,), "a.py:1 f", "", "x"),)))
    found = module.Campaign("divergent", (), tuple(struck), 1, 1, 1, 0.5)
    lines = list(text(found, ["drs-refactor replay x.json"]))
    assert lines[2:4] == [
        "  struck at   a.py:1 f",
        "  by          slow: drs.StartRecovery no. 1 in 123456789012/us-east-1",
    ]
    assert lines[4] == "  calls, step 1, calls[3] dynamodb.UpdateItem"
    assert "  replay: drs-refactor replay x.json" in lines
    document = as_json(found, ["r"], {}, {})
    assert document["verdict"] == "divergent"
    assert document["faults"]["divergences"][0]["faults"][0]["kind"] == "slow"
    assert shown(found) == struck


def test_the_rate_of_lost_answers() -> None:
    lost, cut = (Fault("lambda.Invoke", kind, action="x") for kind in ("lost", "cut"))
    struck = [
        Struck(SMALL[0], Strike(faults, "a:1", "", "x", on_invocation=on), "identical", (), failed)
        for faults, on, failed in (
            ((lost,), True, True),
            ((lost,), True, False),
            ((lost,), True, None),
            ((lost, cut), True, True),
            ((cut,), True, True),
            ((lost,), False, True),
        )
    ]
    found = module.Campaign("identical", (), tuple(struck), 6, 6, 6, 0.5)
    assert found.lost_answers(on_invocation=True) == (1, 2)
    assert found.lost_answers(on_invocation=False) == (1, 1)
    assert "lost answers of invocations: 1 of 2 executions fail by one" in text(found, [])

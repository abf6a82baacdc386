from __future__ import annotations

from dataclasses import replace

import pytest

from harness.comparison import Divergence
from harness.fuzzing import trial
from harness.fuzzing.trial import Misfit, _label, check, key_of, try_case
from harness.recording import Recording, Step
from harness.run import run
from harness.scenario import Fault, Invocation, Scenario
from harness.scenario_files import select, shipped
from harness.sides import Sides

SMALL = select(shipped(), ["begin-where-drs-is-not-initialized"])[0]


def test_a_case(sides: Sides) -> None:
    found = try_case(sides, 4, SMALL, control=True)
    assert (found.number, found.key, found.control, found.steps) == (4, None, "identical", 1)
    assert found.reached == {"orchestration: begin": 1}
    assert found.allowances[0].hits == 1
    denied = replace(
        SMALL, faults=(Fault("drs.DescribeSourceServers", "denied", region="eu-west-1"),)
    )
    assert try_case(sides, 4, denied, control=False).faults_met == 1


def test_a_difference_has_a_key(sides: Sides) -> None:
    # 150 s are too long for legacy, and not for the raised limits.
    drill = select(shipped(), ["drill-one-wave"])[0]
    slow = replace(drill, faults=(Fault("drs.StartRecovery", "slow", seconds=150.0),))
    assert try_case(sides, 0, slow, control=False).key == (
        "calls",
        "calls[N] dynamodb.UpdateItem",
    )


def test_a_legacy_that_differs_from_itself_is_told(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[int] = []

    def unsteady(tree: object, scenario: Scenario) -> Recording:
        runs.append(1)
        recording = run(sides.legacy, scenario)
        return replace(recording, tables={}) if len(runs) == 3 else recording

    monkeypatch.setattr(trial, "run", unsteady)
    assert try_case(sides, 0, SMALL, control=True).control.startswith("table, ")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (
            {"tables": {"PROTECTION_GROUPS_TABLE": ({"groupId": "a", "n": 10**40 + 1},)}},
            "cannot be seeded",
        ),
        ({"invoke": ()}, "nothing happens"),
    ],
)
def test_what_cannot_be_run_is_none(sides: Sides, changes: dict[str, object], why: str) -> None:
    with pytest.raises(Misfit, match=why):
        try_case(sides, 0, replace(SMALL, **changes), control=False)  # type: ignore[arg-type]


def test_an_action_that_only_the_refactored_tree_has_is_none(sides: Sides) -> None:
    check(sides, SMALL)
    event = {"action": "start_wave_recovery"}
    moved = replace(SMALL, invoke=(Invocation("execution-handler", event),))
    with pytest.raises(Misfit, match="start_wave_recovery, which legacy does not have"):
        check(sides, moved)
    check(sides, replace(SMALL, invoke=(Invocation("execution-handler", {"action": [1]}),)))


def test_a_key_has_neither_numbers_nor_ids() -> None:
    def key(path: str) -> str:
        return key_of(Divergence("drs", 3, path, 1, 2))[1]

    assert key("calls[12] drs.StartRecovery") == "calls[N] drs.StartRecovery"
    assert key("jobs.drsjob-dc85aa6c19cc8b173.status") == "jobs.drsjob-N.status"
    assert key("x.3e11fa47-71ca-11e1-9e33-c80aa9429562.y") == "x.N.y"
    assert key("result.defaced") == "result.defaced"


@pytest.mark.parametrize(
    ("event", "label"),
    [
        ({"action": "begin", "plan": {}}, "f: begin"),
        ({"operation": "find"}, "f: find"),
        ({"httpMethod": "GET", "path": "/drs/jobs/drsjob-11"}, "f: GET /drs/jobs/…"),
        ({"httpMethod": "POST"}, "f: POST /None"),
        ({"worker": True}, "f: {worker, …}"),
        ([], "f: an event that is no object"),
    ],
)
def test_a_step_in_words(event: object, label: str) -> None:
    assert _label(Step(0.0, "user", "f", event, None, None)) == label

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.aws.faults import Fault
from harness.faults import strikes
from harness.faults.results import Batch, Strike
from harness.faults.strikes import look, strike_all
from harness.results import Trees
from harness.scenario import Scenario
from harness.scenario_files import select, shipped

DRILL, LONG = (select(shipped(), [name])[0] for name in ("drill-one-wave", "resume-times-out"))
UNSET = Fault(
    "lambda.Invoke",
    "not configured",
    action="poll_wave_status",
    variable="orchestration QUERY_HANDLER_ARN",
)


def test_a_look_lists_where_a_scenario_can_be_struck(trees: Trees) -> None:
    found = look(trees, DRILL)
    assert (found.problem, found.calls) == ("", 18)
    sites = {(s.what, s.on_invocation) for s in found.strikes}
    assert ("drs.StartRecovery", False) in sites
    assert ("invocation of poll_wave_status", True) in sites
    assert {f.variable for s in found.strikes for f in s.faults} == {
        "",
        "orchestration EXECUTION_HANDLER_ARN",
        "orchestration QUERY_HANDLER_ARN",
    }
    assert {bool(s.within) for s in found.strikes if s.what == "drs.StartRecovery"} == {True}
    pairs = [s.faults for s in found.strikes if len(s.faults) == 2]
    assert {pair[1].kind for pair in pairs} == {"lost", "crashed", "throttled", "failed"}
    assert len({s.novelty for s in found.strikes}) > 60


def test_large_and_divergent_scenarios_are_named_and_left_out(trees: Trees) -> None:
    assert look(trees, LONG).problem == "it makes more than 100 calls"
    # 150 s are too long for legacy, and not for the raised limits.
    slow = replace(DRILL, faults=(Fault("drs.StartRecovery", "slow", seconds=150.0),))
    assert look(trees, slow).diverges


def strike(trees: Trees, *faults: Fault, scenario: Scenario = DRILL) -> tuple[str, bool | None]:
    one = Strike(faults, "a:1", "", "x", on_invocation=bool(faults[0].action))
    (struck,) = strike_all(Batch(trees, scenario, (one,)))
    return struck.verdict, struck.failed


@pytest.mark.parametrize(
    ("fault", "verdict", "failed"),
    [
        (Fault("drs.StartRecovery", "denied"), "identical", True),
        (Fault("drs.StartRecovery", "cut"), "identical", False),
        (Fault("lambda.Invoke", "lost", action="start_wave_recovery"), "identical", True),
        (UNSET, "identical", True),
        (Fault("drs.StartRecovery", "denied", number=2), "invalid", False),
        (Fault("drs.StartRecovery", "slow", seconds=150.0), "divergent", False),
    ],
)
def test_a_strike(trees: Trees, fault: Fault, verdict: str, failed: bool) -> None:
    assert strike(trees, fault) == (verdict, failed)


def test_where_no_execution_succeeds_none_can_fail(trees: Trees) -> None:
    single = select(shipped(), ["group-table-refused"])[0]
    lost = Fault("lambda.Invoke", "lost", action="start_wave_recovery")
    assert strike(trees, lost, scenario=single) == ("identical", None)
    assert not any(
        s.in_execution for s in look(trees, select(shipped(), ["token-stored"])[0]).strikes
    )
    assert all(s.in_execution for s in look(trees, DRILL).strikes)


def test_a_pair_of_which_legacy_meets_one(trees: Trees) -> None:
    lost = Fault("lambda.Invoke", "lost", action="start_wave_recovery")
    assert strike(trees, lost, Fault("drs.StartRecovery", "lost")) == ("identical", True)


def test_legacy_that_does_not_do_the_same_twice_makes_a_strike_invalid(
    trees: Trees, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = []

    def unsteady(tree: object, scenario: Scenario, **options: object) -> object:
        runs.append(tree)
        later = scenario if len(runs) < 4 else replace(scenario, faults=())
        return run(tree, later, **options)  # type: ignore[arg-type]

    run = strikes.run
    monkeypatch.setattr(strikes, "run", unsteady)
    assert strike(trees, Fault("drs.StartRecovery", "denied"))[0] == "invalid"

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.fuzzing import work
from harness.fuzzing.compact import compact
from harness.fuzzing.results import Batch, Look, Tried
from harness.fuzzing.work import called_in, do, run_batch
from harness.results import Trees
from harness.scenario import Invocation
from harness.scenario_files import select, shipped

SMALL = select(shipped(), ["begin-where-drs-is-not-initialized"])[0]
CALLED = (("dynamodb.UpdateItem", "123456789012", "us-east-1"),)


def test_a_case_depends_on_its_number_alone(trees: Trees) -> None:
    together = run_batch(Batch(trees, 5, (0, 1, 2), CALLED))
    alone = run_batch(Batch(trees, 5, (2,), CALLED))
    assert alone.ran[0] == together.ran[2]
    assert [one.number for one in together.ran] == [0, 1, 2]
    assert [one.control for one in together.ran] == ["identical", "not run", "not run"]
    other = run_batch(Batch(trees, 6, (2,), CALLED))
    assert compact(other.ran[0].scenario) != compact(alone.ran[0].scenario)


def test_stored_cases_are_run_as_they_are(trees: Trees) -> None:
    lost = replace(SMALL, name="lost", invoke=(Invocation("nowhere", {}),))
    found = do(Batch(trees, 0, (10, 11), (), (SMALL, lost)))
    assert isinstance(found, Tried)
    assert [(one.number, one.scenario) for one in found.ran] == [(10, SMALL)]
    assert [(one.number, one.why) for one in found.refused] == [
        (11, "there is no function 'nowhere'")
    ]


def test_what_does_not_fit_is_drawn_again(trees: Trees, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    good = {"invoke": [{"function": "orchestration", "event": {}}]}

    def draw(seed: int) -> dict[str, object]:
        asked.append(seed)
        event = {"action": "start_wave_recovery"}
        bad = {"invoke": [{"function": "execution-handler", "event": event}]}
        return bad if len(asked) < 3 else good

    monkeypatch.setattr(work, "_drawn", lambda *_: draw)
    found = run_batch(Batch(trees, 0, (1,)))
    assert len(set(asked)) == 3
    assert [len(found.ran), len(found.refused)] == [1, 2]


def test_a_crash_beside_legacy_is_a_problem(trees: Trees, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no comparison")

    monkeypatch.setattr(work, "try_case", broken)
    (one,) = run_batch(Batch(trees, 0, (1,), (), (SMALL,))).ran
    assert one.problem == "RuntimeError: no comparison"


def test_a_look_lists_what_legacy_calls(trees: Trees) -> None:
    lost = replace(SMALL, invoke=(Invocation("nowhere", {}),))
    assert called_in(Look(trees, (SMALL, lost, SMALL))) == {
        ("dynamodb.UpdateItem", "123456789012", "us-east-1"): 2,
        ("dynamodb.GetItem", "123456789012", "us-east-1"): 2,
        ("drs.DescribeSourceServers", "123456789012", "eu-west-1"): 2,
    }

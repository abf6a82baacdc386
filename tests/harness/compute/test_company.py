from __future__ import annotations

import gc
from contextlib import nullcontext
from dataclasses import replace
from random import Random

import pytest

from drs_refactor.errors import InputError
from harness.compute import company
from harness.compute.company import AGAIN, LEGACY, PLAYERS, Company, _times, check_alike, quiet
from harness.compute.results import Play, Tape
from harness.scenario import Scenario
from harness.sides import Sides


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company, "WARM_UP", 3)
    monkeypatch.setattr(company, "_times", lambda seconds: 1)
    monkeypatch.setattr(company, "TIMED", 10)
    monkeypatch.setattr(company, "quiet", nullcontext)


def test_rounds_of_all_four(sides: Sides, drill: Scenario) -> None:
    players = Company(sides, drill)
    players.play(Random(1), 5)
    players.play(Random(2), 8)
    execution, begin, poll = players.paired()
    assert [one.level for one in (execution, begin, poll)] == [
        "execution",
        "InitiateWavePlan",
        "UpdateWaveStatus",
    ]
    assert [one.invocations for one in (execution, begin, poll)] == [15, 1, 14]
    for name in PLAYERS:
        whole, parts = getattr(execution, name), [getattr(one, name) for one in (begin, poll)]
        assert len(whole) == 8
        assert whole == pytest.approx([sum(pair) for pair in zip(*parts, strict=True)])
    assert players.plumbing(LEGACY) > 0


def test_only_the_control(sides: Sides, drill: Scenario) -> None:
    players = Company(sides, drill)
    players.play(Random(1), 4, (LEGACY, AGAIN))
    assert [len(players.seconds(name)) for name in PLAYERS] == [4, 4, 0, 0]


def test_each_round_has_an_order_of_its_own(
    sides: Sides, drill: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    players, played = Company(sides, drill), list[str]()
    for name, player in players._players.items():
        play = player.play
        monkeypatch.setattr(
            player, "play", lambda name=name, play=play: (played.append(name), play())[1]
        )
    players.play(Random(1), 12)
    size = 4 * players.times
    rounds = [tuple(played[n : n + size]) for n in range(0, len(played), size)]
    assert all(sorted(one) == sorted(PLAYERS * players.times) for one in rounds)
    assert len(rounds) == 12
    assert len(set(rounds)) > 6


def test_a_round_is_long_enough_to_be_a_pair() -> None:
    assert _times([0.0004] * 5) == 7
    assert _times([0.004, 0.003, 9.0]) == 6
    assert _times([1e-9]) == 50


def test_a_round_is_the_fastest_of_its_plays(
    sides: Sides, drill: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    players = Company(sides, drill)
    players.times = 3
    took = iter([2.0, 1.0, 6.0, 4.0, 4.0, 5.0])
    monkeypatch.setattr(
        players._players[LEGACY],
        "play",
        lambda: Play((next(took), *[0.0] * 14), (), 0.0, 0, 0),
    )
    players.play(Random(1), 2, (LEGACY,))
    assert players.seconds(LEGACY) == (1.0, 4.0)
    assert players.seconds(LEGACY, "UpdateWaveStatus") == (0.0, 0.0)


def test_sides_that_go_otherwise(tapes: dict[str, Tape]) -> None:
    check_alike(tapes["legacy"], tapes["refactored"])
    shorter = replace(tapes["refactored"], steps=tapes["refactored"].steps[:-1])
    with pytest.raises(InputError) as told:
        check_alike(tapes["legacy"], shorter)
    assert str(told.value) == (
        "drill-three-waves takes 15 steps on legacy and 14 on refactored, or others: there is "
        "nothing to compare. Compare the trees first: drs-refactor verify --scenario "
        "drill-three-waves"
    )


def test_a_company_of_such_sides(
    sides: Sides, drill: Scenario, tapes: dict[str, Tape], monkeypatch: pytest.MonkeyPatch
) -> None:
    shorter = replace(tapes["refactored"], steps=tapes["refactored"].steps[:-1])
    found = {"legacy": tapes["legacy"], "refactored": shorter}
    monkeypatch.setattr(company, "record", lambda tree, scenario: found[tree.side])
    with pytest.raises(InputError, match="takes 15 steps on legacy and 14 on refactored"):
        Company(sides, drill)


def test_no_search_for_garbage_while_it_is_measured() -> None:
    gc.enable()
    with quiet():
        assert not gc.isenabled()
        assert gc.get_freeze_count() > 0
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    gc.disable()
    with quiet():
        pass
    assert not gc.isenabled()
    gc.enable()

from __future__ import annotations

import pytest

from harness.rollout.flights import CONTROL
from harness.rollout.judged import Judged
from harness.rollout.results import Combination, Course, Flight, Look, Stage, Trial, Way
from harness.rollout.verdict import verdict
from harness.scenario import Scenario

NOTHING, FULL = frozenset[str](), frozenset({"a"})
WAY = Way((Stage(("a",)),), (NOTHING, FULL))
LOOK = Look(Scenario("s", "x"), frozenset(), 2, 1, 0, 0)


def judged(**verdicts: str) -> Judged:
    found = Judged(1)
    for name, new in (("old", NOTHING), ("new", FULL)):
        found.take([trial(verdicts.get(name, "identical"), new)])
    return found


def trial(word: str, new: Combination = FULL) -> Trial:
    return Trial("s", Course(new), word)


def flight(*words: str, name: str = "out", on_the_way: bool = True) -> Flight:
    return Flight(name, len(words), len(words), ("s",), tuple(map(trial, words)), on_the_way)


def asked(known: Judged, *flights: Flight, problems: tuple[str, ...] = ()) -> str:
    return verdict([LOOK], known, (WAY, WAY), flights, problems, ())


def test_a_safe_way_out_and_back_that_executions_in_flight_survive() -> None:
    assert asked(judged(), flight(name=CONTROL), flight()) == "identical"


def test_an_execution_that_is_lost() -> None:
    assert asked(judged(), flight("divergent")) == "divergent"
    assert asked(judged(), flight("divergent", on_the_way=False)) == "identical"


def test_no_way() -> None:
    assert verdict([LOOK], judged(), (WAY, None), (), (), ()) == "divergent"
    assert verdict([LOOK], judged(), (None, None), (), ("out of time",), ()) == "inconclusive"


def test_what_no_order_mends() -> None:
    assert verdict([LOOK], judged(), (WAY, WAY), (), (), ("a table is replaced",)) == "divergent"


@pytest.mark.parametrize(
    ("known", "flights"),
    [
        (judged(old="divergent"), ()),
        (judged(new="invalid"), ()),
        (judged(), (flight("divergent", name=CONTROL),)),
        (judged(), (flight("invalid"),)),
    ],
)
def test_a_control_that_fails_or_a_trial_of_nothing(
    known: Judged, flights: tuple[Flight, ...]
) -> None:
    assert asked(known, *flights) == "invalid"


def test_nothing_is_judged_without_scenarios() -> None:
    assert verdict([], judged(), (WAY, WAY), (), (), ()) == "invalid"


def test_what_was_left_undone() -> None:
    assert asked(judged(), problems=("2 were not done",)) == "inconclusive"


def test_a_combination_is_safe_if_all_of_its_trials_are() -> None:
    known = Judged(2)
    known.take([trial("identical", NOTHING), trial("identical")])
    assert known.safe == frozenset()  # one scenario is still lacking
    known.take([trial("identical", NOTHING), trial("divergent")])
    assert known.safe == {NOTHING}
    assert set(known.unsafe) == {FULL}
    assert [t.verdict for t in known.each()] == ["identical", "divergent"]

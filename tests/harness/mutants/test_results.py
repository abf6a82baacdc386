from __future__ import annotations

from dataclasses import replace

import pytest

from harness.mutants.model import PLANTED, UNTOUCHED, Edit, Family, Killed, Mutant, Tried
from harness.mutants.results import Campaign, Judged, Score

KILLED = Killed("scenarios", "drill", ("calls",), "calls[1]")


def tried(
    number: int, killed: Killed | None = KILLED, family: Family = "move", operator: str = "x"
) -> Tried:
    edit = Edit("x.py", number, number + 1, "y")
    mutant = Mutant(family, operator, "x.py", "f", (number,), (1, 9), "a", str(number), (edit,))
    return Tried(mutant, killed, 1, 1)


PLANT = tried(0, operator=PLANTED)
ALIVE = Tried(UNTOUCHED, None, 1, 1)


def judged(*found: Tried, reasons: dict[str, str] | None = None, **changes: object) -> Judged:
    whole = Campaign((PLANT, *found), len(found) + 1, 3, 5, 1.0, 0, False, (), (), ALIVE)
    return Judged(replace(whole, **changes), reasons or {})  # type: ignore[arg-type]


def test_all_of_the_move_s_own_must_be_found() -> None:
    assert judged(tried(1)).verdict == "within"
    assert judged(tried(1), tried(2, None)).verdict == "over"


def test_two_in_a_hundred_ordinary_ones_may_live() -> None:
    ordinary = [tried(n, family="ordinary") for n in range(1, 99)]
    two = [tried(n, None, "ordinary") for n in (99, 100)]
    assert judged(*ordinary, *two).verdict == "within"
    assert judged(*ordinary, *two, tried(101, None, "ordinary")).verdict == "over"


def test_equivalent_ones_are_not_counted_with_a_reason() -> None:
    lives = tried(2, None)
    found = judged(tried(1), lives, reasons={lives.mutant.key: "nobody reads it"})
    assert found.verdict == "within"
    assert found.score("move") == Score(2, 1, 1, 0)
    assert found.survivors() == []


def test_a_reason_for_what_is_found_makes_it_invalid() -> None:
    found = tried(1)
    wrong = judged(found, reasons={found.mutant.key: "nobody reads it"})
    assert wrong.verdict == "invalid"
    assert wrong.wrong == [found]


def test_reasons_without_a_mutant_are_told() -> None:
    assert judged(tried(1), reasons={"0" * 12: "long gone"}).unused == ["0" * 12]
    assert judged(tried(1), reasons={"0" * 12: "x"}, incomplete=True).unused == []


@pytest.mark.parametrize(
    "changes",
    [
        {"tried": (PLANT,)},
        {"tried": (tried(1),)},
        {"tried": (replace(PLANT, killed=None), tried(1))},
        {"problems": ("a worker died",)},
        {"diverging": ("drill",)},
        {"tried": (PLANT, replace(tried(1), problem="it does not compile"))},
    ],
)
def test_what_is_no_evidence(changes: dict[str, object]) -> None:
    assert judged(tried(1), **changes).verdict == "invalid"


def test_what_was_not_tried_is_not_decided() -> None:
    assert judged(tried(1), incomplete=True).verdict == "inconclusive"
    assert judged(tried(1), tried(2, None), incomplete=True).verdict == "inconclusive"


@pytest.mark.parametrize(
    "untouched",
    [None, replace(ALIVE, killed=KILLED), replace(ALIVE, problem="a worker was lost")],
)
def test_the_tree_as_it_is_must_live(untouched: Tried | None) -> None:
    assert judged(tried(1), untouched=untouched).verdict == "invalid"

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import pytest

from drs_refactor.declared_allowances import KINDS
from harness.mutants.facets import AT_ONCE, earned
from harness.mutants.model import Killed, Mutant, Tried
from harness.mutants.stages import Stages


def mutant(number: int) -> Mutant:
    return Mutant("move", "x", "x.py", "f", (1,), (1, 2), "a", "b", (), number)


def found(number: int, *facets: str, reaching: int = 0) -> Tried:
    return Tried(mutant(number), Killed("scenarios", "drill", facets, "x"), reaching)


class Fake:
    """Stages in which some mutants live without certain facets, and without more."""

    def __init__(self, living: Iterable[tuple[int, str]], *, interrupted: bool = False) -> None:
        self._living = [(number, set(facets.split())) for number, facets in living]
        self.asked: list[tuple[int, frozenset[str]]] = []
        self.interrupted = interrupted

    def through(
        self, mutants: Iterable[Mutant], tried: dict[Mutant, Tried], without: frozenset[str]
    ) -> None:
        for one in mutants:
            self.asked.append((one.number, without))
            lives = any(one.number == number and off <= without for number, off in self._living)
            tried[one] = Tried(one, None if lives else Killed("faults", "drill", ("ec2",), "x"))


def result(fake: Fake, *tried: Tried) -> dict[str, tuple[int | None, int, tuple[str, ...]]]:
    each = earned(cast(Stages, fake), {one.mutant: one for one in tried})
    assert [one.facet for one in each] == [kind for kind in KINDS if kind != "permission"]
    return {e.facet: (e.mutant.number if e.mutant else None, e.tried, e.behind) for e in each}


def test_a_mutant_that_only_this_facet_finds() -> None:
    fake = Fake([(2, "logs")])
    each = result(fake, found(2, "logs"), found(3, "drs"), Tried(mutant(5), None))
    assert each["logs"] == (2, 1, ())
    assert each["drs"] == (None, 1, ())
    assert each["state"] == (None, 0, ())
    assert sorted(number for number, _ in fake.asked) == [2, 3]


def test_a_facet_behind_another() -> None:
    """It must find what it is there for when the other is excused, and nobody without both."""
    fake = Fake([(1, "calls"), (2, "calls drs")])
    each = result(fake, found(1, "calls", "drs"), found(2, "calls", "drs"))
    assert each["drs"] == (2, 2, ("calls",))
    assert each["calls"] == (1, 2, ("drs",))


def test_a_refused_call_is_a_call_that_went_otherwise() -> None:
    fake = Fake([(1, "calls permission")])
    each = result(fake, found(1, "calls", "permission"))
    assert each["calls"] == (1, 1, ())


def test_what_differs_alone_and_what_little_reaches_is_tried_first() -> None:
    fake = Fake([(9, "logs"), (0, "logs"), (12, "logs state")])
    many = [found(number, "logs", reaching=100 - number) for number in range(10)]
    assert result(fake, found(12, "logs", "state"), *many)["logs"] == (9, AT_ONCE, ())


@pytest.mark.parametrize("interrupted", [True, False])
def test_no_more_once_time_is_up(interrupted: bool) -> None:
    fake = Fake([], interrupted=interrupted)
    many = [found(number, "logs") for number in range(10)]
    assert result(fake, *many)["logs"] == (None, 0 if interrupted else 10, ())

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
    """Stages in which some mutants live without a facet."""

    interrupted = False

    def __init__(self, living: Iterable[tuple[int, str]]) -> None:
        self._living = set(living)
        self.asked: list[tuple[int, str]] = []

    def through(
        self, mutants: Iterable[Mutant], tried: dict[Mutant, Tried], without: frozenset[str]
    ) -> None:
        (facet,) = without
        for one in mutants:
            self.asked.append((one.number, facet))
            lives = (one.number, facet) in self._living
            tried[one] = Tried(one, None if lives else Killed("faults", "drill", ("ec2",), "x"))


def result(fake: Fake, *tried: Tried) -> dict[str, tuple[int | None, int]]:
    each = earned(cast(Stages, fake), {one.mutant: one for one in tried})
    assert [one.facet for one in each] == list(KINDS)
    return {one.facet: (one.mutant.number if one.mutant else None, one.tried) for one in each}


def test_a_mutant_that_only_this_facet_finds() -> None:
    fake = Fake([(2, "logs")])
    alive = Tried(mutant(5), None)
    each = result(fake, found(1, "logs", "state"), found(2, "logs"), found(3, "drs"), alive)
    assert each["logs"] == (2, 1)
    assert each["drs"] == (None, 1)
    assert each["state"] == (None, 0)
    assert sorted(fake.asked) == [(2, "logs"), (3, "drs")]


def test_what_little_reaches_is_tried_first() -> None:
    fake = Fake([(9, "logs"), (0, "logs")])
    many = [found(number, "logs", reaching=100 - number) for number in range(10)]
    assert result(fake, *many)["logs"] == (9, AT_ONCE)


@pytest.mark.parametrize("interrupted", [True, False])
def test_no_more_once_time_is_up(interrupted: bool) -> None:
    fake = Fake([])
    fake.interrupted = interrupted
    many = [found(number, "logs") for number in range(10)]
    assert result(fake, *many)["logs"] == (None, 0 if interrupted else 10)

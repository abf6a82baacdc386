"""The players of a scenario on one stage: legacy, legacy again, refactored, and a legacy with more
to do; and what they played, round by round.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from random import Random
from statistics import median

from drs_refactor.errors import InputError
from harness.compute.edits import MORE, apart, loops_a_second, loops_of, planted
from harness.compute.results import EXECUTION, Paired, Play, Tape
from harness.compute.stage import Player, Stage
from harness.compute.tape import record
from harness.scenario import Scenario
from harness.sides import Sides

WARM_UP = 20
"""Plays of each player before any counts: Python's interpreter has specialised to the code then."""

TIMED = 100
"""Plays from which it is taken how much a tenth more is."""

ENOUGH = 0.0025
"""Seconds of tree code that a side plays at least in a round: few plays are little for a short
scenario."""

FEWEST, MOST = 6, 50
"""Plays of a side in a round. The fastest of them counts: all play the same, and what else the
machine does only adds. On two processors with two busy processes beside, the interval of 240 pairs
is a third as wide as that of means."""

LEGACY, AGAIN, REFACTORED, PLANTED = "legacy", "again", "refactored", "planted"
PLAYERS = (LEGACY, AGAIN, REFACTORED, PLANTED)


class Company:
    """Four players, warmed up. A control of its own containers and code shows more than a player
    that plays twice: where code and data come to lie in memory differs too.
    """

    def __init__(self, sides: Sides, scenario: Scenario, more: float = MORE) -> None:
        """`more` is what the planted player has to do on top, as a share. Raises InputError if the
        scenario cannot be played, or goes otherwise on one side.
        """
        tape, other = record(sides.legacy, scenario), record(sides.refactored, scenario)
        check_alike(tape, other)
        self._tape, self._stage = tape, Stage()
        self._plays: dict[str, list[Play]] = {name: [] for name in PLAYERS}
        with self._stage, quiet():
            legacy = Player(self._stage, apart(sides.legacy, LEGACY), tape)
            timed = [(legacy.play(), loops_a_second()) for _ in range(WARM_UP + TIMED)]
            self.times = _times([play.seconds for play, _ in timed[WARM_UP:]])
            busy = planted(apart(sides.legacy, PLANTED), loops_of(timed[WARM_UP:], more))
            self._players = {
                LEGACY: legacy,
                AGAIN: Player(self._stage, apart(sides.legacy, AGAIN), tape),
                REFACTORED: Player(self._stage, apart(sides.refactored, REFACTORED), other),
                PLANTED: Player(self._stage, busy, tape),
            }
            for player in self._players.values():
                for _ in range(WARM_UP):
                    player.play()

    def play(self, rng: Random, rounds: int, names: Sequence[str] = PLAYERS) -> None:
        """Let those of these names play until there are so many rounds, each round in an order of
        its own, in which each plays `times` times. Pairs are of one round: noise lasts longer.
        """
        with self._stage, quiet():
            while len(self._plays[names[0]]) < rounds * self.times:
                order = [*names] * self.times
                rng.shuffle(order)
                for name in order:
                    self._plays[name].append(self._players[name].play())
                gc.collect(0)

    def last(self, name: str) -> Play:
        """The last play of one."""
        return self._plays[name][-1]

    def plumbing(self, name: str) -> float:
        """Seconds of a play that were taken out, as a median."""
        return median(play.plumbing for play in self._plays[name])

    def seconds(self, name: str, level: str = EXECUTION) -> tuple[float, ...]:
        """What one took for the steps of a level, round by round: in the fastest play of each."""
        each = [self._tape.seconds(level, play) for play in self._plays[name]]
        starts = range(0, len(each), self.times)
        return tuple(min(each[start : start + self.times]) for start in starts)

    def paired(self) -> tuple[Paired, ...]:
        """The pairs so far: of the execution, and of each action."""
        return tuple(
            Paired(
                level,
                self._tape.invocations(level),
                **{name: self.seconds(name, level) for name in PLAYERS},
            )
            for level in (EXECUTION, *self._tape.labels)
        )


def _times(seconds: Sequence[float]) -> int:
    """Plays that take ENOUGH together."""
    return min(MOST, max(FEWEST, ceil(ENOUGH / median(seconds))))


def check_alike(legacy: Tape, refactored: Tape) -> None:
    """Raise InputError unless both sides take the same steps."""
    if [step.label for step in legacy.steps] != [step.label for step in refactored.steps]:
        raise InputError(
            f"{legacy.scenario} takes {len(legacy.steps)} steps on legacy and "
            f"{len(refactored.steps)} on refactored, or others: there is nothing to compare",
            mend=f"Compare the trees first: drs-refactor verify --scenario {legacy.scenario}",
        )


@contextmanager
def quiet() -> Iterator[None]:
    """No search for garbage while it is measured, and none in what was there before: in moto's and
    botocore's models it takes as long as ten plays.
    """
    was_enabled = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()

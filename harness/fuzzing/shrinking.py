"""A divergent case made small: parts are left out and values made simpler as long as the trees
still differ at the same place.

By its data rather than by Hypothesis's choices: stored cases and scenarios of files have no
choices, and what a change leaves of a scenario that somebody wrote can be left out too.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from drs_refactor.errors import InputError
from harness.checked import Mistake, checked
from harness.faults.judge import compared
from harness.fuzzing.compact import compact
from harness.fuzzing.mutations import TEXT, Place, at, closed, opened
from harness.fuzzing.results import Data, Key
from harness.fuzzing.strategies import apart
from harness.fuzzing.trial import Misfit, check, key_of
from harness.run import run
from harness.scenario import Scenario
from harness.sides import Sides

TRIES = 300
"""Runs on both trees that one case may take."""

_LIMIT = "history_limit"

_ENOUGH = 24
"""Letters of a text that need not be shorter."""


def shrink(sides: Sides, scenario: Scenario, key: Key, tries: int = TRIES) -> tuple[Scenario, int]:
    """The smallest scenario found that differs at the same place, and the tries that it took."""
    trial = _Trial(sides, scenario, key, tries)
    whole = compact(scenario)
    # Where the trees differ only by two things at one instant, the instants stay.
    tidy = apart if trial.differs(apart(whole)) else copy.deepcopy
    data = _smallest(opened(tidy(whole)), trial, tidy)
    short = {key: value for key, value in data.items() if key != _LIMIT}
    # Once only: without a limit of its own, what goes round in circles takes 25,000 events.
    if len(short) < len(data) and trial.differs(tidy(closed(short))):
        data = short
    return trial.scenario_of(tidy(closed(data))), trial.made


class _Trial:
    """Runs candidates and counts. A candidate that takes more steps is none."""

    def __init__(self, sides: Sides, scenario: Scenario, key: Key, tries: int) -> None:
        self._sides, self._scenario, self._key, self._tries = sides, scenario, key, tries
        self._steps: int | None = None
        self._known: set[str] = set()
        self.made = 0

    @property
    def is_over(self) -> bool:
        return self.made >= self._tries

    def scenario_of(self, data: Data) -> Scenario:
        return checked({**data, "name": self._scenario.name, "shows": self._scenario.shows})

    def differs(self, data: Data) -> bool:
        """True if the trees still differ at the place. False for what was tried before."""
        text = json.dumps(data, sort_keys=True)
        if text in self._known or self.is_over:
            return False
        self._known.add(text)
        try:
            scenario = self.scenario_of(data)
            check(self._sides, scenario)
        except (Mistake, Misfit, InputError):
            return False
        self.made += 1
        try:
            legacy = run(self._sides.legacy, scenario)
            refactored = run(self._sides.refactored, scenario)
        except Exception:  # nothing that the account can be seeded with
            return False
        if self._steps is not None and len(legacy.steps) > self._steps:
            return False
        rules, faults = self._sides.rules, scenario.faults
        found = compared(legacy, refactored, rules, faults).divergences
        if not found or key_of(found[0]) != self._key:
            return False
        self._steps = len(legacy.steps)
        return True


def _smallest(data: Data, trial: _Trial, tidy: Callable[[Data], Data]) -> Data:
    """Take every smaller version that still differs, until none does."""
    changed = True
    while changed and not trial.is_over:
        changed = False
        for passed in (_fewer_events, _without_parts, _without_items, _without_keys, _simpler):
            smaller = _taken(data, passed, trial, tidy)
            changed = changed or smaller is not data
            data = smaller
    return data


def _taken(
    data: Data,
    passed: Callable[[Data], Iterator[Data]],
    trial: _Trial,
    tidy: Callable[[Data], Data],
) -> Data:
    """One pass, which goes on at the place where it found something."""
    place = 0
    while True:
        whole = _weight(tidy(closed(data)))
        for number, candidate in enumerate(islice(passed(data), place, None), place):
            tidied = tidy(closed(candidate))
            if _weight(tidied) < whole and trial.differs(tidied):
                data, place = candidate, number
                break
        else:
            return data


def _size(data: Any) -> int:
    return len(json.dumps(data))


def _weight(data: Data) -> tuple[int, str]:
    """What gets less at every step: the length, and of equally long ones 0 is less than 5."""
    text = json.dumps(data)
    return len(text), text


def _fewer_events(data: Data) -> Iterator[Data]:
    """With less happening, which makes every later try cheaper."""
    for key in _EVENTS:
        if key in data:
            yield {name: value for name, value in data.items() if name != key}
            yield from _shorter(data, (key,))


_EVENTS = ("faults", "start", "invoke", "jobs")


def _without_parts(data: Data) -> Iterator[Data]:
    """Without one of what a scenario has: all servers, the start, a table, the first half…"""
    for key in sorted(data.keys() - {_LIMIT}, key=lambda key: -_size(data[key])):
        yield {name: value for name, value in data.items() if name != key}


def _without_items(data: Data) -> Iterator[Data]:
    """Shorter lists, the longest parts left out first."""
    places = [p for p in _all(data) if isinstance(at(data, p), list)]
    for place in sorted(places, key=lambda p: -_size(at(data, p))):
        yield from _shorter(data, place)


def _shorter(data: Data, place: Place) -> Iterator[Data]:
    """Without parts of a list: halves, quarters, single items, the last ones first."""
    items = at(data, place)
    length = len(items) if isinstance(items, list) else 0
    while length:
        for begin in reversed(range(0, len(items), length)):
            yield _with(data, place, items[:begin] + items[begin + length :])
        length //= 2


def _without_keys(data: Data) -> Iterator[Data]:
    """Without one key of a mapping, the largest values first."""
    places = [p for p in _all(data) if isinstance(at(data, p[:-1]), dict) and p != (_LIMIT,)]
    for place in sorted(places, key=lambda p: -_size(at(data, p))):
        changed = copy.deepcopy(data)
        del at(changed, place[:-1])[place[-1]]
        yield changed


def _simpler(data: Data) -> Iterator[Data]:
    """With one value made simpler."""
    for place in _all(data):
        value = at(data, place)
        choices: tuple[Any, ...] = ()
        if isinstance(value, str) and len(value) > _ENOUGH:
            choices = ("", "x", value[: len(value) // 2])
        elif isinstance(value, int | float) and not isinstance(value, bool):
            choices = (0, 1, int(value)) if abs(value) < 1e15 else (0, 1)
        elif isinstance(value, dict) and len(value) == 1 and len(place) > 3 and TEXT not in value:
            choices = tuple(value.values())
        for choice in choices:
            yield _with(data, place, choice)


def _all(data: Any, place: Place = ()) -> Iterator[Place]:
    """Every place in the data, outer ones first."""
    if place:
        yield place
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _all(value, (*place, key))
    elif isinstance(data, list):
        for number, value in enumerate(data[:_FIRST]):
            yield from _all(value, (*place, number))


_FIRST = 20
"""Items of a list that are made simpler; longer ones get shorter first."""


def _with(data: Data, place: Place, value: Any) -> Data:
    changed = copy.deepcopy(data)
    at(changed, place[:-1])[place[-1]] = value
    return changed

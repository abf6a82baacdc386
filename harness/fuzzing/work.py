"""What a worker of a fuzz campaign does: look, draw and run, shrink."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path

from drs_refactor.errors import InputError
from drs_refactor.migration import load
from harness import scenario_files
from harness.checked import Mistake, checked
from harness.fuzzing.results import Batch, Called, Data, Look, Ran, Refused, Shrink, Shrunk, Tried
from harness.fuzzing.trial import Misfit, check, try_case
from harness.one_scenario import sides_of, verify_scenario
from harness.results import Trees
from harness.run import run
from harness.scenario import Scenario
from harness.sides import Sides

# Hypothesis keeps what it mines in a folder of the current one otherwise.
os.environ.setdefault(
    "HYPOTHESIS_STORAGE_DIRECTORY", str(Path(tempfile.gettempdir()) / "drs-refactor-hypothesis")
)
from harness.fuzzing.shrinking import shrink
from harness.fuzzing.strategies import (
    Ground,
    can_have_plans,
    drawn,
    kept_by,
    prepared,
)

CONTROL_EVERY = 50
"""One case of so many is also run on legacy twice."""

TRIES = 25
"""How often a case is drawn again that does not fit."""


def do(task: object) -> object:
    """Do one task, in this process."""
    if isinstance(task, Look):
        return called_in(task)
    if isinstance(task, Batch):
        return run_batch(task)
    assert isinstance(task, Shrink)
    sides = sides_of(task.trees)
    small, tries = shrink(sides, task.scenario, task.key)
    return Shrunk(verify_scenario(sides, small), tries)


def called_in(look: Look) -> Counter[Called]:
    """The operations that legacy calls in these scenarios, with account and region."""
    sides = sides_of(look.trees)
    found: Counter[Called] = Counter()
    for scenario in look.seeds:
        try:
            recording = run(sides.legacy, small(scenario))
        except (InputError, Mistake):
            continue
        found.update((call.name, call.account, call.region) for call in recording.calls)
    return found


def small(scenario: Scenario) -> Scenario:
    """A scenario as it is changed and run: never a large one."""
    data = prepared(json.loads(json.dumps(scenario.as_case())))
    return checked({**data, "name": scenario.name, "shows": scenario.shows})


def run_batch(batch: Batch) -> Tried:
    """Run the cases of a batch: the stored ones, or those of its numbers."""
    sides = sides_of(batch.trees)
    ran: list[Ran] = []
    refused: list[Refused] = []
    if batch.stored:
        for number, scenario in zip(batch.numbers, batch.stored, strict=True):
            _run(sides, number, partial(_itself, scenario), ran, refused)
        return Tried(tuple(ran), tuple(refused))
    draw = _drawn(batch.trees, batch.called)

    def case(number: int, attempt: int) -> Scenario:
        data = draw(_seed(batch.seed, number, attempt))
        name = f"fuzz-{batch.seed}-{number}"
        return checked({**data, "name": name, "shows": "Drawn by fuzz."})

    for number in batch.numbers:
        for attempt in range(TRIES):
            if _run(sides, number, partial(case, number, attempt), ran, refused):
                break
    return Tried(tuple(ran), tuple(refused))


def _itself(scenario: Scenario) -> Scenario:
    return scenario


def _run(
    sides: Sides,
    number: int,
    case: Callable[[], Scenario],
    ran: list[Ran],
    refused: list[Refused],
) -> bool:
    """Run one case; False if it is none."""
    try:
        scenario = case()
        check(sides, scenario)
        found = try_case(sides, number, scenario, control=number % CONTROL_EVERY == 0)
    except (Misfit, Mistake) as error:
        refused.append(Refused(number, str(error)))
        return False
    except InputError as error:
        refused.append(Refused(number, error.what.partition(": ")[2] or error.what))
        return False
    except Exception as error:  # legacy ran it, the other tree or the comparison does not
        ran.append(Ran(number, scenario, problem=f"{type(error).__name__}: {error}"))
        return True
    ran.append(found)
    return True


def _seed(seed: int, number: int, attempt: int) -> int:
    """A case's own seed, whichever worker draws it and whatever it drew before."""
    digest = hashlib.sha256(f"{seed}/{number}/{attempt}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


@lru_cache(maxsize=4)
def _drawn(trees: Trees, called: tuple[Called, ...]) -> Callable[[int], Data]:
    return drawn(ground_of(trees, called))


def ground_of(trees: Trees, called: tuple[Called, ...]) -> Ground:
    """What cases are drawn from, for these trees."""
    legacy = sides_of(trees).legacy
    seeds = tuple(
        prepared(json.loads(json.dumps(scenario.as_case())))
        for scenario in scenario_files.of(load(trees.config))
    )
    return Ground(seeds, called, kept_by(legacy), can_have_plans(legacy))

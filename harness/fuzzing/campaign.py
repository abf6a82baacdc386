"""A fuzz campaign: look which operations the tree calls, draw and run, shrink what differs."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import isqrt

from drs_refactor.errors import InputError
from drs_refactor.migration import load
from harness import scenario_files
from harness.executor import Lost, Workers
from harness.fuzzing.results import (
    Batch,
    Called,
    Campaign,
    Group,
    Key,
    Look,
    Ran,
    Refused,
    Shrink,
    Shrunk,
    Tried,
)
from harness.results import Trees
from harness.scenario import Scenario
from harness.sides import read_sides

BATCH = 10
"""Cases that a worker is given at once."""

LOOKED_AT = 24
"""Scenarios that are run to see what the tree calls."""

SHRUNK = 12
"""Kinds of divergences that are shrunk; a tree that is all wrong has hundreds."""


def campaign(
    trees: Trees,
    examples: int,
    seed: int,
    on_result: Callable[[int, int, str], None] = lambda *_: None,
    stored: Sequence[Scenario] = (),
) -> Campaign:
    """Run so many drawn cases, or the `stored` ones; `on_result` is told how many of how many are
    done, and what is.

    Raises InputError for trees that cannot be read, or for which there is nothing to draw from.
    Interrupted, it gives what is done.
    """
    began = time.perf_counter()
    ran: list[Ran] = []
    refused: list[Refused] = []
    problems: list[str] = []
    asked = len(stored) or examples
    with Workers(_work, warm_up=_import, count=os.cpu_count() or 1) as workers:
        read_sides(trees)
        called, interrupted = ((), False) if stored else _called(workers, trees)
        batches = list(_batches(trees, seed, examples, called, stored))

        def told(_: int, result: object) -> None:
            if isinstance(result, Lost):
                problems.append(str(result))
            elif isinstance(result, Tried):
                ran.extend(result.ran)
                refused.extend(result.refused)
                on_result(len(ran), asked, "cases")

        if not interrupted:
            interrupted = workers.run(batches, told).interrupted
        ran.sort(key=lambda one: one.number)
        refused.sort(key=lambda one: one.number)
        running = time.perf_counter() - began
        groups: list[Group] = []
        left = 0
        if not interrupted:
            groups, left, interrupted = _groups(workers, trees, ran, problems, on_result)
    problems += [f"{one.scenario.name}: {one.problem}" for one in ran if one.problem]
    return Campaign(
        _verdict(ran, problems, interrupted=interrupted),
        seed,
        asked,
        tuple(ran),
        tuple(refused),
        tuple(groups),
        left,
        running,
        time.perf_counter() - began - running,
        interrupted,
        tuple(problems),
    )


def _work(task: object) -> object:
    from harness.fuzzing.work import do

    return do(task)


def _import() -> None:
    import harness.fuzzing.work  # noqa: F401


def _called(workers: Workers[object, object], trees: Trees) -> tuple[tuple[Called, ...], bool]:
    """The operations that legacy calls, from a first look at some of the scenarios."""
    seeds = scenario_files.of(load(trees.config))
    if not seeds:
        raise InputError(
            "there is no scenario to draw others from",
            path=trees.config,
            mend="Write one and name its file: [scenarios] files",
        )
    chosen = seeds[:: -(-len(seeds) // LOOKED_AT)]
    looks = [Look(trees, tuple(chosen[n : n + 5])) for n in range(0, len(chosen), 5)]
    done = workers.run(looks, lambda *_: None)
    found: Counter[Called] = Counter()
    for called in done.results:
        if isinstance(called, Counter):
            found.update(called)
    # What is called ten times as often is struck some three times as often.
    weighted = [one for one, count in sorted(found.items()) for _ in range(isqrt(count))]
    return tuple(weighted), done.interrupted


def _batches(
    trees: Trees,
    seed: int,
    examples: int,
    called: tuple[Called, ...],
    stored: Sequence[Scenario],
) -> Iterable[Batch]:
    for start in range(0, len(stored) or examples, BATCH):
        end = min(start + BATCH, len(stored) or examples)
        numbers = tuple(range(start, end))
        yield Batch(trees, seed, numbers, called, tuple(stored[start:end]))


def _groups(
    workers: Workers[object, object],
    trees: Trees,
    ran: list[Ran],
    problems: list[str],
    on_result: Callable[[int, int, str], None],
) -> tuple[list[Group], int, bool]:
    """The divergent cases by what they have in common, each group's smallest one shrunk."""
    alike: dict[Key, list[Ran]] = {}
    for one in ran:
        if one.key is not None:
            alike.setdefault(one.key, []).append(one)
    # What most cases show comes first, and of these the one that did least.
    chosen = sorted(alike.items(), key=lambda pair: -len(pair[1]))[:SHRUNK]
    tasks = [
        Shrink(trees, min(ones, key=lambda one: (one.calls, one.number)).scenario, key)
        for key, ones in chosen
    ]
    finished: list[int] = []

    def told(number: int, _: object) -> None:
        finished.append(number)
        on_result(len(finished), len(tasks), "shrunk")

    done = workers.run(tasks, told)
    groups: dict[tuple[Key, str] | tuple[str, str], Group] = {}
    for (key, ones), shrunk in zip(chosen, done.results, strict=True):
        if isinstance(shrunk, Lost):
            problems.append(f"shrinking {key[1]}: {shrunk}")
        if not isinstance(shrunk, Shrunk):
            continue
        place = _place(shrunk)
        # One place to blame is one group, however many ways lead there.
        what = (key[0], place) if place else (key, "")
        cases = tuple(one.number for one in ones)
        known = groups.get(what)
        groups[what] = _joined(known, Group(key, place, cases, shrunk))
    return list(groups.values()), len(alike) - len(chosen), done.interrupted


def _joined(known: Group | None, new: Group) -> Group:
    """Two groups as one, by the smaller case."""
    if known is None:
        return new
    size = [len(str(group.shrunk.result.scenario.as_case())) for group in (known, new)]
    small = known if size[0] <= size[1] else new
    return Group(small.key, small.place, (*known.cases, *new.cases), small.shrunk)


def _place(shrunk: Shrunk) -> str:
    """The place that is blamed: the first suspect's, else that of the call."""
    if shrunk.result.suspects:
        return shrunk.result.suspects[0].place
    found = shrunk.result.findings
    return found[0].divergence.refactored_place if found else ""


def _verdict(ran: list[Ran], problems: list[str], *, interrupted: bool) -> str:
    """Nothing is judged by cases in which nothing was called, or by a legacy that differs from
    itself.
    """
    controls = {one.control for one in ran} - {"not run"}
    if problems or controls - {"identical"} or not sum(one.calls for one in ran):
        return "invalid"
    if any(one.key is not None for one in ran):
        return "divergent"
    return "inconclusive" if interrupted else "identical"

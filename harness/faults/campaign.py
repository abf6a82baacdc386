"""A fault run: look at every scenario, then strike, what is new first, then race, then strike again
what was struck elsewhere, while the budget lasts.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from functools import partial

from harness.executor import Lost, Workers
from harness.faults.results import Batch, Campaign, Look, Strike, Struck
from harness.races.moments import races
from harness.races.results import Race, Raced
from harness.results import Trees
from harness.scenario import Scenario

BUDGET = 240.0
"""Seconds in all, if nothing else is said."""

BATCH = 12
"""Strikes of one scenario that a worker is given at once."""


def campaign(
    trees: Trees,
    scenarios: Iterable[Scenario],
    on_result: Callable[[int, int], None],
    budget: float = BUDGET,
    *,
    again: bool = True,
) -> Campaign:
    """Strike all scenarios; `on_result` is told how many of how many are done. Without `again`,
    every different strike is made once.

    Raises InputError for trees that cannot be read. Interrupted, it gives what is done.
    """
    began = time.perf_counter()
    chosen = list(scenarios)
    struck: list[Struck] = []
    raced: list[Raced] = []
    problems: list[str] = []
    with Workers(_work, warm_up=_import, count=os.cpu_count() or 1) as workers:
        looked = workers.run([(trees, s) for s in chosen], lambda *_: None)
        looks = [
            look if isinstance(look, Look) else Look(scenario, (), 0, _why(look))
            for look, scenario in zip(looked.results, chosen, strict=True)
        ]
        new, others = _batches(trees, looks)
        racing = list(races(trees, [look.scenario for look in looks if not look.diverges]))
        others = others if again else []
        asked = sum(len(batch.strikes) for batch in (*new, *others))

        def told(_: int, result: object) -> None:
            if isinstance(result, Lost):
                problems.append(str(result))
            elif isinstance(result, Raced):
                raced.append(result)
            elif isinstance(result, list):
                struck.extend(result)
                on_result(len(struck), asked)

        is_over = partial(_is_over, began + budget)
        workers.run([*new, *racing, *others], told, until=is_over)
    things = {strike.novelty for look in looks for strike in look.strikes}
    tried = {one.strike.novelty for one in struck}
    complete = things == tried and len(raced) == len(racing)
    return Campaign(
        _verdict(looks, struck, raced, problems, complete),
        tuple(looks),
        tuple(struck),
        asked,
        len(things),
        len(tried),
        time.perf_counter() - began,
        tuple(raced),
        len(racing),
        tuple(problems),
    )


def _work(task: object) -> object:
    from harness.faults.strikes import look, strike_all
    from harness.races.race import race

    if isinstance(task, Batch):
        return strike_all(task)
    if isinstance(task, Race):
        return race(task)
    assert isinstance(task, tuple)
    return look(*task)


def _import() -> None:
    import harness.faults.strikes
    import harness.races.race  # noqa: F401


def _is_over(end: float) -> bool:
    return time.perf_counter() > end


def _why(look: object) -> str:
    return look.why if isinstance(look, Lost) else "it was not looked at"


def _batches(trees: Trees, looks: list[Look]) -> tuple[list[Batch], list[Batch]]:
    """Every different strike once, and the same ones in the other scenarios."""
    seen: set[tuple[str, ...]] = set()
    new: list[tuple[Look, list[Strike]]] = []
    rest: list[tuple[Look, list[Strike]]] = []
    # Those of the smallest scenarios first, so that most are done when the budget ends.
    for look in sorted(looks, key=lambda look: (look.fails, look.calls)):
        first: list[Strike] = []
        others: list[Strike] = []
        for strike in look.strikes:
            (others if strike.novelty in seen else first).append(strike)
            seen.add(strike.novelty)
        new.append((look, first))
        rest.append((look, others))
    return list(_cut(trees, new)), list(_cut(trees, rest))


def _cut(trees: Trees, found: list[tuple[Look, list[Strike]]]) -> Iterable[Batch]:
    for look, strikes in found:
        for start in range(0, len(strikes), BATCH):
            yield Batch(trees, look.scenario, tuple(strikes[start : start + BATCH]))


def _verdict(
    looks: list[Look],
    struck: list[Struck],
    raced: list[Raced],
    problems: list[str],
    complete: bool,
) -> str:
    verdicts = {one.verdict for one in struck}
    if problems or "invalid" in verdicts:
        return "invalid"
    new = any(one.new for one in raced)
    if new or "divergent" in verdicts or any(look.diverges for look in looks):
        return "divergent"
    if not struck:
        return "invalid"
    return "identical" if complete else "inconclusive"

"""Pictures of a sign-off: pairs of timings, one hand-over, facets, combinations of versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from drs_refactor.declared_allowances import KINDS
from harness.bench.draws import Pair
from harness.bench.pace import Charge
from harness.compute.pairs import BAND
from harness.compute.results import Compute
from harness.elsewhere import DEPLOYMENT
from harness.reports.svg import Picture, Scale
from harness.results import ScenarioResult

_LEFT, _RIGHT, _ROW = 250, 780, 18


def facets(rows: Sequence[tuple[str, Mapping[str, int]]], heads: Sequence[str]) -> str:
    """Operators by facets: the more were found by a facet, the more of its square is filled."""
    size = 22
    left = 330
    picture = Picture(left + size * len(heads) + 70, 110 + size * len(rows), "operators by facets")
    for column, head in enumerate(heads):
        picture.turned(left + column * size + 15, 100, head)
    for number, (operator, counts) in enumerate(rows):
        top = 106 + number * size
        picture.text(left - 8, top + 15, operator, "end")
        most = max(counts.values(), default=1)
        for column, head in enumerate(heads):
            count = counts.get(head, 0)
            picture.line(left + column * size, top, left + column * size, top + size, "grid")
            if count:
                side = 5 + (size - 7) * count / most
                gap = (size - side) / 2
                picture.rectangle(left + column * size + gap, top + gap, side, side, "good")
    return picture.written()


def scenarios(results: Sequence[ScenarioResult]) -> str:
    """Scenarios by facets of the comparison: green where both sides are alike, red where not."""
    size, left, top = 11, 330, 90
    kinds = [kind for kind in KINDS if kind != DEPLOYMENT]
    picture = Picture(
        left + size * len(kinds) + 60, top + size * len(results) + 10, "scenarios by facets"
    )
    for column, kind in enumerate(kinds):
        picture.turned(left + column * size + 8, top - 6, kind)
    for number, result in enumerate(results):
        differing = {finding.divergence.kind for finding in result.findings}
        y = top + number * size
        picture.text(left - 8, y + size - 2, result.name, "end small")
        for column, kind in enumerate(kinds):
            shown = "bad" if kind in differing else "good" if result.steps else "unsure"
            picture.rectangle(left + column * size + 1, y + 1, size - 2, size - 2, shown)
    return picture.written()


def paired(found: Compute) -> str:
    """Each pair's ratio as they were measured, legacy against itself beside it, and the band."""
    execution = found.paired[0]
    picture = Picture(800, 300, f"pairs of tree code: {found.verdict}")
    pairs = list(zip(execution.legacy, execution.refactored, execution.again, strict=True))
    ratios = [new / old for old, new, _ in pairs]
    controls = [again / old for old, _, again in pairs]
    high = max(BAND * 1.05, *sorted(ratios)[: max(1, int(0.98 * len(ratios)))])
    low = min(1 / BAND / 1.05, *sorted(controls)[len(controls) // 50 :])
    across, up = Scale(0, max(1, len(pairs) - 1), 60, 780), Scale(low, high, 270, 30)
    told = "refactored / legacy (orange), legacy / legacy (blue), band ±5 %"
    picture.text(10, 18, f"tree code, pair by pair: {told}", "title")
    picture.rectangle(60, up(BAND), 720, up(1 / BAND) - up(BAND), "band")
    for tick in up.ticks():
        picture.line(60, up(tick), 780, up(tick), "grid")
        picture.text(52, up(tick) + 4, f"{tick:.3g}", "end small")
    for kind, values in (("legacy", controls), ("refactored", ratios)):
        for number, value in enumerate(values):
            picture.dot(across(number), up(value), kind)
        picture.line(60, up(median(values)), 780, up(median(values)), f"mark {kind}")
    picture.text(60, 292, f"{len(pairs)} pairs; a line at each median", "small")
    return picture.written()


def waterfall(example: Pair) -> str:
    """One hand-over, from the action that sees the last launch to the next StartRecovery."""
    sides = [("legacy", example.legacy.handed), ("refactored", example.refactored.handed)]
    rows = [max(1, len(charges)) for _, charges in sides]
    picture = Picture(800, 90 + _ROW * sum(rows) + 40, "one hand-over, legacy and refactored")
    longest = max((_end(charges) for _, charges in sides), default=0.0) or 1.0
    scale = Scale(0, longest, _LEFT, _RIGHT)
    picture.text(10, 18, "from the last server launched, seen, to the next StartRecovery", "title")
    top = 40.0
    for side, charges in sides:
        picture.text(10, top, f"{side}: {_end(charges):.3f} s", "title")
        top += 6
        for tick in scale.ticks():
            picture.line(scale(tick), top, scale(tick), top + _ROW * max(1, len(charges)), "grid")
        begin = charges[0].at if charges else 0.0
        for charge in charges:
            at = scale(charge.at - begin)
            width = max(1.0, scale(charge.at - begin + charge.seconds) - at)
            picture.rectangle(at, top + 3, width, _ROW - 6, side)
            cause = f"{charge.cause}: {charge.what}" if charge.what else charge.cause
            picture.text(_LEFT - 6, top + 13, cause[:44], "end small")
            top += _ROW
        if not charges:
            picture.text(_LEFT, top + 13, "there was no hand-over in this run", "small")
            top += _ROW
        top += 26
    for tick in scale.ticks():
        picture.text(scale(tick), top - 6, f"{tick:g} s", "middle small")
    return picture.written()


def _end(charges: Sequence[Charge]) -> float:
    return charges[-1].at + charges[-1].seconds - charges[0].at if charges else 0.0


def combinations(parts: Sequence[str], rows: Sequence[tuple[frozenset[str], str]]) -> str:
    """Which parts are new in each combination, and whether it is safe."""
    size = 20
    left, top = 60, 150
    width = max(360, left + size * len(parts) + 150)
    picture = Picture(width, top + size * len(rows) + 20, "combinations of versions")
    for column, part in enumerate(parts):
        picture.turned(left + column * size + 14, top - 8, part)
    for number, (new, verdict) in enumerate(rows):
        y = top + number * size
        kind = "good" if verdict == "identical" else "bad" if verdict == "divergent" else "unsure"
        picture.text(left - 8, y + 14, f"{number + 1}", "end small")
        for column, part in enumerate(parts):
            side = "refactored" if part in new else "legacy"
            picture.rectangle(left + column * size + 2, y + 2, size - 4, size - 4, side)
        x = left + size * len(parts) + 8
        picture.rectangle(x, y + 2, size - 4, size - 4, kind)
        picture.text(x + 24, y + 14, "safe" if kind == "good" else verdict, "small")
    return picture.written()

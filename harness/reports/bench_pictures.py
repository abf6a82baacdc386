"""A benchmark as pictures: the levels against their bands, how cost grows, and the power of the
verdict on tree code.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.bench.growth import DIMENSIONS, MEASURES, Curve
from harness.bench.results import Bench
from harness.compute.results import PowerPoint
from harness.reports.svg import Picture, Scale

KINDS = {"within": "good", "over": "bad", "faster": "bad", "inconclusive": "unsure"}
_LEFT, _RIGHT, _ROW = 300, 760, 26
_AXIS = 48


def levels(found: Bench) -> str:
    """Each level's ratio with its interval and the band; each wait's added seconds and budget."""
    ratios = [
        (level.name, level.ratio.value, level.ratio.low, level.ratio.high, level.verdict)
        for level in found.levels
    ]
    waits = [
        (b.title, b.added.value, b.added.low, b.added.high, b.verdict if b.decides else "")
        for b in found.budgets
    ]
    picture = Picture(
        780,
        120 + _ROW * (len(ratios) + len(waits)),
        f"refactored against legacy by level: {found.verdict}",
    )
    band = found.gates.execution
    low = min([1 / (1 + 2 * band), *(row[2] for row in ratios)])
    high = max([1 + 2 * band, *(row[3] for row in ratios)])
    picture.text(10, 18, "refactored / legacy, with 95 % intervals and the band", "title")
    _rows(picture, 30, ratios, Scale(low, high, _LEFT, _RIGHT), (1 / (1 + band), 1 + band))
    top = 30 + _ROW * len(ratios) + 45
    limits = [budget.limit for budget in found.budgets if budget.limit is not None]
    most = max([1.0, *limits, *(row[3] for row in waits)])
    least = min([0.0, *(row[2] for row in waits)])
    picture.text(10, top - 12, "seconds added to what people wait for, and the budget", "title")
    scale = Scale(least, most, _LEFT, _RIGHT)
    _rows(picture, top, waits, scale, (least, max(limits, default=most)))
    return picture.written()


def _rows(
    picture: Picture,
    top: float,
    rows: Sequence[tuple[str, float, float, float, str]],
    scale: Scale,
    band: tuple[float, float],
) -> None:
    bottom = top + _ROW * len(rows)
    begin, end = map(scale, band)
    picture.rectangle(begin, top, end - begin, bottom - top, "band")
    for tick in scale.ticks():
        picture.line(scale(tick), top, scale(tick), bottom, "grid")
        picture.text(scale(tick), bottom + 13, f"{tick:g}", "small middle")
    for number, (name, value, low, high, verdict) in enumerate(rows):
        y = top + _ROW * (number + 0.5)
        kind = KINDS.get(verdict, "axis")
        picture.text(_LEFT - 10, y + 4, name, "end")
        picture.line(scale(low), y, scale(high), y, f"mark {kind}")
        picture.dot(scale(value), y, kind)


def growth(curves: Sequence[Curve]) -> str:
    """Each measure by each dimension, both sides, on logarithmic axes."""
    wide, high = 290, 150
    picture = Picture(
        wide * len(MEASURES) + 20, high * len(DIMENSIONS) + 40, "how cost grows, both sides"
    )
    picture.text(10, 18, "how cost grows, on logarithmic axes", "title")
    for x, side in ((270, "legacy"), (370, "refactored")):
        picture.line(x, 14, x + 30, 14, f"line {side}")
        picture.text(x + 38, 18, side)
    for curve in curves:
        x = 10 + wide * MEASURES.index(curve.measure)
        y = 30 + high * list(DIMENSIONS).index(curve.dimension)
        _curve(picture, curve, x, y, wide - 20, high - 20)
    return picture.written()


def _curve(picture: Picture, curve: Curve, x: float, y: float, wide: float, high: float) -> None:
    legacy, refactored = curve.orders
    both = [*curve.legacy, *curve.refactored]
    across = Scale(1, curve.sizes[-1], x + _AXIS, x + wide, logarithmic=True)
    up = Scale(
        (min(both) or 0.1) / 1.2, (max(both) or 1.0) * 1.2, y + high - 15, y + 15, logarithmic=True
    )
    picture.text(x + _AXIS, y + 10, f"{curve.measure}, {curve.dimension}", "small")
    picture.line(x + _AXIS, y + high - 15, x + wide, y + high - 15, "axis")
    picture.line(x + _AXIS, y + 15, x + _AXIS, y + high - 15, "axis")
    for side, costs in (("legacy", curve.legacy), ("refactored", curve.refactored)):
        points = [(across(s), up(c)) for s, c in zip(curve.sizes, costs, strict=True)]
        picture.path(points, side)
    picture.text(x + wide, y + high - 3, f"{curve.sizes[-1]:,}", "small end")
    picture.text(x + _AXIS, y + high - 3, f"power {legacy:.2f}, {refactored:.2f}", "small")
    picture.text(x + _AXIS - 3, y + 20, f"{max(both):,.0f}", "small end")
    picture.text(x + _AXIS - 3, y + high - 15, f"{min(both):,.0f}", "small end")


def power(points: Sequence[PowerPoint]) -> str:
    """The share of each verdict by the true effect."""
    picture = Picture(780, 300, "how often which verdict is given, by the true effect")
    picture.text(10, 18, "share of verdicts on tree code by the true effect, percent", "title")
    effects = [point.percent for point in points]
    across = Scale(min(effects), max(effects), 60, 640)
    up = Scale(0.0, 1.0, 260, 40)
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        picture.line(60, up(tick), 640, up(tick), "grid")
        picture.text(52, up(tick) + 4, f"{tick:.0%}", "small end")
    for effect in effects:
        picture.text(across(effect), 276, f"{effect:+g}", "small middle")
    for edge in (-5, 5):
        picture.line(across(edge), 40, across(edge), 260, "limit")
    styles = {"within": "good", "over": "bad", "faster": "legacy", "inconclusive": "unsure"}
    for number, (verdict, kind) in enumerate(styles.items()):
        shares = [(across(p.percent), up(p.shares.get(verdict, 0.0))) for p in points]
        picture.path(shares, kind)
        for x, y in shares:
            picture.dot(x, y, kind)
        picture.line(660, 60 + 20 * number, 685, 60 + 20 * number, f"line {kind}")
        picture.text(692, 64 + 20 * number, verdict, "small")
    return picture.written()

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from harness.bench.growth import DIMENSIONS, MEASURES, Curve
from harness.bench.intervals import Interval
from harness.compute.results import PowerPoint
from harness.reports import bench_pictures
from tests.harness.bench.support import BENCH, BUDGET, LEVEL, STEEP, benchmark

SVG = "{http://www.w3.org/2000/svg}"
CURVES = [
    Curve(dimension, measure, sizes, tuple(map(float, sizes)), tuple(3.0 * n**1.2 for n in sizes))
    for dimension, (sizes, _) in DIMENSIONS.items()
    for measure in MEASURES
]
POINTS = [
    PowerPoint(
        percent, {"within": 0.9, "over": 0.05, "faster": 0.0, "inconclusive": 0.05}, 400, 2_000
    )
    for percent in (-10.0, -5.0, 0.0, 2.5, 5.0, 10.0)
]
WILD = benchmark(
    levels=(
        replace(LEVEL, ratio=Interval(9.0, 0.01, 40.0), verdict="inconclusive"),
        replace(LEVEL, name="<wave> & co", verdict="faster", ratio=Interval(0.5, 0.4, 0.6)),
    ),
    budgets=(replace(BUDGET, added=Interval(70.0, -30.0, 500.0), verdict="over", limit=3.0),),
)
PICTURES: dict[str, Callable[[], str]] = {
    "levels": lambda: bench_pictures.levels(BENCH),
    "levels, far off": lambda: bench_pictures.levels(WILD),
    "levels, no waits": lambda: bench_pictures.levels(benchmark(budgets=())),
    "growth": lambda: bench_pictures.growth(CURVES),
    "growth, steep": lambda: bench_pictures.growth([STEEP]),
    "growth, none": lambda: bench_pictures.growth([]),
    "growth, of what costs nothing": lambda: bench_pictures.growth(
        [replace(STEEP, legacy=(0.0, 0.0, 0.0, 0.0))]
    ),
    "power": lambda: bench_pictures.power(POINTS),
}


def places(root: ElementTree.Element) -> Iterator[tuple[float, float]]:
    """Every point of every element."""
    for one in root.iter():
        found = one.attrib
        for x, y in (("x", "y"), ("x1", "y1"), ("x2", "y2"), ("cx", "cy")):
            if x in found:
                yield float(found[x]), float(found[y])
        if "width" in found and "x" in found:
            yield (
                float(found["x"]) + float(found["width"]),
                float(found["y"]) + float(found["height"]),
            )
        for point in found.get("points", "").split():
            x, y = point.split(",")
            yield float(x), float(y)


def words(root: ElementTree.Element) -> Iterator[tuple[float, float]]:
    """Where every text begins and ends, with letters as wide as Arial's are in the mean."""
    for one in root.iter(f"{SVG}text"):
        kinds = (one.get("class") or "").split()
        wide = len(one.text or "") * (4.6 if "small" in kinds else 5.8)
        begin = float(one.get("x") or 0)
        begin -= wide if "end" in kinds else wide / 2 if "middle" in kinds else 0
        yield begin, begin + wide


def of(written: str) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(written).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_lies_outside_the_picture(name: str) -> None:
    root = ElementTree.fromstring(PICTURES[name]())
    wide, high = float(root.get("width") or 0), float(root.get("height") or 0)
    assert len(list(root)) > 2
    for x, y in places(root):
        assert 0 <= x <= wide
        assert 0 <= y <= high
    for begin, end in words(root):
        assert begin >= 0
        assert end <= wide


@pytest.mark.parametrize("name", PICTURES)
def test_the_same_figures_give_the_same_bytes(name: str) -> None:
    assert PICTURES[name]() == PICTURES[name]()


def test_every_level_and_wait_has_a_row() -> None:
    written = bench_pictures.levels(BENCH)
    titles = [budget.title for budget in BENCH.budgets]
    assert [one for one in of(written) if one in ("execution", "wave", "action", *titles)] == [
        "execution", "wave", "action", *titles,
    ]  # fmt: skip
    root = ElementTree.fromstring(written)
    assert [one.get("class") for one in root.iter(f"{SVG}circle")] == [
        "good", "good", "bad", "axis", "good",
    ]  # fmt: skip


def number(one: ElementTree.Element, name: str) -> float:
    return float(one.get(name) or "nan")


def kind(root: ElementTree.Element, tag: str, begins: str) -> list[ElementTree.Element]:
    return [one for one in root.iter(f"{SVG}{tag}") if (one.get("class") or "").startswith(begins)]


def test_the_band_is_that_of_the_gate() -> None:
    at_edges = replace(LEVEL, ratio=Interval(1.0, 1 / 1.05, 1.05))
    root = ElementTree.fromstring(bench_pictures.levels(benchmark(levels=(at_edges,))))
    band, mark = kind(root, "rect", "band")[0], kind(root, "line", "mark")[0]
    assert number(mark, "x1") == number(band, "x")
    assert number(mark, "x2") == pytest.approx(number(band, "x") + number(band, "width"), abs=0.11)
    dot = next(root.iter(f"{SVG}circle"))
    assert number(mark, "x1") < number(dot, "cx") < number(mark, "x2")


def test_waits_are_drawn_from_the_least_to_the_greatest_with_their_budget() -> None:
    root = ElementTree.fromstring(bench_pictures.levels(WILD))
    band, mark = kind(root, "rect", "band")[-1], kind(root, "line", "mark")[-1]
    dot = list(root.iter(f"{SVG}circle"))[-1]
    wide = number(mark, "x2") - number(mark, "x1")  # from -30 s to 500 s
    assert wide > 400
    assert number(dot, "cx") - number(mark, "x1") == pytest.approx(wide * 100 / 530, abs=0.2)
    assert number(band, "x") == number(mark, "x1")
    assert number(band, "width") == pytest.approx(wide * 33 / 530, abs=0.2)


def test_names_end_where_the_marks_begin() -> None:
    root = ElementTree.fromstring(bench_pictures.levels(WILD))
    names = [*(level.name for level in WILD.levels), *(budget.title for budget in WILD.budgets)]
    ends = [
        end
        for one, (_, end) in zip(root.iter(f"{SVG}text"), words(root), strict=True)
        if one.text in names
    ]
    assert len(ends) == len(names)
    assert max(ends) < min(number(one, "x1") for one in kind(root, "line", "mark"))


def test_names_from_outside_are_words() -> None:
    written = bench_pictures.levels(WILD)
    assert "<wave>" not in written
    assert "<wave> & co" in of(written)


def test_every_curve_has_its_place_and_both_sides() -> None:
    root = ElementTree.fromstring(bench_pictures.growth(CURVES))
    lines = [one.get("class") for one in root.iter(f"{SVG}polyline")]
    assert lines == ["line legacy", "line refactored"] * len(CURVES)
    titles = [one for one in root.iter(f"{SVG}text") if ", " in (one.text or "")]
    named = {f"{one.measure}, {one.dimension}" for one in CURVES}
    corners = {(one.get("x"), one.get("y")) for one in titles if one.text in named}
    assert len(corners) == len(CURVES)


def test_steeper_growth_is_drawn_steeper() -> None:
    root = ElementTree.fromstring(bench_pictures.growth([STEEP]))
    legacy, refactored = (
        [float(point.split(",")[1]) for point in (one.get("points") or "").split()]
        for one in root.iter(f"{SVG}polyline")
    )
    assert legacy == sorted(legacy, reverse=True)
    assert refactored[0] - refactored[-1] > legacy[0] - legacy[-1]
    assert "power 1.00, 1.87" in of(bench_pictures.growth([STEEP]))


def test_the_power_of_each_verdict() -> None:
    root = ElementTree.fromstring(bench_pictures.power(POINTS))
    assert len(list(root.iter(f"{SVG}circle"))) == 4 * len(POINTS)
    within = [float(one.get("cy") or 0) for one in root.iter(f"{SVG}circle")][: len(POINTS)]
    assert within == [62.0] * len(POINTS)  # nine tenths of the way from 260 up to 40
    assert {"-10", "+0", "+2.5"} <= set(of(bench_pictures.power(POINTS)))

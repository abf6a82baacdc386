from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from drs_refactor.signoff import pictures
from drs_refactor.signoff.decision import decide
from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.reports import reports
from harness.bench.draws import Pair
from harness.bench.pace import Charge
from harness.compute.results import Paired
from harness.reports.xml import plain as holdable
from tests.drs_refactor.signoff.support import COMPUTE, MEASURED, WORDS, WithNames

DRAWN = {"svg", "title", "style", "line", "rect", "circle", "polyline", "text"}


def shapes(svg: str, kind: str) -> list[dict[str, str]]:
    root = ElementTree.fromstring(svg)
    return [dict(one.attrib) for one in root.iter() if one.get("class") == kind]


def words(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return [one.text or "" for one in root.iter() if one.tag.endswith("}text")]


def drawn(found: Evidence) -> dict[str, str]:
    documents = reports(found, decide(found), Path("reports"))
    return {name: data.decode() for name, data in documents.items() if name.endswith(".svg")}


@pytest.mark.parametrize("given", WORDS)
def test_names_are_text(with_names: WithNames, given: str) -> None:
    wrong, right = drawn(with_names(given)), drawn(with_names("word"))
    assert wrong.keys() == right.keys()
    seen = ""
    for name, svg in wrong.items():
        root = ElementTree.fromstring(svg)
        tags = [one.tag.rpartition("}")[2] for one in root.iter()]
        assert set(tags) <= DRAWN
        others = ElementTree.fromstring(right[name])
        assert tags == [one.tag.rpartition("}")[2] for one in others.iter()]
        names = {key.rpartition("}")[2] for one in root.iter() for key in one.attrib}
        assert not [key for key in names if key.startswith("on") or key == "href"]
        seen += "".join(root.itertext())
    assert " ".join(holdable(given).split())[:12] in " ".join(seen.split())


def test_each_operator_has_its_facets() -> None:
    rows = [("one", {"calls": 4, "state": 1}), ("two", {})]
    svg = pictures.facets(rows, ["calls", "state", "logs"])
    assert words(svg) == ["calls", "state", "logs", "one", "two"]
    sizes = [float(one["width"]) for one in shapes(svg, "good")]
    assert len(sizes) == 2
    assert sizes[0] > sizes[1]
    assert words(pictures.facets([], [])) == []


def test_pairs_are_dots_and_medians_lines() -> None:
    paired = Paired("execution", 4, (1.0, 2.0, 1.0), (1.0, 2.2, 1.0), (1.1, 2.0, 1.0), ())
    svg = pictures.paired(replace(COMPUTE, paired=(paired,)))
    assert (len(shapes(svg, "legacy")), len(shapes(svg, "refactored"))) == (3, 3)
    assert len(shapes(svg, "mark legacy")) == len(shapes(svg, "mark refactored")) == 1
    ups = [float(one["cy"]) for one in shapes(svg, "refactored")]
    assert ups[0] < ups[1] == ups[2]
    assert "3 pairs; a line at each median" in words(svg)
    one = replace(paired, legacy=(1.0,), again=(1.0,), refactored=(1.0,))
    assert len(shapes(pictures.paired(replace(COMPUTE, paired=(one,))), "legacy")) == 1


def test_a_hand_over_call_by_call() -> None:
    charges = (Charge(5.0, 1.0, "call", "e", "drs.X"), Charge(6.0, 3.0, "cold start", "e", ""))
    pair = Pair(0, MEASURED, replace(MEASURED, handed=charges))
    svg = pictures.waterfall(pair)
    assert shapes(svg, "legacy") == []
    bars = shapes(svg, "refactored")
    assert float(bars[1]["width"]) == pytest.approx(3 * float(bars[0]["width"]), rel=0.01)
    assert float(bars[1]["x"]) > float(bars[0]["x"])
    told = words(svg)
    for line in (
        "legacy: 0.000 s",
        "refactored: 4.000 s",
        "call: drs.X",
        "cold start",
        "there was no hand-over in this run",
    ):
        assert line in told
    assert "4 s" in told


def test_combinations_are_squares() -> None:
    rows = [
        (frozenset[str](), "identical"),
        (frozenset({"b"}), "divergent"),
        (frozenset({"a", "b"}), "invalid"),
    ]
    svg = pictures.combinations(("a", "b"), rows)
    kinds = re.findall(r'<rect [^>]*class="(\w+)"', svg)
    assert kinds == [
        *("legacy", "legacy", "good"),
        *("legacy", "refactored", "bad"),
        *("refactored", "refactored", "unsure"),
    ]
    assert words(svg) == ["a", "b", "1", "safe", "2", "divergent", "3", "invalid"]


def test_the_same_figures_give_the_same_bytes(crowded: Evidence) -> None:
    assert drawn(crowded) == drawn(crowded)
    assert len(drawn(crowded)) >= 6

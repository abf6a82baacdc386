"""What the harness itself would have found: the mutants' stored results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from drs_refactor.signoff.about import missing
from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.page import (
    Block,
    Code,
    Fold,
    Items,
    Link,
    Paragraph,
    Picture,
    Section,
    Table,
)
from drs_refactor.signoff.page import Text as Lines
from drs_refactor.signoff.pictures import facets
from harness.mutants.results import ASKED, FAMILIES


def power(evidence: Evidence) -> Section:
    """Controls, the share that was found, and what was not."""
    found = evidence.mutants
    title = "Would the harness have noticed?"
    if found is None:
        return Section("power", title, "not run", (missing(evidence, "mutants"),))
    return Section("power", title, found["verdict"], tuple(_blocks(evidence, found)))


def _blocks(evidence: Evidence, found: Mapping[str, Any]) -> Iterator[Block]:
    yield Paragraph(
        (
            "Wrong refactors, made on purpose from the refactored tree, run until something "
            "differs. They were run earlier, on exactly these trees. All of them: ",
            Link("mutants.md", "mutants.md"),
        )
    )
    yield Table(
        ("family", "mutants", "found", "equivalent", "survived", "rate", "asked for"),
        tuple(_families(found["families"])),
        frozenset(range(1, 7)),
    )
    planted, untouched = found["planted"], found["untouched"]
    yield Items(
        (
            "Control: a moved function that does nothing is "
            + ("found." if planted and planted["killed"] else "NOT FOUND."),
            "Control: the tree as it is "
            + ("is NOT left alone." if not untouched or untouched["killed"] else "is left alone."),
        )
    )
    if found["survivors"]:
        yield Paragraph("Not found:")
        for one in found["survivors"]:
            yield Fold(
                (Code(one["key"]), f" {one['operator']}, {one['path']}:{one['line']}"),
                (Lines(tuple(one["diff"]), diff=True),),
            )
    rows = [
        (operator, {f: n for f, n in row["facets"].items() if n})
        for operator, row in found["operators"].items()
    ]
    yield Fold(
        "By what each kind of mutant was found",
        (Picture("facets.svg", facets(rows, found["facets"]), "operators by facets"),),
    )


def _families(families: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, told in FAMILIES.items():
        score = families[name]
        if score["mutants"]:
            numbers = (score[key] for key in ("mutants", "killed", "equivalent", "survived"))
            tried = score["mutants"] - score["equivalent"]
            rate = f"{score['killed'] / tried:.1%}" if tried else "none"
            asked = f"{ASKED[name]:.0%}" if ASKED[name] else ""
            yield (told, *(f"{n:,}" for n in numbers), rate, asked)

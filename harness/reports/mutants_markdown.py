"""A run of mutants as Markdown: for the reports folder, and for whoever signs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.mutants.model import Tried
from harness.mutants.operator_names import WRONG
from harness.mutants.pairs import MERGED
from harness.mutants.results import ASKED, FAMILIES, Judged, Row
from harness.reports.markdown import cell

SILENT = ("name bound to its namesake", "error turned into an empty list", MERGED)
"""What broke in silence where such a move was made by hand."""


def report(judged: Judged, trees: dict[str, str]) -> str:
    """The report, without anything that differs from one run to the next on equal trees."""
    return "\n".join(_lines(judged, trees)) + "\n"


def _lines(judged: Judged, trees: dict[str, str]) -> Iterator[str]:
    run = judged.campaign
    yield f"# Mutants: {judged.verdict}"
    yield ""
    yield (
        f"Wrong versions of `{trees['refactored']}`, made on purpose and compared with "
        f"`{trees['legacy']}` in {run.scenarios} scenarios and {run.strikes} strikes until one "
        "differs."
    )
    yield ""
    yield from _families(judged)
    yield from _controls(judged)
    yield from _table(judged, "## By what each was found", judged.rows())
    silent = [row for row in judged.rows() if row.operator in SILENT]
    yield from _table(judged, "## What used to break in silence", silent)
    yield from _earned(judged)
    yield from _survivors(judged)
    yield from _equivalent(judged)


def _families(judged: Judged) -> Iterator[str]:
    yield "| family | mutants | found | equivalent | survived | rate | asked for |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for family, told in FAMILIES.items():
        score = judged.score(family)
        if score.mutants:
            yield (
                f"| {told} | {score.mutants:,} | {score.killed:,} | "
                f"{score.equivalent:,} | {score.survived:,} | {score.rate:.1%} | "
                f"{ASKED[family]:.0%} |"
            )
    yield ""


def _controls(judged: Judged) -> Iterator[str]:
    planted, untouched = judged.campaign.planted, judged.campaign.untouched
    found = planted is not None and planted.killed is not None
    yield f"- Control: a moved function that does nothing is {'found' if found else 'NOT FOUND'}."
    if untouched is not None:
        lives = "lives" if untouched.killed is None else "does NOT live"
        yield f"- Control: the tree as it is {lives} through {untouched.runs:,} runs."
    yield ""


def _table(judged: Judged, title: str, rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    facets = judged.facets()
    yield title
    yield ""
    yield f"| operator | what is wrong | mutants | found | equivalent | {' | '.join(facets)} |"
    yield "|---|---|---:|---:|---:|" + "---:|" * len(facets)
    for row in rows:
        wrong = WRONG.get(row.operator, ("", ""))[1]
        numbers = [row.mutants, row.killed, row.equivalent, *(row.facets.get(f) for f in facets)]
        cells = " | ".join(str(number or "·") for number in numbers)
        yield f"| {cell(row.operator)} | {cell(wrong)} | {cells} |"
    yield ""


def _earned(judged: Judged) -> Iterator[str]:
    earned = judged.campaign.earned
    if not earned:
        return
    yield "## What each facet is there for"
    yield ""
    yield "| without | lives | where | which it finds where this is excused |"
    yield "|---|---|---|---|"
    for one in earned:
        told = cell(one.mutant.operator) if one.mutant else f"nothing more, of {one.tried} tried"
        place = cell(one.mutant.place) if one.mutant else ""
        yield f"| {one.facet} | {told} | {place} | {', '.join(one.behind)} |"
    yield ""


def _survivors(judged: Judged) -> Iterator[str]:
    survivors = judged.survivors()
    if not survivors:
        return
    yield "## Not found"
    yield ""
    for one in survivors:
        yield f"- `{one.mutant.key}` {cell(one.mutant.operator)}, {cell(one.mutant.place)}"
    yield ""


def _equivalent(judged: Judged) -> Iterator[str]:
    reasons: dict[str, list[Tried]] = {}
    for one in judged.campaign.tried:
        if judged.is_equivalent(one):
            reasons.setdefault(judged.reasons[one.mutant.key], []).append(one)
    if not reasons:
        return
    yield "## Equivalent, and why"
    yield ""
    yield "| reason | mutants | functions |"
    yield "|---|---:|---|"
    for reason, tried in sorted(reasons.items(), key=lambda item: -len(item[1])):
        yield f"| {cell(reason)} | {len(tried)} | {_functions(tried)} |"
    yield ""


def _functions(tried: Sequence[Tried]) -> str:
    return ", ".join(sorted({cell(one.mutant.function or one.mutant.path) for one in tried}))

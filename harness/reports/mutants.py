"""A run of mutants as text and JSON: what was found by what, and what was not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from harness.mutants.model import Mutant, Tried
from harness.mutants.results import ASKED, FAMILIES, Earned, Judged, Row

SHOWN = 30
"""Survivors that are shown with their diffs; all of them are in the JSON."""


def text(judged: Judged, texts: Mapping[str, str]) -> Iterator[str]:
    """The table, the survivors, and the verdict. `texts` are the tree's files by path."""
    yield from _table(judged)
    for one in judged.survivors()[:SHOWN]:
        yield ""
        yield from _survivor(one, texts)
    more = len(judged.survivors()) - SHOWN
    if more > 0:
        yield f"{more} more survived: see --json"
    yield ""
    run = judged.campaign
    yield from _earned(run.earned, texts)
    for problem in run.problems:
        yield f"lost: {problem}"
    for one in run.tried:
        if one.problem:
            yield f"not run: {_told(one.mutant)}: {one.problem.strip().splitlines()[-1]}"
    for name in run.diverging:
        yield f"diverges without a mutant: {name}"
    for one in judged.wrong:
        assert one.killed is not None
        yield f"said to be equivalent, but found by {one.killed.scenario}: {_told(one.mutant)}"
    for key in judged.unused:
        yield f"said to be equivalent, but not there: {key}"
    yield from _scores(judged)
    planted = run.planted
    killed = planted.killed if planted else None
    yield f"control: the planted mutant {f'is found by {killed.scenario}' if killed else 'LIVES'}"
    yield _untouched(run.untouched)
    whole = f" of {run.asked:,}" if run.incomplete else ""
    yield (
        f"{judged.verdict}: {len(run.tried):,}{whole} mutants, {len(judged.survivors())} survived, "
        f"{sum(one.runs for one in run.tried):,} runs of {run.scenarios} scenarios and "
        f"{run.strikes} strikes, {run.from_cache:,} results from before, in {run.seconds:.1f} s"
    )


def _untouched(one: Tried | None) -> str:
    told = "control: the tree as it is"
    if one is None or one.problem:
        return f"{told} was NOT RUN {one.problem if one else ''}".rstrip()
    if one.killed:
        return f"{told} is FOUND by {one.killed.scenario}: {one.killed.path}"
    return f"{told} lives through {one.runs} runs"


def _earned(earned: Sequence[Earned], texts: Mapping[str, str]) -> Iterator[str]:
    """Facet by facet what lives without it."""
    for one in earned:
        if one.mutant is None:
            yield f"without {one.facet}: nothing more lives ({one.tried} that differed there tried)"
            continue
        yield f"without {' and '.join((*one.behind, one.facet))}: lives {_told(one.mutant)}"
        if one.behind:
            yield f"  which {one.facet} finds where {' and '.join(one.behind)} is excused"
        yield from _changed(one.mutant, texts)
    if earned:
        yield ""


def _scores(judged: Judged) -> Iterator[str]:
    for family in FAMILIES:
        score = judged.score(family)
        if score.mutants:
            yield (
                f"{family}: {score.killed:,} of {score.mutants - score.equivalent:,} found "
                f"({score.rate:.1%}; {ASKED[family]:.0%} asked for), "
                f"{score.equivalent:,} equivalent, each with its reason"
            )


def _table(judged: Judged) -> Iterator[str]:
    """Operator by facet: how many mutants differed there when they were found."""
    facets, rows = judged.facets(), judged.rows()
    width = max((len(row.operator) for row in rows), default=8)
    heads = "  ".join(f"{facet:>{max(len(facet), 4)}}" for facet in facets)
    yield f"{'operator':<{width}}  mutants  found  equal  lives  {heads}"
    for row in rows:
        cells = "  ".join(f"{row.facets.get(f) or '·':>{max(len(f), 4)}}" for f in facets)
        yield (
            f"{row.operator:<{width}}  {row.mutants:>7}  {row.killed or '·':>5}  "
            f"{row.equivalent or '·':>5}  {row.survived or '·':>5}  {cells}"
        )


def _told(mutant: Mutant) -> str:
    return f"{mutant.key} {mutant.operator}, {mutant.place}"


def _survivor(one: Tried, texts: Mapping[str, str]) -> Iterator[str]:
    yield f"survived: {_told(one.mutant)}"
    told = f"{one.reaching} cases reach it, {one.runs} runs, {', '.join(one.stages)}"
    yield f"  {told}" if one.reaching else "  no scenario and no strike reaches it"
    yield from _changed(one.mutant, texts)


def _changed(mutant: Mutant, texts: Mapping[str, str]) -> Iterator[str]:
    for line in mutant.diff(texts):
        if not line.startswith(("---", "+++", "@@")):
            yield f"  {line}"


def as_json(
    judged: Judged, texts: Mapping[str, str], trees: dict[str, str], versions: dict[str, str]
) -> dict[str, Any]:
    """The document of `mutants --json`."""
    run = judged.campaign
    return {
        "verdict": judged.verdict,
        "families": {family: asdict(judged.score(family)) for family in FAMILIES},
        "survivors": [
            {**_plain(one), "diff": one.mutant.diff(texts)} for one in judged.survivors()
        ],
        "trees": trees,
        "versions": versions,
        "facets": judged.facets(),
        "operators": {row.operator: _summary(row) for row in judged.rows()},
        "equivalent": [
            {**_plain(one), "reason": judged.reasons[one.mutant.key]}
            for one in run.tried
            if judged.is_equivalent(one)
        ],
        "planted": _plain(run.planted) if run.planted else None,
        "untouched": _plain(run.untouched) if run.untouched else None,
        "earned": [
            {**vars(one), "behind": list(one.behind), "mutant": one.mutant and one.mutant.key}
            for one in run.earned
        ],
        "mutants": [_plain(one) for one in run.tried],
        "asked": run.asked,
        "scenarios": run.scenarios,
        "strikes": run.strikes,
        "from_cache": run.from_cache,
        "problems": list(run.problems),
        "seconds": round(run.seconds, 3),
    }


def _summary(row: Row) -> dict[str, Any]:
    return {name: value for name, value in asdict(row).items() if name != "operator"}


def _plain(one: Tried) -> dict[str, Any]:
    mutant = one.mutant
    return {
        "key": mutant.key,
        "family": mutant.family,
        "operator": mutant.operator,
        "path": mutant.path,
        "line": mutant.line,
        "function": mutant.function,
        "killed": asdict(one.killed) if one.killed else None,
        "reaching": one.reaching,
        "runs": one.runs,
    }

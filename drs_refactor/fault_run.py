"""`verify --faults`: strike every call, report what the two trees take differently."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from drs_refactor.cases import CASES, write_case
from drs_refactor.documents import both_trees, versions, write_json
from drs_refactor.errors import InputError
from drs_refactor.exits import EXIT
from drs_refactor.progress import Progress
from harness.faults.campaign import BUDGET, campaign
from harness.faults.results import Campaign
from harness.reports import faults, races
from harness.results import Trees
from harness.scenario import Scenario

SHOWN = 20
"""Divergences that are shown and written as cases."""


def run(trees: Trees, scenarios: Sequence[Scenario], options: argparse.Namespace) -> int:
    """Run it, print it, write it. Raises InputError for options that do not go with it."""
    _check(options)
    progress = Progress(len(scenarios))

    def told(done: int, asked: int) -> None:
        progress.at(done, asked, "strikes")

    found = campaign(trees, scenarios, told, options.budget or BUDGET)
    progress.clear()
    replays, race_replays = cases(trees, found)
    for line in faults.text(found, replays, race_replays):
        print(line)
    names = both_trees(trees.legacy, trees.refactored)
    write_json(options.json, faults.as_json(found, replays, names, versions()))
    return EXIT[found.verdict]


def _check(options: argparse.Namespace) -> None:
    if options.budget is not None and options.budget <= 0:
        raise InputError("--budget must be more than 0 seconds")
    for name in ("junit", "report", "coverage", "speed", "plain"):
        if getattr(options, name):
            raise InputError(
                f"--{name} does not go with --faults", mend="Run verify without it, or take --json"
            )


def cases(
    trees: Trees, found: Campaign, folder: Path = CASES
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A case for each of the first divergences, simplest first, and for each race."""
    struck = (
        write_case(trees, struck.scenario, f"fault-{number}-{struck.scenario.name}", folder)
        for number, struck in enumerate(faults.shown(found)[:SHOWN], 1)
    )
    raced = (
        write_case(
            trees, one.scenario, f"race-{number}-{one.scenario.name}", folder, race=one.moved
        )
        for number, (one, _) in enumerate(races.shown(found.raced), 1)
    )
    return tuple(struck), tuple(raced)

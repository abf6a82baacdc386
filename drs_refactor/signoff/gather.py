"""Runs the parts of a sign-off one after the other. None has a budget of seconds: on equal trees
each does the same, on any machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from typing import Any

from codemods import migrate as codemod
from codemods import tree_files
from drs_refactor.cases import CASES, write_case
from drs_refactor.documents import relative, versions
from drs_refactor.errors import InputError
from drs_refactor.fault_run import cases as fault_cases
from drs_refactor.fuzz_cases import save
from drs_refactor.model import Migration
from drs_refactor.signoff.evidence import PARTS, Evidence, Replays, signed
from drs_refactor.signoff.stored_mutants import stored
from harness import scenario_files
from harness.bench.campaign import QUICK, Extent, bench
from harness.bench.latency_file import NAME as LATENCY
from harness.bench.latency_file import latencies
from harness.faults.campaign import campaign as faults
from harness.fuzzing.campaign import campaign as fuzz
from harness.reports import rollout as rollout_report
from harness.results import Trees
from harness.rollout.campaign import rollout
from harness.rollout.cases import as_case
from harness.rollout.flown import flown
from harness.scenario import Scenario
from harness.sides import read_sides
from harness.verify import Options, verify

EXAMPLES = 300
"""Cases that nobody wrote."""

Told = Callable[[str, int, int, str], None]
"""Told the part, how many of how many are done, and of what."""


@dataclass(frozen=True)
class Asked:
    """What is run: these parts, a short bench if `quick`; where the results of mutants are, and
    where cases go.
    """

    mutants: Path
    parts: tuple[str, ...] = PARTS
    quick: bool = False
    seed: int = 0
    cases: Path = CASES


def gather(migration: Migration, trees: Trees, asked: Asked, told: Told) -> Evidence:
    """All evidence. Raises InputError for trees that cannot be read, or that change meanwhile."""
    scenarios = scenario_files.of(migration)
    actions = {move.function: move.action for move in migration.moves}
    evidence = Evidence(
        trees, migration.sample, signed(migration, trees), asked.seed, versions(), actions
    )
    functions = read_sides(trees).legacy.functions
    evidence = replace(evidence, names={key: one.name for key, one in functions.items()})
    run = _Run(migration, trees, scenarios, asked, told)
    for part in PARTS:
        if part not in asked.parts:
            run.missing[part] = "it was not asked for"
            continue
        told(part, 0, 0, "begins")
        with run.noting(part):
            evidence = replace(evidence, **getattr(run, part)(evidence))
    if signed(migration, trees) != evidence.signed:
        raise InputError(
            "the trees, their configuration or this tool changed meanwhile", mend="Run it again"
        )
    return replace(evidence, missing=run.missing, replays=replace(Replays(), **run.replays))


@dataclass
class _Run:
    """Each method runs the part of its name and gives what it adds to the evidence."""

    trees_of: Migration
    trees: Trees
    scenarios: Sequence[Scenario]
    asked: Asked
    told: Told
    missing: dict[str, str] = field(default_factory=dict)
    replays: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def noting(self, part: str) -> Iterator[None]:
        """A part that cannot be run is missing, and why. Trees that cannot be read at all are
        found by verify: of them nothing can be said.
        """
        try:
            yield
        except InputError as error:
            if part == "verify":
                raise
            self.missing[part] = str(error if error.path is None else _relative(error))

    def migrate(self, _: Evidence) -> dict[str, Any]:
        migrated = codemod.migrate(self.trees.legacy, self.trees_of)
        difference = tree_files.first_difference(self.trees.refactored, migrated.wanted)
        return {"migrated": migrated, "difference": difference}

    def verify(self, _: Evidence) -> dict[str, Any]:
        done = 0

        def one(result: object) -> None:
            nonlocal done
            done += 1
            self.told("verify", done, len(self.scenarios), "scenarios")

        found = verify(self.trees, self.scenarios, one, Options(coverage=True))
        self.replays["verify"] = {
            r.name: write_case(self.trees, r.scenario, r.name, self.asked.cases)
            for r in found.results
            if r.findings
        }
        return {"verification": found}

    def faults(self, _: Evidence) -> dict[str, Any]:
        found = faults(
            self.trees, self.scenarios, lambda n, of: self.told("faults", n, of, "strikes"), inf,
            again=False,
        )  # fmt: skip
        self.replays["faults"], self.replays["races"] = fault_cases(
            self.trees, found, self.asked.cases
        )
        return {"faults": found}

    def fuzz(self, _: Evidence) -> dict[str, Any]:
        found = fuzz(
            self.trees,
            EXAMPLES,
            self.asked.seed,
            lambda n, of, what: self.told("fuzz", n, of, what),
        )
        self.replays["fuzz"] = tuple(
            one.replay for one in save(self.trees, found, self.asked.cases)
        )
        return {"fuzz": found}

    def bench(self, _: Evidence) -> dict[str, Any]:
        own = self.trees.config.parent / LATENCY
        found = bench(
            self.trees,
            latencies(own if own.is_file() else None),
            self.trees_of.gates,
            QUICK if self.asked.quick else Extent(power=True, instructions=True),
            lambda n, of, what: self.told("bench", n, of, what),
            seed=self.asked.seed,
        )
        return {"bench": found}

    def rollback(self, _: Evidence) -> dict[str, Any]:
        found = rollout(
            self.trees, self.scenarios, lambda n, of, what: self.told("rollback", n, of, what), inf
        )
        scenarios = {look.scenario.name: look.scenario for look in found.looks}
        self.replays["rollback"] = {
            trial: write_case(
                self.trees, scenarios[trial.scenario], f"rollback-{number}-{trial.scenario}",
                self.asked.cases, **as_case(trial.course),
            )
            for number, trial in enumerate(rollout_report.shown(found), 1)
        }  # fmt: skip
        return {"rollout": found, "flown": flown(self.trees, found)}

    def mutants(self, evidence: Evidence) -> dict[str, Any]:
        return {"mutants": stored(self.asked.mutants, evidence.signed)}


def _relative(error: InputError) -> InputError:
    """The same with its path as documents give it, which name no machine."""
    path = relative(Path(str(error.path)))
    return InputError(error.what, path=path, line=error.line, mend=error.mend)

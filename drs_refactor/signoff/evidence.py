"""All that a sign-off knows of two trees: data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from codemods.migrate import Migrated
from codemods.tree_files import Difference
from drs_refactor.model import Migration
from drs_refactor.signoff import digests
from drs_refactor.signoff.digests import Digests
from harness.bench.results import Bench
from harness.faults.results import Campaign as Faults
from harness.fuzzing.results import Campaign as Fuzz
from harness.results import Trees, Verification
from harness.rollout.flown import Flown
from harness.rollout.results import Rollout, Trial

PARTS = ("migrate", "verify", "faults", "fuzz", "bench", "rollback", "mutants")
"""What a sign-off is made of, in this order."""


@dataclass(frozen=True)
class Replays:
    """Commands that run a divergence again: by scenario, strike by strike, race by race, case by
    case of the fuzzing, and by trial.
    """

    verify: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    races: tuple[str, ...] = ()
    fuzz: tuple[str, ...] = ()
    rollback: Mapping[Trial, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Signed:
    """What was compared, by content."""

    legacy: Digests
    refactored: Digests
    configuration: Digests
    tool: str


def signed(migration: Migration, trees: Trees) -> Signed:
    """What these trees are now. Raises InputError for trees that are not there."""
    return Signed(
        digests.of_tree(trees.legacy),
        digests.of_tree(trees.refactored),
        digests.of_configuration(migration),
        digests.of_tool(),
    )


@dataclass(frozen=True)
class Evidence:
    """The results of the parts that were run; None of one that was not, or is not there. `missing`
    says why, by part. `actions` are what moved functions are asked for by, `names` the functions'
    in AWS by their keys; `mutants` is the document that `mutants --json` wrote for these trees.
    """

    trees: Trees
    sample: bool
    signed: Signed
    seed: int
    versions: Mapping[str, str]
    actions: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    migrated: Migrated | None = None
    difference: Difference | None = None
    verification: Verification | None = None
    faults: Faults | None = None
    fuzz: Fuzz | None = None
    bench: Bench | None = None
    rollout: Rollout | None = None
    flown: tuple[Flown, ...] = ()
    mutants: Mapping[str, Any] | None = None
    missing: Mapping[str, str] = field(default_factory=dict)
    replays: Replays = field(default_factory=Replays)

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict of each part, in order; "not run" of one that was not."""
        found = {
            "migrate": None
            if self.migrated is None
            else ("divergent" if self.difference else "identical"),
            "verify": self.verification and self.verification.verdict,
            "faults": self.faults and self.faults.verdict,
            "fuzz": self.fuzz and self.fuzz.verdict,
            "bench": self.bench and self.bench.verdict,
            "rollback": self.rollout and self.rollout.verdict,
            "mutants": self.mutants and self.mutants["verdict"],
        }
        return {part: found[part] or "not run" for part in PARTS}

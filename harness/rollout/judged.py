"""What is known of the combinations of parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.rollout.results import Combination, Trial


@dataclass
class Judged:
    """Trials by combination, of `scenarios` each, of `asked` combinations. One is safe if all of
    its trials are identical, unsafe if one diverges: the first is shown.
    """

    scenarios: int
    asked: int = 0
    trials: dict[Combination, list[Trial]] = field(default_factory=dict)

    def take(self, trials: Sequence[Trial]) -> None:
        """Add trials, those that show most first."""
        for trial in trials:
            self.trials.setdefault(trial.course.start, []).append(trial)

    @property
    def safe(self) -> frozenset[Combination]:
        return frozenset(
            combination
            for combination, trials in self.trials.items()
            if len(trials) == self.scenarios and all(t.verdict == "identical" for t in trials)
        )

    @property
    def unsafe(self) -> dict[Combination, Trial]:
        return {
            combination: next(t for t in trials if t.verdict == "divergent")
            for combination, trials in self.trials.items()
            if any(t.verdict == "divergent" for t in trials)
        }

    def each(self) -> list[Trial]:
        """One trial of each combination: the first that diverges, else any."""
        unsafe = self.unsafe
        return [unsafe.get(combination, trials[0]) for combination, trials in self.trials.items()]

    @property
    def invalid(self) -> list[Trial]:
        """Trials that show nothing."""
        return [t for trials in self.trials.values() for t in trials if t.verdict == "invalid"]

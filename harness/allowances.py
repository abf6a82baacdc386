"""Differences that are declared, and only those: name, reason, scope, and how often met."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from drs_refactor import model
from harness.recording import RecordedCall, Recording
from harness.values import to_json

if TYPE_CHECKING:
    from harness.comparison import Divergence


@dataclass(frozen=True)
class Allowance:
    """A declared difference, its hits, and how many there may be; None where there is no end."""

    name: str
    reason: str
    hits: int
    at_most: int | None = None

    @property
    def too_broad(self) -> bool:
        """True if it hid more than it was declared for: nothing that it hid is excused then."""
        return self.at_most is not None and self.hits > self.at_most


@dataclass(frozen=True)
class MovedInvocations:
    """Invocations between the tree's own functions for moved actions: the move itself.

    Scope: `lambda.Invoke` by the refactored tree, of one of its functions by ARN or name, whose
    payload's `action` is one that owner answers, and that did not fail.
    """

    actions: Mapping[str, frozenset[str]]

    name = "invocations of moved actions"
    reason = "the moved functions run in another Lambda, which their old home invokes"

    def split(self, recording: Recording) -> tuple[list[RecordedCall], Allowance]:
        """The calls that remain to be compared, and the hits."""
        kept = [call for call in recording.calls if not self._covers(call)]
        return kept, Allowance(self.name, self.reason, len(recording.calls) - len(kept))

    def others(self, recording: Recording) -> list[RecordedCall]:
        """The calls that invoke no moved action, whether or not that failed."""
        return [call for call in recording.calls if not self.is_of(call)]

    def _covers(self, call: RecordedCall) -> bool:
        return call.error is None and call.attempts == 1 and self.is_of(call)

    def is_of(self, call: RecordedCall) -> bool:
        """True for an invocation of a moved action."""
        if call.name != "lambda.Invoke":
            return False
        target = str(call.parameters.get("FunctionName", "")).rpartition(":")[2]
        try:
            payload = json.loads(call.parameters.get("Payload") or "null")
        except (TypeError, ValueError):
            return False
        action = payload.get("action") if isinstance(payload, dict) else None
        return action in self.actions.get(target, frozenset())


@dataclass(frozen=True)
class Declared:
    """An allowance of migration.toml, applied to divergences."""

    declared: model.Allowance

    def covers(self, scenario: str, divergence: Divergence) -> bool:
        """True if the divergence is of its kind, path, scenarios and values."""
        given = self.declared
        return (
            divergence.kind == given.kind
            and fnmatchcase(divergence.path, re.sub(r"\[", "[[]", given.path))
            and any(fnmatchcase(scenario, pattern) for pattern in given.scenarios)
            and _matches(given.legacy, divergence.legacy)
            and _matches(given.refactored, divergence.refactored)
        )


def _matches(pattern: str, value: object) -> bool:
    return not pattern or re.search(pattern, json.dumps(to_json(value), default=str)) is not None


def excuse(
    scenario: str, divergences: Iterable[Divergence], declared: Iterable[Declared]
) -> tuple[list[Divergence], list[Allowance]]:
    """The divergences that nothing excuses, and the hits of what excused the others."""
    known = list(declared)
    hits = dict.fromkeys(known, 0)
    kept = []
    for divergence in divergences:
        one = next((d for d in known if d.covers(scenario, divergence)), None)
        if one is None:
            kept.append(divergence)
        else:
            hits[one] += 1
    return kept, [
        Allowance(one.declared.name, one.declared.reason, count, one.declared.at_most)
        for one, count in hits.items()
    ]


def total(allowances: Iterable[Allowance]) -> list[Allowance]:
    """The hits of many comparisons, added up by name."""
    found: dict[str, Allowance] = {}
    for allowance in allowances:
        known = found.get(allowance.name)
        hits = allowance.hits + (known.hits if known else 0)
        found[allowance.name] = replace(allowance, hits=hits)
    return list(found.values())

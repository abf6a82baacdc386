"""Differences that are declared, and only those: name, reason, scope, and how often met."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.recording import RecordedCall, Recording


@dataclass(frozen=True)
class Allowance:
    """A declared difference, and its hits in one comparison."""

    name: str
    reason: str
    hits: int


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

    def _covers(self, call: RecordedCall) -> bool:
        if call.name != "lambda.Invoke" or call.error is not None or call.attempts != 1:
            return False
        target = str(call.parameters.get("FunctionName", "")).rpartition(":")[2]
        try:
            payload = json.loads(call.parameters.get("Payload") or "null")
        except (TypeError, ValueError):
            return False
        action = payload.get("action") if isinstance(payload, dict) else None
        return action in self.actions.get(target, frozenset())


def total(allowances: Iterable[Allowance]) -> list[Allowance]:
    """The hits of many comparisons, added up by name."""
    found: dict[str, Allowance] = {}
    for allowance in allowances:
        known = found.get(allowance.name)
        hits = allowance.hits + (known.hits if known else 0)
        found[allowance.name] = Allowance(allowance.name, allowance.reason, hits)
    return list(found.values())

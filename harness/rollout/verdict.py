"""What all of it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.rollout.changes import TABLE, Change
from harness.rollout.flights import CONTROL
from harness.rollout.judged import Judged
from harness.rollout.results import Flight, Look, Way


def blockers(changes: Iterable[Change]) -> list[str]:
    """What no order mends: data that a stack would leave behind, names that it cannot take."""
    found = []
    for change in changes:
        if change.what == "renamed":
            found.append(
                f"{change.told}: its name is the same as before, which the old one still holds "
                "when the new one is made: the update fails. Keep the logical id "
                f"({change.place})"
            )
        elif change.kind == TABLE and change.what in ("removed", "replaced"):
            kept = "stay in the old table" if change.retained else "are deleted with the old table"
            found.append(f"{change.told}: its items {kept} ({change.place})")
    return found


def verdict(
    used: Sequence[Look],
    judged: Judged,
    ways: tuple[Way | None, Way | None],
    flown: Sequence[Flight],
    problems: Sequence[str],
    stops: Sequence[str],
) -> str:
    """identical: there is a safe way out and back, and every switch along it ends as legacy does;
    divergent: there is none, or one that does not; invalid: the evidence is none.
    """
    nothing = frozenset[str]()
    control = next((flight for flight in flown if flight.name == CONTROL), None)
    if not used or judged.invalid or (control is not None and control.divergent):
        return "invalid"
    if nothing in judged.unsafe:  # legacy differs from itself
        return "invalid"
    if any(trial.verdict == "invalid" for flight in flown for trial in flight.divergent):
        return "invalid"
    lost = any(flight.on_the_way and flight.divergent for flight in flown)
    if stops or lost:
        return "divergent"
    if None in ways:
        # Without all that was asked for, a way may only not have been found yet.
        return "divergent" if not problems else "inconclusive"
    return "inconclusive" if problems else "identical"

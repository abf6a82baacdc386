"""DeepDiff's words for a difference that the strict walk has found. It never judges."""

from __future__ import annotations

from typing import Any


def explain(legacy: Any, refactored: Any) -> list[str]:
    """One line a difference, as DeepDiff tells it; empty where it sees none (2 and 2.0, say)."""
    from deepdiff import DeepDiff  # here: most runs have nothing to explain

    found = DeepDiff(
        legacy,
        refactored,
        ignore_private_variables=False,
        ignore_nan_inequality=True,
        default_timezone=None,
        threshold_to_diff_deeper=0,
        verbose_level=2,
    )
    return [line for line in found.pretty().splitlines() if line.strip()]

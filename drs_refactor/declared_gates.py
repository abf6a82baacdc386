"""Reads [gates] of migration.toml: how much longer the refactored tree may take."""

from __future__ import annotations

import math

from drs_refactor.model import BUDGET, Gates
from drs_refactor.toml_keys import Keys

WAITS = ("begin_to_recovery", "launched_to_next_recovery")
_MEND = "Limits are in seconds, execution is a share"
_QUANTILES = {"p50": 0.5, "p95": 0.95}


def gates(keys: Keys) -> Gates:
    """The gates; what is not given is as in the approved plan. Raises
    InputError for what is no limit.
    """
    keys.allow("execution", "compute_floor", *WAITS)
    default = Gates()
    execution = _number(keys, "execution", default.execution)
    if not 0 < execution < 1:
        raise keys.fail(
            f"'execution' is a share: {execution:g}", "execution", mend="Write 0.05 for ±5 %"
        )
    return Gates(
        execution=execution,
        compute_floor=_number(keys, "compute_floor", default.compute_floor),
        **{name: _wait(keys, name) for name in WAITS},
    )


def _wait(keys: Keys, name: str) -> dict[float, float | None]:
    if name not in keys.table:
        return dict(BUDGET)
    limits = keys.table_of(name, f"{name!r} of [gates]")
    limits.allow(*_QUANTILES)
    if not limits.table:
        raise keys.fail(f"{name!r} has no limit", name, mend="Write { p95 = 1.0 }, in seconds")
    return {
        share: _number(limits, key, 0.0) if key in limits.table else None
        for key, share in _QUANTILES.items()
    }


def _number(keys: Keys, key: str, default: float) -> float:
    value = keys.table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise keys.fail(f"{key!r} must be a number", key, mend=_MEND)
    if value < 0:
        raise keys.fail(f"{key!r} must not be negative: {value:g}", key, mend=_MEND)
    return float(value)

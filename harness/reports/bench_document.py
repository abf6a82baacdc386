"""A benchmark as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from harness.bench.gates import Level
from harness.bench.results import Bench


def as_json(found: Bench, trees: dict[str, str], versions: dict[str, str]) -> dict[str, Any]:
    """The document; times in seconds."""
    return {
        "verdict": found.verdict,
        "trees": trees,
        "levels": {level.name: _level(level) for level in found.levels},
        "gates": [asdict(gate) for gate in found.deciding],
        "waits": [
            {
                "name": budget.name,
                "quantile": budget.quantile,
                "legacy": budget.legacy,
                "refactored": budget.refactored,
                "added": asdict(budget.added),
                "limit": budget.limit,
                "count": budget.count,
                "verdict": budget.verdict if budget.decides else None,
            }
            for budget in found.budgets
        ],
        "causes": [
            {"level": share.level, "added": share.added, "by_cause": dict(share.by_cause)}
            for share in found.shares
        ],
        "sensitivity": [{**asdict(one), "holds": one.holds} for one in found.sensitivity],
        "usage": dict(zip(("legacy", "refactored"), map(asdict, found.usage), strict=True)),
        "limits": {
            side: [{**asdict(one), "servers": one.servers} for one in limits]
            for side, limits in found.reached.items()
        },
        "growth": [
            {**asdict(curve), "orders": list(curve.orders), "verdict": curve.verdict}
            for curve in found.curves
        ],
        "compute": _compute(found),
        "power": [asdict(point) for point in found.power],
        "scenario": found.scenario,
        "seed": found.seed,
        "draws": found.draws,
        "begins": found.begun,
        "latencies": list(found.latencies.where),
        "left_out": list(found.left_out),
        "problems": list(found.problems),
        "seconds": round(found.seconds, 3),
        "versions": versions,
    }


def _level(level: Level) -> dict[str, Any]:
    return {
        "ratio": level.ratio.value,
        "low": level.ratio.low,
        "high": level.ratio.high,
        "verdict": level.verdict,
        "legacy": level.legacy,
        "refactored": level.refactored,
        "count": level.count,
        "decides": level.decides,
    }


def _compute(found: Bench) -> dict[str, Any] | None:
    if found.compute is None:
        return None
    plain = asdict(found.compute)
    del plain["paired"]  # round by round: in the history
    return plain

"""A rollout as a JSON document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.reports.rollout import left_behind, warnings
from harness.rollout.cases import as_case
from harness.rollout.results import Rollout, StackWay, Trial, Way
from harness.values import to_json


def as_json(
    found: Rollout, replays: Mapping[Trial, str], trees: dict[str, str], versions: dict[str, str]
) -> dict[str, Any]:
    """The document of `rollback`. Orders are listed where executions in flight survive them."""
    lost = {
        name: any(f.on_the_way and f.divergent and f.name.startswith(name) for f in found.flights)
        for name in ("out", "back")
    }
    orders = [list(order) for order in found.deploy_orders]
    return {
        "verdict": found.verdict,
        "trees": trees,
        "versions": versions,
        "seconds": round(found.seconds, 3),
        "runs": found.runs,
        "parts": list(found.parts),
        "scenarios": [
            {
                "name": look.scenario.name,
                "steps": look.steps,
                "executions": look.executions,
                "paused": look.paused,
            }
            for look in found.chosen
        ],
        "deploy_orders": [] if lost["out"] or found.blockers else orders,
        "rollback_orders": (
            [] if lost["back"] or found.blockers else [order[::-1] for order in orders]
        ),
        "orders_in_all": found.orders_in_all,
        "way_out": _way(found.out),
        "way_back": _way(found.back),
        "wait_seconds": found.wait,
        "combinations": {
            "judged": len(found.combinations),
            "safe": sum(t.verdict == "identical" for t in found.combinations),
            "not_judged": found.unjudged,
        },
        "unsafe": [
            _trial(trial, found, replays)
            for trial in found.combinations
            if trial.verdict != "identical"
        ],
        "never": [
            {"new": a.part, "while_old": a.other, **_trial(a.trial, found, replays)}
            for a in found.ahead
        ],
        "stack": {
            "changes": [to_json(vars(change)) for change in found.stacks.changes],
            "packages": [to_json(vars(package)) for package in found.stacks.packages],
            "updated": _stack_way(found.stacks.out, found, replays),
            "reverted": _stack_way(found.stacks.back, found, replays),
            "updated_with_code": _stack_way(found.stacks.versioned_out, found, replays),
            "reverted_with_code": _stack_way(found.stacks.versioned_back, found, replays),
            "advice": list(found.stacks.advice),
        },
        "in_flight": [
            {
                "name": flight.name,
                "asked": flight.asked,
                "made": flight.made,
                "scenarios": list(flight.scenarios),
                "on_the_way": flight.on_the_way,
                "divergent": [_trial(trial, found, replays) for trial in flight.divergent],
            }
            for flight in found.flights
        ],
        "left_behind": [line.strip() for line in list(left_behind(found))[1:]],
        "warnings": list(warnings(found)),
        "blockers": list(found.blockers),
        "problems": list(found.problems),
    }


def _way(way: Way | None) -> list[dict[str, list[str]]] | None:
    if way is None:
        return None
    return [
        {"by_hand": list(s.by_hand), "stacks": list(s.stacks), "partly": list(s.partly)}
        for s in way.stages
    ]


def _stack_way(way: StackWay, found: Rollout, replays: Mapping[Trial, str]) -> dict[str, Any]:
    return {
        "combinations": way.passed,
        "safe": way.unsafe is None,
        "only_when_it_fails": way.failing,
        "unsafe": _trial(way.unsafe, found, replays) if way.unsafe is not None else None,
    }


def _trial(trial: Trial, found: Rollout, replays: Mapping[Trial, str]) -> dict[str, Any]:
    return {
        **as_case(trial.course),
        "old": [part for part in found.parts if part not in trial.course.start],
        "scenario": trial.scenario,
        "verdict": trial.verdict,
        "effects": list(trial.effects),
        "divergence": to_json(trial.first) if trial.first is not None else None,
        "more": trial.more,
        "problem": trial.problem,
        "replay": replays.get(trial),
    }

"""What a run came to, without the time that it took: what two orders of events are compared by."""

from __future__ import annotations

import json
from typing import Any

from harness.clock_readings import without_clock
from harness.recording import Recording
from harness.strict import differences
from harness.values import to_json


def outcome(recording: Recording) -> Any:
    """Where executions ended and through which states, what people were answered, what stands in
    the account. How often something was polled depends on the time, so it is left out.
    """
    executions = [
        {**vars(execution), "path": list(dict.fromkeys(state for state, _ in execution.path))}
        for execution in recording.executions
    ]
    answers = [
        (step.function, step.result, step.error)
        for step in recording.steps
        if not step.source.startswith("states")
    ]
    return without_clock(
        {
            "executions": executions,
            "answers": answers,
            "tables": recording.tables,
            "drs": recording.drs,
            "ec2": recording.ec2,
        }
    )


def key_of(found: Any) -> str:
    """An outcome as text, equal for equal ones."""
    return json.dumps(to_json(found), sort_keys=True, default=repr)


def nearest(found: Any, known: list[Any]) -> list[tuple[str, Any, Any]]:
    """In what an outcome differs from the one that is most like it."""
    all_of_them = [
        [(d.path.lstrip("."), d.legacy, d.refactored) for d in differences(one, found, "")]
        for one in known
    ]
    return min(all_of_them, key=lambda told: (len(told), len(repr(told))), default=[])

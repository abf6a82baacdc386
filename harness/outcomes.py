"""What a run came to, without the time that it took: what runs are compared by that need not keep
the same time.
"""

from __future__ import annotations

import json
import re
from typing import Any

from harness.clock_readings import without_clock
from harness.recording import Recording
from harness.strict import differences
from harness.values import to_json


def outcome(recording: Recording, *, polls: bool) -> Any:
    """Where executions ended and through which states, what everybody was answered, what stands in
    the account. Without `polls`, what depends on how often something was polled is left out: what
    the state machine was answered, and states that it went through again.
    """
    executions = [
        {**vars(execution), "path": states if polls else list(dict.fromkeys(states))}
        for execution in recording.executions
        for states in [[state for state, _ in execution.path]]
    ]
    answers = [
        (step.function, step.result, step.error)
        for step in recording.steps
        if polls or not step.source.startswith("states")
    ]
    return without_clock(
        {
            "answers": answers,
            "executions": executions,
            "tables": recording.tables,
            "drs": recording.drs,
            "ec2": recording.ec2,
        }
    )


_PARTS = {"executions": "execution", "tables": "table"}
_OF_ANSWERS = ("step", "state", "exception")


def facet_of(path: str) -> str:
    """The facet of a comparison that a part of an outcome belongs to, by its path."""
    answer = re.match(r"\.?answers(?:\[\d+\](?:\[(\d)\])?)?", path)
    if answer:
        return _OF_ANSWERS[int(answer[1] or 0)]
    part = re.match(r"\.?(\w*)", path)
    name = part[1] if part else ""
    return _PARTS.get(name, name)


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

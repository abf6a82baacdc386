"""What one run of a scenario on one tree did: everything that a comparison may look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.aws.function import LogLine


@dataclass(frozen=True)
class Error:
    """An exception as the caller of a function or of AWS sees it."""

    type: str
    message: str


@dataclass(frozen=True)
class RecordedCall:
    """An API call that code in a function made. `at` in virtual seconds since the start, `step` the
    number, from 1, of the step in whose course it was made; `denied` says that the function's role
    does not permit it, `place` which line of the tree made it ("lambda/x/index.py:12 name"),
    `retries` how its client retries, `late` that whoever waited for its function had given up;
    `acted` how often the service did it, `fault` what befell it.
    """

    step: int
    at: float
    function: str
    name: str
    account: str
    region: str
    parameters: Any
    attempts: int
    error: Error | None
    denied: bool = False
    place: str = ""
    retries: str = ""
    late: bool = False
    acted: int = 1
    fault: str = ""


@dataclass(frozen=True)
class Step:
    """An invocation from outside: by the state machine, a person, a schedule."""

    at: float
    source: str
    function: str
    event: Any
    result: Any
    error: Error | None


@dataclass(frozen=True)
class Execution:
    """A run of a state machine; `path` is (state, virtual second of entry) in order."""

    name: str
    status: str
    error: str | None
    cause: Any
    output: Any
    path: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Recording:
    """One scenario on one side. Lists are in the order in which things happened."""

    scenario: str
    side: str
    elapsed: float
    steps: tuple[Step, ...]
    calls: tuple[RecordedCall, ...]
    executions: tuple[Execution, ...]
    tables: Mapping[str, list[Any]]
    drs: Mapping[str, Any]
    ec2: Mapping[str, Any]
    logs: tuple[LogLine, ...]
    network_attempts: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """True if a step raised, or an execution did not succeed."""
        return any(step.error for step in self.steps) or any(
            execution.status != "SUCCEEDED" for execution in self.executions
        )


_READING = ("Describe", "Get", "List", "BatchGet", "Query", "Scan", "Search", "Head", "Lookup")


def reads_only(name: str) -> bool:
    """True for an operation that changes nothing, by its name ("drs.DescribeJobs")."""
    return name.partition(".")[2].startswith(_READING)

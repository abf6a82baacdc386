"""A Lambda function as its template defines it, and what it logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from harness.aws.compiling import Sources


@dataclass(frozen=True)
class FunctionDefinition:
    """A Lambda function as its template defines it. `timeout` in seconds, `memory` in MB; `root` is
    the tree's folder, with a slash at its end;
    `concurrency` is how many containers it may have at once (ReservedConcurrentExecutions);
    `edited` is text that runs instead of what stands in a file.
    """

    key: str
    name: str
    arn: str
    entry: Path
    handler: str
    folders: tuple[Path, ...]
    variables: Mapping[str, str]
    timeout: int
    memory: int
    region: str
    account: str
    role: str
    runtime: str = "python3.12"
    root: str = "/"
    concurrency: int | None = None
    edited: Mapping[Path, str] = field(default_factory=dict)

    @cached_property
    def sources(self) -> Sources:
        """Its code, as it was when the tree was read."""
        return Sources(self.folders, self.edited)


@dataclass(frozen=True)
class LogLine:
    """One record that code in a function logged; `where` is the Python function that did it,
    `exception` what stands with it: "ValueError: no".
    """

    function: str
    where: str
    level: str
    message: str
    exception: str | None
    step: int = 0

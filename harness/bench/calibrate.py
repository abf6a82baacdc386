"""Entries of latency.toml from the REPORT lines that Lambda writes into a function's log.

    REPORT RequestId: 3f… Duration: 77.03 ms Billed Duration: 78 ms Memory Size: 512 MB
    Max Memory Used: 88 MB Init Duration: 387.25 ms

in one line, separated by tabs or spaces, whatever stands before it (AWS, "Lambda function logging
in Python").
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from drs_refactor.errors import InputError
from harness.bench.intervals import quantile

_REPORT = re.compile(
    r"REPORT RequestId:\s+\S+\s+Duration:\s+(?P<ran>[\d.]+) ms\s+Billed Duration:\s+[\d.]+ ms\s+"
    r"Memory Size:\s+(?P<memory>\d+) MB\s+Max Memory Used:\s+\d+ MB"
    r"(?:\s+Init Duration:\s+(?P<init>[\d.]+) ms)?"
)
FEWEST = 5
"""Cold starts of one memory size at least, to say anything of them."""


@dataclass(frozen=True)
class Report:
    """One invocation as Lambda reports it: seconds that the handler ran and, of a cold start, that
    the init phase took; MB of memory.
    """

    ran: float
    memory: int
    init: float | None


def reports(path: Path) -> list[Report]:
    """The REPORT lines of a log. Raises InputError for a file without any."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot be read: {error}", path=path, mend="Export the log group as text"
        ) from error
    found = [
        Report(
            float(told["ran"]) / 1000,
            int(told["memory"]),
            float(told["init"]) / 1000 if told["init"] else None,
        )
        for told in _REPORT.finditer(text)
    ]
    if not found:
        raise InputError(
            "has no REPORT line of Lambda",
            path=path,
            mend="Export the function's log group, with its platform lines, as text",
        )
    return found


def entries(found: list[Report], name: str) -> Iterator[str]:
    """A latency.toml of what the reports tell, line by line: cold starts by memory size. What they
    say of warm invocations holds AWS calls too, and is a comment to compare with.
    """
    for memory in sorted({report.memory for report in found}):
        inits = [r.init for r in found if r.memory == memory and r.init is not None]
        warm = [r.ran for r in found if r.memory == memory and r.init is None]
        if len(inits) >= FEWEST:
            p50, p95 = quantile(inits, 0.5), quantile(inits, 0.95)
            yield f"[lambda.cold.{memory}]"
            yield f"p50 = {p50:.3f}"
            yield f"p95 = {max(p95, p50):.3f}"
            yield f"source = {json.dumps(f'{len(inits)} cold starts in {name}')}"
            yield f"range = [{min(inits):.3f}, {max(inits):.3f}]"
        else:
            yield f"# {memory} MB: {len(inits)} cold starts in {name}, too few to tell"
        if warm:
            yield (
                f"# {memory} MB, warm: {len(warm)} invocations ran {quantile(warm, 0.5):.3f} s at "
                f"p50, {quantile(warm, 0.95):.3f} s at p95, AWS calls included"
            )
        yield ""

"""Whose code a run's time goes to: the trees', botocore's, the fake account's, the harness's own.

A timer of processor time looks at the stack every millisecond and counts the innermost frame that
has an owner; libraries below it work for it. Shortcuts work for whom they shorten.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import FrameType

import harness

INTERVAL = 0.001
"""Seconds of processor time between two looks."""

_HARNESS = str(Path(harness.__file__).parent)
_OWNERS = (
    (f"{_HARNESS}/aws/shortcuts/", ""),
    (f"{_HARNESS}/aws/drs/", "moto"),
    (f"{_HARNESS}/", "harness"),
    ("/site-packages/moto/", "moto"),
    ("/site-packages/boto3/", "botocore"),
    ("/site-packages/botocore/", "botocore"),
)


@dataclass(frozen=True)
class Shares:
    """Looks by owner: moto (with its DRS), botocore (with boto3), trees, harness, other."""

    looks: Mapping[str, int] = field(default_factory=dict)

    @staticmethod
    def sum(many: Iterable[Shares]) -> Shares:
        total: Counter[str] = Counter()
        for shares in many:
            total.update(shares.looks)
        return Shares(dict(total))

    def percent(self) -> dict[str, float]:
        """Percent by owner, the largest first."""
        total = sum(self.looks.values())
        ordered = sorted(self.looks.items(), key=lambda pair: -pair[1])
        return {owner: 100 * looks / total for owner, looks in ordered}


@contextmanager
def sampled(roots: Iterable[Path], *, on: bool = True) -> Iterator[Counter[str]]:
    """Count whose code runs inside. Needs the main thread, and a system with SIGPROF."""
    counts: Counter[str] = Counter()
    if not on:
        yield counts
        return
    trees = tuple(f"{path}/" for root in roots for path in (root, root.resolve()))

    def look(_number: int, frame: FrameType | None) -> None:
        counts[_owner_of(frame, trees)] += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
    try:
        yield counts
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _owner_of(frame: FrameType | None, trees: tuple[str, ...]) -> str:
    while frame is not None:
        owner = _owner(frame.f_code.co_filename, trees)
        if owner:
            return owner
        frame = frame.f_back
    return "other"


@lru_cache(maxsize=4096)
def _owner(filename: str, trees: tuple[str, ...]) -> str:
    if filename.startswith(trees):
        return "trees"
    return next((owner for part, owner in _OWNERS if part in filename), "")

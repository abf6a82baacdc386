"""A latency model: how long each thing takes that a run on virtual time waits for. Every entry says
where it is from, or that it is assumed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from statistics import NormalDist

ASSUMED = "assumed"
"""How the source of an entry begins that nobody has measured."""

FULL_CPU_MB = 1_769
"""Memory at which a function has one whole CPU (AWS, "Configure Lambda function memory")."""

_P95 = NormalDist().inv_cdf(0.95)


@dataclass(frozen=True)
class Distribution:
    """Seconds: lognormal with these quantiles, or, with `samples`, as measured (in order of size).
    Without a `p95` they are always the same.
    """

    p50: float
    p95: float | None = None
    samples: tuple[float, ...] = ()

    def quantile(self, u: float) -> float:
        """The seconds that a share `u` of all, in [0, 1), is below."""
        if self.samples:
            return self.samples[int(u * len(self.samples))]
        if self.p95 is None or self.p50 == 0:
            return self.p50
        sigma = math.log(self.p95 / self.p50) / _P95
        return self.p50 * math.exp(sigma * NormalDist().inv_cdf(min(max(u, 1e-9), 1 - 1e-9)))

    def scaled(self, factor: float) -> Distribution:
        """All of it so many times as long."""
        return Distribution(
            self.p50 * factor,
            self.p95 * factor if self.p95 is not None else None,
            tuple(sample * factor for sample in self.samples),
        )


@dataclass(frozen=True)
class Entry:
    """One entry by its dotted name. `low` and `high` are between which seconds an assumed p50 may
    lie. With `items`, a member of requests or answers, each of those takes `per_item` more.
    """

    name: str
    seconds: Distribution
    source: str
    low: float | None = None
    high: float | None = None
    per_item: float = 0.0
    items: str = ""

    @property
    def assumed(self) -> bool:
        return self.source.lower().startswith(ASSUMED)

    def scaled(self, factor: float) -> Entry:
        """The entry with all of its times so many times as long."""
        return replace(self, seconds=self.seconds.scaled(factor), per_item=self.per_item * factor)


@dataclass(frozen=True)
class Prices:
    """US dollars: of a GB-second and a request of Lambda, and of a transition of Step Functions."""

    gb_second: float
    request: float
    transition: float
    source: str


@dataclass(frozen=True)
class Latencies:
    """The model. `idle` is after how many seconds without use Lambda takes a container away;
    `concurrency` how many may run at once in the account; `where` the files that it is from.
    """

    entries: Mapping[str, Entry]
    idle: float
    concurrency: int
    prices: Prices
    where: tuple[str, ...] = field(default=(), compare=False)

    def call(self, service: str, operation: str) -> Entry:
        """The entry of an operation, of its service, or of any call."""
        for name in (f"call.{service}.{operation}", f"call.{service}.default"):
            if name in self.entries:
                return self.entries[name]
        return self.entries["call.default"]

    def cold(self, memory: int) -> Entry:
        """The entry of a cold start with the nearest memory, in MB."""
        return self.entries[f"lambda.cold.{min(self._memories, key=lambda mb: abs(mb - memory))}"]

    @cached_property
    def _memories(self) -> tuple[int, ...]:
        prefix = "lambda.cold."
        return tuple(
            sorted(int(name.removeprefix(prefix)) for name in self.entries if prefix in name)
        )

    def scaled(self, name: str, factor: float) -> Latencies:
        """The model with one entry so many times as long."""
        changed = {**self.entries, name: self.entries[name].scaled(factor)}
        return replace(self, entries=changed)


def share_of_cpu(memory: int) -> float:
    """How much of a CPU a function has."""
    return min(1.0, memory / FULL_CPU_MB)


def uniform(*key: object) -> float:
    """A number in [0, 1) that follows from what it is for: the same on any machine."""
    digest = blake2b(repr(key).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64

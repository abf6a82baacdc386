"""A scenario: what stands in the account, what the state machine or a function is given, and what
people and schedules do at which virtual instant. Nothing else happens.

Each class is also the format of scenario files, key by key (docs in README, "Your own scenarios").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from harness.aws.disruptions import Alteration, Disruption, Latency
from harness.aws.faults import Fault
from harness.aws.places import HUB, REGION
from harness.plans import JobPlan, JobTiming, Launch, Quotas

__all__ = [
    "Alteration",
    "Disruption",
    "Fault",
    "FunctionCall",
    "Invocation",
    "JobTiming",
    "Latency",
    "Launch",
    "Network",
    "PlannedJob",
    "Quotas",
    "Scenario",
    "Server",
    "Start",
    "TrustedRole",
]


@dataclass(frozen=True)
class Server:
    """A DRS source server. `launch` says how it fares in its jobs.

    With a `count`, `id` is a format that is given the numbers from 0: "s-{:017x}".
    """

    id: str
    hostname: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    account: str = HUB
    region: str = REGION
    template: bool = True
    launch: Launch | None = None
    count: int = 0

    @property
    def ids(self) -> list[str]:
        """The ids of all servers that it stands for."""
        return [self.id.format(n) for n in range(self.count)] if self.count else [self.id]


@dataclass(frozen=True)
class Network:
    """What launch templates may name: subnets and security groups in an account's default VPC, by
    their ids, and instance profiles by name.
    """

    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    instance_profiles: tuple[str, ...] = ()
    account: str = HUB
    region: str = REGION


@dataclass(frozen=True)
class TrustedRole:
    """A role in another account that the hub may assume, with this external id if there is one."""

    account: str
    name: str
    external_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class PlannedJob(JobPlan):
    """How a job goes, of those that are started in this account and region."""

    account: str = HUB
    region: str = REGION


@dataclass(frozen=True)
class Start:
    """Start the tree's state machine as execution `name` with `input`."""

    input: Any
    name: str = "execution-1"
    seconds: float = 0.0


@dataclass(frozen=True)
class Invocation:
    """Invoke `function`, by its key in migration.toml, `seconds` after the start."""

    function: str
    event: Any
    seconds: float = 0.0
    by: str = "user"


@dataclass(frozen=True)
class FunctionCall:
    """Call a moved `function`, by its name in migration.toml, `seconds` after the start: itself in
    its old home, the action that stands for it in the new one. Arguments by parameter.
    """

    function: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True)
class Scenario:
    """One scenario. `tables` maps an environment variable that names a table to its items.

    `initialized` are regions in which the hub's DRS is initialized; a server does that too.
    `timing` is that of every job, `jobs` are odd ones in the order of their start, `quotas` those
    of DRS in every account and region. `concurrency` is how many containers a function may have at
    once, by its key. `lacks` are modules, and names in them, that are not there, as in layers of an
    older release. `source` is where it was read.
    """

    name: str
    shows: str
    tables: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    servers: tuple[Server, ...] = ()
    roles: tuple[TrustedRole, ...] = ()
    networks: tuple[Network, ...] = ()
    initialized: tuple[str, ...] = ()
    timing: JobTiming = field(default_factory=JobTiming)
    jobs: tuple[PlannedJob, ...] = ()
    quotas: Quotas = field(default_factory=Quotas)
    start: Start | None = None
    invoke: tuple[Invocation, ...] = ()
    call: tuple[FunctionCall, ...] = ()
    refuse: tuple[Disruption, ...] = ()
    slow: tuple[Latency, ...] = ()
    alter: tuple[Alteration, ...] = ()
    faults: tuple[Fault, ...] = ()
    concurrency: Mapping[str, int] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()
    history_limit: int = 25_000
    source: str = field(default="", compare=False)

    def as_case(self) -> dict[str, Any]:
        """The scenario as JSON types: what `replay` reads."""
        return asdict(self)

"""A scenario: what stands in the account, what the state machine or a function is given, and what
people and schedules do at which virtual instant. Nothing else happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from harness.aws.disruptions import Disruption, Latency


@dataclass(frozen=True)
class Server:
    """A DRS source server. `launch` are the settings of `harness.aws.drs`'s `Launch`.

    With a `count`, `id` is a format that is given the numbers from 0: "s-{:017x}".
    """

    id: str
    hostname: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    account: str = "123456789012"
    region: str = "us-east-1"
    template: bool = True
    launch: Mapping[str, Any] = field(default_factory=dict)
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
    account: str = "123456789012"
    region: str = "us-east-1"


@dataclass(frozen=True)
class TrustedRole:
    """A role in another account that the hub may assume, with this external id if there is one."""

    account: str
    name: str
    external_id: str | None = None


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
class Scenario:
    """One scenario. `tables` maps an environment variable that names a table to its items.

    `initialized` are regions in which the hub's DRS is initialized; a server does that too.
    `timing` are the settings of `harness.aws.drs`'s `JobTiming` for every job, `jobs` those of
    `JobPlan` for the first jobs in the order of their start, with `account` and `region`
    where these are not the hub's.
    """

    name: str
    shows: str
    tables: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    servers: tuple[Server, ...] = ()
    roles: tuple[TrustedRole, ...] = ()
    networks: tuple[Network, ...] = ()
    initialized: tuple[str, ...] = ()
    timing: Mapping[str, float] = field(default_factory=dict)
    jobs: tuple[Mapping[str, Any], ...] = ()
    start: Start | None = None
    invoke: tuple[Invocation, ...] = ()
    refuse: tuple[Disruption, ...] = ()
    slow: tuple[Latency, ...] = ()
    history_limit: int = 25_000

    def as_case(self) -> dict[str, Any]:
        """The scenario as JSON types: what `replay` reads."""
        return asdict(self)

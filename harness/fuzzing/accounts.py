"""What stands in the drawn accounts: servers, protection groups, roles, networks, how jobs go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis.strategies import DrawFn

from harness.aws.places import HUB
from harness.fuzzing.drawn import chance, one_of, some_of

Data = dict[str, Any]

OTHER, THIRD = "210987654321", "345678901234"
PROFILE = "web-profile"


@dataclass(frozen=True)
class Site:
    """An account and a region that servers stand in, and the groups and servers there."""

    account: str
    region: str
    groups: list[str] = field(default_factory=list)
    tagged: set[str] = field(default_factory=set)
    servers: list[str] = field(default_factory=list)

    @property
    def role(self) -> str:
        return "DRSOrchestrationRole"  # the same everywhere, as one would deploy it

    @property
    def external_id(self) -> str | None:
        return "a-shared-secret" if self.account == OTHER else None


# Several accounts in one region are what a cache without the account in its key mixes up.
_PLACES = (
    (HUB, "us-east-1"),
    (HUB, "us-east-1"),
    (HUB, "eu-west-1"),
    (OTHER, "us-east-1"),
    (OTHER, "us-east-1"),
    (OTHER, "eu-west-1"),
    (THIRD, "us-east-1"),
    (THIRD, "us-east-1"),
)

_TIMINGS = (
    {"job_pending_seconds": 0, "server_pending_seconds": 5, "launch_seconds": 10},
    {"job_pending_seconds": 0, "server_pending_seconds": 5, "launch_seconds": 10},
    {"job_pending_seconds": 0, "server_pending_seconds": 0, "launch_seconds": 0, "end_seconds": 0},
    {"job_pending_seconds": 10, "server_pending_seconds": 20, "launch_seconds": 30},
    {"job_pending_seconds": 35, "server_pending_seconds": 5, "launch_seconds": 20},
    {"launch_seconds": 70, "end_seconds": 40},
)

_TAGS: tuple[Data, ...] = (
    {"Tier": "web", "Build": "42"},
    {"Tier": "web", "Environment": "prod"},
    {"Tier": "app"},
    {},
)
_SELECTIONS: tuple[Data, ...] = (
    {"Tier": "web"},
    {"Tier": "web"},
    {" Tier ": " WEB", "Environment": "Prod"},
    {"Tier": "app"},
    {"Tier": "mainframe"},
    {"Build": 42},
    {},
)
_LAUNCHES = (
    {"launch_seconds": 40},
    {"pending_seconds": 50},
    {"outcome": "FAILED"},
    {"outcome": "FAILED", "launch_seconds": 5, "error": "No capacity"},
    {"outcome": "TERMINATED"},
)
_JOBS: tuple[Data, ...] = (
    {},
    {"servers": "hidden"},
    {"servers": "none"},
    {"stuck_in": "PENDING"},
    {"stuck_in": "STARTED"},
    {"vanishes_after_seconds": 0},
    {"vanishes_after_seconds": 20},
)
_QUOTAS = ({"concurrent_jobs": 1}, {"servers_per_job": 1}, {"servers_in_all_jobs": 2})

_SETTINGS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("copyTags", (True, False, None)),
    ("copyPrivateIp", (True, False)),
    ("licensing", ({"osByol": True}, {"osByol": False}, None)),
    ("targetInstanceTypeRightSizingMethod", ("NONE", "BASIC")),
    ("launchDisposition", ("STARTED", "STOPPED")),
    ("instanceType", ("m5.xlarge", "c5.large", "", None)),
    ("subnetId", ("subnet-11111111", "subnet-99999999", None)),
    ("securityGroupIds", (["sg-11111111", "sg-22222222"], ["sg-11111111"], [], None)),
    ("staticPrivateIp", ("172.31.96.25", "")),
    ("instanceProfileName", (PROFILE, "")),
)


def accounts(draw: DrawFn) -> tuple[Data, list[Site]]:
    """A scenario in which nothing happens yet, and its sites."""
    sites = [Site(account, region) for account, region in _places(draw)]
    data: Data = {"servers": [], "roles": [], "timing": one_of(draw, _TIMINGS)}
    groups: list[Data] = []
    for site in sites:
        for _ in range(one_of(draw, (1, 1, 2, 2, 3))):
            server = _server(draw, site, len(data["servers"]))
            data["servers"].append(server)
            site.servers.append(server["id"])
        for _ in range(one_of(draw, (1, 1, 2))):
            group = _group(draw, site, f"pg-{len(groups)}")
            groups.append(group)
            site.groups.append(group["groupId"])
            if group.get("serverSelectionTags"):
                site.tagged.add(group["groupId"])
    targets = []
    for site in sites:
        if site.account != HUB and all(role["account"] != site.account for role in data["roles"]):
            role = {"account": site.account, "name": site.role, "external_id": site.external_id}
            if not chance(draw, 5):
                data["roles"].append(role)
            targets.append(_target(site))
    data["tables"] = {"PROTECTION_GROUPS_TABLE": groups, "TARGET_ACCOUNTS_TABLE": targets}
    if any("launchConfig" in group for group in groups) and chance(draw, 60):
        data["networks"] = [_network(region) for region in sorted({s.region for s in sites})]
    if chance(draw, 10):
        job = dict(one_of(draw, _JOBS))
        data["jobs"] = [{}, job] if chance(draw, 30) else [job]
    if chance(draw, 6):
        data["quotas"] = one_of(draw, _QUOTAS)
    return data, sites


def _places(draw: DrawFn) -> list[tuple[str, str]]:
    if chance(draw, 15):
        return [(OTHER, "us-east-1"), (THIRD, "us-east-1")]
    return list(dict.fromkeys(some_of(draw, _PLACES, 1, 3)))


def _server(draw: DrawFn, site: Site, number: int) -> Data:
    server: Data = {
        "id": f"s-{number:017x}",
        "tags": one_of(draw, _TAGS[:1] * 3 + _TAGS),
        "account": site.account,
        "region": site.region,
    }
    if chance(draw, 12):
        server["launch"] = one_of(draw, _LAUNCHES)
    if chance(draw, 5):
        server["template"] = False
    return server


def _group(draw: DrawFn, site: Site, group_id: str) -> Data:
    group: Data = {"groupId": group_id}
    if site.region != "us-east-1" or not chance(draw, 15):
        group["region"] = site.region
    if chance(draw, 60):
        group["accountId"] = site.account
    if chance(draw, 40):
        group["serverSelectionTags"] = dict(one_of(draw, _SELECTIONS))
    if chance(draw, 30):
        group["launchConfig"] = _settings(draw)
    if chance(draw, 20):
        group["servers"] = [
            {
                "sourceServerId": server_id,
                "useGroupDefaults": not chance(draw, 40),
                "launchTemplate": _settings(draw),
            }
            for server_id in some_of(draw, site.servers, 1, 2)
        ]
    return group


def _settings(draw: DrawFn) -> Data:
    chosen = some_of(draw, _SETTINGS, 0, 4)
    return {name: one_of(draw, values) for name, values in chosen}


def _target(site: Site) -> Data:
    target = {"accountId": site.account, "assumeRoleName": site.role}
    return target | ({"externalId": site.external_id} if site.external_id else {})


def _network(region: str) -> Data:
    return {
        "subnets": ["subnet-11111111"],
        "security_groups": ["sg-11111111", "sg-22222222"],
        # Profiles belong to the account, whatever the region.
        "instance_profiles": [PROFILE] if region == "us-east-1" else [],
        "region": region,
    }


def context(draw: DrawFn, site: Site) -> Data:
    """The account context of an execution whose servers stand at the site."""
    if site.account == HUB:
        return one_of(draw, ({}, {}, {"accountId": HUB}, {"isCurrentAccount": True}))
    given: Data = {
        "accountId": site.account,
        "isCurrentAccount": False,
        "assumeRoleName": site.role,
    }
    if site.external_id or chance(draw, 20):
        given["externalId"] = site.external_id
    if chance(draw, 4):
        given["externalId"] = "another secret"
    return given

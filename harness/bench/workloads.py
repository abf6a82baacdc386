"""Plans of any size for the state machine, and how long the jobs of one take in each draw."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness.bench.latency import Latencies, uniform
from harness.plans import JobTiming, Quotas
from harness.scenario import PlannedJob, Scenario, Server, Start

END_SECONDS = 5.0
"""A job ends so long after its last server; assumed."""

PENDING, LAUNCH = "drs.pending", "drs.launch"
"""Entries of the model: until a job's servers begin to launch, and from then on."""


@dataclass(frozen=True)
class Size:
    """`servers` of each of `waves`, in an account of so many source servers; each job takes
    `seconds`. By `tags`, the waves name no servers: DRS is asked.
    """

    waves: int = 2
    servers: int = 3
    source_servers: int = 10
    seconds: float = 60.0
    tags: bool = False


def workload(size: Size) -> Scenario:
    """A drill of that size, in the hub account; without draws all of its jobs take as long."""
    in_waves = size.waves * size.servers
    ids = [f"s-{number:017x}" for number in range(max(size.source_servers, in_waves))]
    numbers = range(size.waves)
    waves = [
        _wave(size, number, ids[number * size.servers : (number + 1) * size.servers])
        for number in numbers
    ]
    record = {
        "executionId": "execution-1",
        "planId": "plan-1",
        "status": "PENDING",
        "executionType": "DRILL",
        "startTime": 1767603590,
        "waves": [],
    }
    return Scenario(
        name=f"bench-{size.waves}-waves-of-{size.servers}",
        shows="A drill of the size that is measured.",
        tables={
            "PROTECTION_GROUPS_TABLE": tuple(_group(size, number) for number in numbers),
            "EXECUTION_HISTORY_TABLE": (record,),
        },
        servers=tuple(
            Server(one, tags={"Wave": str(number // size.servers)}, template=number < in_waves)
            for number, one in enumerate(ids)
        ),
        # AWS raises this one on request.
        quotas=Quotas(replicating_servers=max(300, len(ids))),
        timing=_timing(size.seconds / 4, 3 * size.seconds / 4),
        start=Start(
            {
                "Execution": {"Id": "execution-1"},
                "Plan": {"planId": "plan-1", "planName": "Payroll", "waves": waves},
                "isDrill": True,
                "accountContext": {},
            }
        ),
    )


def beginning() -> Scenario:
    """A drill of one wave that is over at the first poll: what is measured is how it begins."""
    timing = JobTiming(0.0, 0.0, 1.0, end_seconds=1.0)
    short = workload(Size(waves=1))
    return replace(short, name="bench-begin", jobs=(PlannedJob(timing=timing),), timing=timing)


def _wave(size: Size, number: int, ids: Sequence[str]) -> dict[str, Any]:
    wave = {
        "waveNumber": number,
        "waveName": f"Wave {number + 1}",
        "protectionGroupId": f"pg-{number}",
    }
    return wave if size.tags else wave | {"serverIds": list(ids)}


def _group(size: Size, number: int) -> Mapping[str, Any]:
    tags = {"serverSelectionTags": {"Wave": str(number)}} if size.tags else {}
    return {"groupId": f"pg-{number}", "groupName": "Servers", "region": "us-east-1", **tags}


def _timing(pending: float, launch: float) -> JobTiming:
    return JobTiming(pending / 2, pending / 2, launch, end_seconds=END_SECONDS)


def drawn(scenario: Scenario, latencies: Latencies, seed: int, draw: int, draws: int) -> Scenario:
    """The scenario with its jobs as long as draw number `draw` of `draws` has them, from 0. Each
    job's lengths over all draws are a Latin hypercube, so that few draws fill the distributions
    and polls meet the ends of jobs at every phase. Jobs that the scenario plans stay as they are.
    """
    if scenario.jobs:
        return scenario
    start = scenario.start.input if scenario.start is not None else {}
    count = len(start.get("Plan", {}).get("waves", [])) if isinstance(start, dict) else 0
    places = sorted({(server.account, server.region) for server in scenario.servers})
    jobs = tuple(
        PlannedJob(
            account=account,
            region=region,
            timing=_timing(
                *(
                    latencies.entries[entry].seconds.quantile(
                        _stratum(seed, (entry, account, region, number), draw, draws)
                    )
                    for entry in (PENDING, LAUNCH)
                )
            ),
        )
        for account, region in places
        for number in range(count)
    )
    return replace(scenario, jobs=jobs, timing=replace(scenario.timing, end_seconds=END_SECONDS))


def _stratum(seed: int, dimension: object, draw: int, draws: int) -> float:
    """A point of the draw's own stratum in one dimension."""
    order = list(range(draws))
    random.Random(f"{seed} {dimension}").shuffle(order)
    return (order[draw] + uniform(seed, dimension, draw)) / draws

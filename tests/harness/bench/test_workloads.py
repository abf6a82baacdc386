from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.aws.places import HUB, REGION
from harness.bench.latency import Distribution
from harness.bench.workloads import (
    END_SECONDS,
    LAUNCH,
    PENDING,
    Size,
    beginning,
    drawn,
    workload,
)
from harness.plans import JobTiming
from harness.run import run
from harness.scenario import PlannedJob, Scenario, Server
from harness.sides import Sides
from tests.harness.bench.support import entry, model

MODEL = model(
    entry(PENDING, 0, seconds=Distribution(50.0, samples=tuple(map(float, range(100))))),
    entry(LAUNCH, 0, seconds=Distribution(1050.0, samples=tuple(map(float, range(1000, 1100))))),
)
DRAWS = 20


def plan(scenario: Scenario) -> list[dict[str, Any]]:
    assert scenario.start is not None
    waves: list[dict[str, Any]] = scenario.start.input["Plan"]["waves"]
    return waves


def test_a_plan_names_its_servers_once_each() -> None:
    found = workload(Size(waves=3, servers=2, source_servers=10))
    named = [server for wave in plan(found) for server in wave["serverIds"]]
    assert [len(wave["serverIds"]) for wave in plan(found)] == [2, 2, 2]
    assert len(set(named)) == 6
    assert named == [server.id for server in found.servers][:6]
    assert len(found.servers) == 10
    assert found.name == "bench-3-waves-of-2"


def test_an_account_has_what_the_plan_needs() -> None:
    found = workload(Size(waves=4, servers=100, source_servers=1))
    assert len(found.servers) == 400
    few = workload(Size(waves=1, servers=2, source_servers=5)).servers
    assert [server.template for server in few] == [True, True, False, False, False]
    assert found.quotas.replicating_servers == 400


def test_by_tags_waves_name_no_servers() -> None:
    found = workload(Size(waves=2, servers=1, source_servers=3, tags=True))
    assert not any("serverIds" in wave for wave in plan(found))
    groups = found.tables["PROTECTION_GROUPS_TABLE"]
    assert [group["serverSelectionTags"] for group in groups] == [{"Wave": "0"}, {"Wave": "1"}]
    assert [server.tags["Wave"] for server in found.servers] == ["0", "1", "2"]


def test_a_job_takes_as_long_as_the_size_says() -> None:
    timing = workload(Size(seconds=100)).timing
    assert timing.job_pending_seconds + timing.server_pending_seconds == 25
    assert timing.launch_seconds == 75
    assert timing.end_seconds == END_SECONDS


@pytest.mark.parametrize(
    "size",
    [
        Size(waves=1, servers=1),
        Size(waves=2, servers=2),
        Size(waves=1, servers=2, source_servers=5, tags=True),
    ],
)
def test_both_trees_finish_it(sides: Sides, size: Size) -> None:
    for tree in (sides.legacy, sides.refactored):
        found = run(tree, workload(size))
        assert [one.status for one in found.executions] == ["SUCCEEDED"]
        started = [call for call in found.calls if call.name == "drs.StartRecovery"]
        servers = [len(call.parameters["sourceServers"]) for call in started]
        assert servers == [size.servers] * size.waves


def test_a_begin_is_over_at_the_first_poll(sides: Sides) -> None:
    for tree in (sides.legacy, sides.refactored):
        found = run(tree, beginning())
        assert [one.status for one in found.executions] == ["SUCCEEDED"]
        assert sum(call.name == "drs.DescribeJobs" for call in found.calls) == 1


def lengths(scenario: Scenario, draw: int, seed: int = 0) -> list[tuple[float, float]]:
    """Seconds pending and launching of each job of a draw."""
    found = drawn(scenario, MODEL, seed, draw, DRAWS)
    timings = [job.timing for job in found.jobs]
    assert all(one is not None and one.end_seconds == END_SECONDS for one in timings)
    return [
        (one.job_pending_seconds + one.server_pending_seconds, one.launch_seconds)
        for one in timings
        if one is not None
    ]


def test_each_wave_has_a_job_of_its_own_length() -> None:
    found = lengths(workload(Size(waves=3)), 0)
    assert len(found) == 3
    assert len({length for job in found for length in job}) > 3
    assert found == lengths(workload(Size(waves=3)), 0)
    assert found != lengths(workload(Size(waves=3)), 1)
    assert found != lengths(workload(Size(waves=3)), 0, seed=1)


def test_the_draws_of_each_length_fill_its_distribution() -> None:
    """Of so many draws, one lies in each of as many shares of the distribution."""
    draws = [lengths(workload(Size(waves=2)), draw) for draw in range(DRAWS)]
    for wave in (0, 1):
        for part in (0, 1):
            found = sorted(draw[wave][part] for draw in draws)
            assert [(int(seconds) - 1000 * part) // 5 for seconds in found] == list(range(DRAWS))
    orders = {
        tuple(sorted(range(DRAWS), key=lambda n: draws[n][wave][part]))
        for wave in (0, 1)
        for part in (0, 1)
    }
    assert len(orders) == 4


def test_jobs_that_a_scenario_plans_stay_as_they_are() -> None:
    planned = replace(workload(Size()), jobs=(PlannedJob(timing=JobTiming()),))
    assert drawn(planned, MODEL, 0, 0, 1) is planned


def test_each_account_and_region_has_jobs_of_its_own() -> None:
    there = replace(workload(Size(waves=2)), servers=(Server("a"), Server("b", account="2")))
    found = drawn(there, MODEL, 0, 0, 1).jobs
    assert [(job.account, job.region) for job in found] == sorted(
        [(HUB, REGION), (HUB, REGION), ("2", REGION), ("2", REGION)]
    )


@pytest.mark.parametrize("start", [None, "as_text"])
def test_without_a_plan_no_job_is_drawn(start: str | None) -> None:
    bare = workload(Size())
    assert bare.start is not None
    changed = None if start is None else replace(bare.start, input=start)
    assert drawn(replace(bare, start=changed), MODEL, 0, 0, 1).jobs == ()

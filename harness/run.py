"""One scenario on one tree: seed, let everything happen, record."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from moto.ec2.models import ec2_backends, security_groups, subnets
from moto.iam.models import iam_backends

from harness.aws import trust
from harness.aws.notes import OnRun
from harness.aws.pacing import Pace
from harness.deployment import create_role, put_item
from harness.drs_seeds import seed_drs
from harness.fitting import check
from harness.function_faults import with_faults
from harness.recording import Recording
from harness.scenario import Invocation, Network, Scenario
from harness.switches import Switches
from harness.tree import Tree
from harness.world import World


def run(
    tree: Tree,
    scenario: Scenario,
    *,
    cold: bool = False,
    denied: Mapping[str, tuple[str, ...]] | None = None,
    on_run: OnRun | None = None,
    switches: Switches | None = None,
    settle: float = 0.0,
    pace: Pace | None = None,
) -> Recording:
    """Run a scenario in a world of its own, and look at the account `settle` seconds after the end.
    Raises InputError where it does not fit the tree.
    """
    check(tree, scenario)
    tree = with_faults(tree, scenario.faults)
    with World(
        tree,
        cold=cold,
        disruptions=scenario.refuse,
        latencies=scenario.slow,
        alterations=scenario.alter,
        faults=scenario.faults,
        history_limit=scenario.history_limit,
        concurrency=scenario.concurrency,
        lacks=scenario.lacks,
        denied=denied,
        on_run=on_run,
        switches=switches,
        pace=pace,
    ) as world:
        seed(world, scenario)
        if scenario.start is not None:
            start = scenario.start
            world.clock.spawn(
                lambda: world.start_execution(world.tree.machines[0].name, start.name, start.input),
                delay=start.seconds,
                name=start.name,
            )
        for invocation in scenario.invoke:
            _schedule(world, invocation)
        for call in scenario.call:
            world.call_moved_later(call.seconds, call.function, call.arguments)
        world.run()
        world.clock.sleep(settle)
        return world.recording(scenario.name)


def seed(world: World, scenario: Scenario) -> None:
    """Put what the scenario says into the account."""
    for variable, items in scenario.tables.items():
        table = world.tree.table_of(variable)
        assert table is not None, "_check has looked"
        for item in items:
            put_item(table, _numbers(item))
    for role in scenario.roles:
        create_role(role.account, role.name, trust.trust_policy(role.external_id))
    for network in scenario.networks:
        _create_network(network)
    seed_drs(scenario)


def _numbers(value: Any) -> Any:
    """Numbers as DynamoDB takes them."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return Decimal(str(value))
    if isinstance(value, Mapping):
        return {key: _numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    return value


def _create_network(network: Network) -> None:
    """A VPC with subnets and security groups of the ids that the scenario names."""
    backend = ec2_backends[network.account][network.region]
    vpc = next(iter(backend.vpcs.values()))
    zones = [f"{network.region}{zone}" for zone in "abcdef"]
    for number, subnet_id in enumerate(network.subnets):
        with patch.object(subnets, "random_subnet_id", lambda wanted=subnet_id: wanted):
            backend.create_subnet(vpc.id, f"172.31.{96 + number}.0/24", zones[number % 6])
    for group_id in network.security_groups:
        with patch.object(
            security_groups, "random_security_group_id", lambda wanted=group_id: wanted
        ):
            backend.create_security_group(group_id, "of the scenario", vpc_id=vpc.id)
    for name in network.instance_profiles:
        iam_backends[network.account]["aws"].create_instance_profile(
            name=name, path="/", role_names=[], tags=[]
        )


def _schedule(world: World, invocation: Invocation) -> None:
    world.invoke_later(invocation.seconds, invocation.function, invocation.event, invocation.by)

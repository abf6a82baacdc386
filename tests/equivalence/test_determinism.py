"""Every verdict stands on this: the same run gives the same recording, whatever went before."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import boto3
import pytest

from harness.aws import environment
from harness.aws.container import running
from harness.comparison import compare
from harness.recording import Recording
from harness.run import run, seed
from harness.scenario import Scenario
from harness.scenario_files import select, shipped
from harness.sides import Sides
from harness.strict import differences
from harness.tree import read_tree
from harness.values import to_json
from harness.world import World

pytestmark = pytest.mark.equivalence

NAMES = [
    "drill-one-wave",
    "launch-configuration-with-overrides",
    "pause-and-resume",
    "cross-account",
    "start-recovery-throttled",
    "started-through-the-api",
]
SCENARIOS = select(shipped(), NAMES)
SIDES = ("legacy", "refactored")


def scenario(name: str) -> Scenario:
    return select(shipped(), [name])[0]


def assert_same(one: Recording, other: Recording) -> None:
    assert list(differences(one, other)) == []


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("case", SCENARIOS, ids=lambda case: case.name)
def test_twice_is_the_same(sides: Sides, side: str, case: Scenario) -> None:
    tree = getattr(sides, side)
    assert_same(run(tree, case), run(tree, case))


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("case", SCENARIOS, ids=lambda case: case.name)
def test_cold_containers_do_what_warm_ones_do(sides: Sides, side: str, case: Scenario) -> None:
    tree = getattr(sides, side)
    assert_same(run(tree, case), run(tree, case, cold=True))


def test_the_order_of_scenarios_does_not_matter(sides: Sides) -> None:
    forward = {case.name: run(sides.refactored, case) for case in SCENARIOS}
    random.seed(1)  # what other code draws must not matter either
    backward = {case.name: run(sides.refactored, case) for case in reversed(SCENARIOS)}
    for name, recording in forward.items():
        assert_same(recording, backward[name])


@pytest.mark.parametrize("name", ["launch-configuration-with-overrides", "pause-and-resume"])
def test_an_extra_call_shifts_nothing(sides: Sides, name: str) -> None:
    case = scenario(name)
    plain = run(sides.legacy, case)
    with World(sides.legacy) as world:
        seed(world, case)

        def unrelated_calls() -> None:
            container = world.container("query-handler")
            running.set(container)
            with environment.variables(container.variables):
                boto3.client("ec2", region_name="us-east-1").describe_vpcs()
                boto3.client("sts", region_name="us-east-1").get_caller_identity()
                boto3.client("ec2", region_name="us-east-1").describe_instances()

        world.clock.spawn(unrelated_calls)
        assert case.start is not None
        machine, start = sides.legacy.machines[0].name, case.start
        world.clock.spawn(lambda: world.start_execution(machine, start.name, start.input))
        for event in case.invoke:
            world.invoke_later(event.seconds, event.function, event.event, event.by)
        world.run()
        disturbed = world.recording(name)
    extra = ("ec2.DescribeVpcs", "sts.GetCallerIdentity", "ec2.DescribeInstances")
    assert [call.name for call in disturbed.calls if call.name in extra] == list(extra)
    kept = tuple(call for call in disturbed.calls if call.name not in extra)
    assert_same(plain, replace(disturbed, calls=kept))


@pytest.mark.parametrize("case", SCENARIOS, ids=lambda case: case.name)
def test_legacy_against_itself_is_identical(sides: Sides, case: Scenario) -> None:
    comparison = compare(run(sides.legacy, case), run(sides.legacy, case), sides.rules)
    assert comparison.divergences == ()


def test_sides_swapped_give_the_mirrored_result(sides: Sides, root: Path, tmp_path: Path) -> None:
    case = scenario("drill-one-wave")
    broken = tmp_path / "broken"
    for path in (root / "refactored").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            target = broken / path.relative_to(root / "refactored")
            target.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text(encoding="utf-8")
            target.write_text(text.replace("isDrill=is_drill,", "isDrill=not is_drill,"))
    from drs_refactor.migration import load

    tree = read_tree(broken, load(root / "migration.toml"), "refactored")
    one, other = run(sides.legacy, case), run(tree, case)
    forward = compare(one, other, sides.rules).divergences
    backward = compare(other, one, sides.rules).divergences
    assert forward
    mirrored = [
        replace(
            d,
            legacy=d.refactored,
            refactored=d.legacy,
            legacy_place=d.refactored_place,
            refactored_place=d.legacy_place,
        )
        for d in backward
    ]
    assert sorted(map(repr, forward)) == sorted(map(repr, mirrored))


_DIGEST = """
import hashlib, json, sys
from pathlib import Path
from drs_refactor.migration import load
from harness.run import run
from harness.scenario_files import select, shipped
from harness.tree import read_tree
from harness.values import to_json
root = Path(sys.argv[1])
tree = read_tree(root / "refactored", load(root / "migration.toml"), "refactored")
recording = run(tree, select(shipped(), ["tags-all-match"])[0])
print(hashlib.sha256(json.dumps(to_json(recording), sort_keys=True).encode()).hexdigest())
"""


def test_another_process_and_hash_seed_give_the_same(sides: Sides, root: Path) -> None:
    here = run(sides.refactored, scenario("tags-all-match"))
    digest = hashlib.sha256(json.dumps(to_json(here), sort_keys=True).encode()).hexdigest()
    for hash_seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", _DIGEST, str(root)],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        )
        assert done.stdout.strip() == digest

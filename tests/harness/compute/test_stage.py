from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable

import boto3
import pytest

from drs_refactor.errors import InputError
from harness.compute.results import Play, Tape
from harness.compute.stage import Player, Stage
from harness.compute.tape import record
from harness.scenario import Scenario
from harness.scenario_files import select, shipped
from harness.sides import Sides
from harness.tree import Tree

Edited = Callable[[Tree, str, str, str], Tree]
ORCHESTRATION = "orchestration"
HANDLER = "def lambda_handler(event, context):\n"
GO_ON = "    return lambda_handler_as_it_was(event, context)\n"
AFTER = "\n\nlambda_handler_as_it_was = lambda_handler\n\n\n" + HANDLER


def around(edited: Edited, tree: Tree, body: str) -> Tree:
    """The tree with `body` as the orchestration's handler."""
    text = tree.functions[ORCHESTRATION].entry.read_text(encoding="utf-8")
    return edited(tree, ORCHESTRATION, text, text + AFTER + body)


def played(stage: Stage, tree: Tree, tape: Tape) -> Play:
    with stage:
        return Player(stage, tree, tape).play()


def test_both_sides_play_by_turns(sides: Sides, tapes: dict[str, Tape]) -> None:
    with Stage() as stage:
        legacy = Player(stage, sides.legacy, tapes["legacy"])
        refactored = Player(stage, sides.refactored, tapes["refactored"])
        for player, invocations in ((legacy, 15), (refactored, 32)) * 3:
            began = time.perf_counter()
            play = player.play()
            took = time.perf_counter() - began
            assert len(play.steps) == 15
            assert len(play.invocations) == invocations
            assert play.calls == sum(len(step.exchanges) for step in player.tape.steps)
            assert min(seconds for _, seconds in play.invocations) > 0
            assert play.seconds == pytest.approx(sum(s for _, s in play.invocations))
            assert play.plumbing > 0
            assert play.seconds + play.plumbing < took


def test_seconds_are_of_the_code(sides: Sides, tapes: dict[str, Tape], edited: Edited) -> None:
    busy = around(edited, sides.legacy, f"    sum(range(500_000))\n{GO_ON}")
    one, other = (played(Stage(), tree, tapes["legacy"]) for tree in (sides.legacy, busy))
    assert all(b > a + 0.001 for a, b in zip(one.steps, other.steps, strict=True))
    assert other.plumbing < 0.5 * other.seconds


def test_waiting_is_no_code(sides: Sides, drill: Scenario, edited: Edited) -> None:
    tree = around(edited, sides.legacy, f"    time.sleep(20)\n{GO_ON}")
    tape = record(tree, drill)
    assert tape.steps[1].at == 50
    assert played(Stage(), tree, tape).seconds < 1


def test_another_call_is_told(sides: Sides, tapes: dict[str, Tape], edited: Edited) -> None:
    other = edited(sides.legacy, ORCHESTRATION, ".describe_job_log_items(", ".describe_jobs(")
    with pytest.raises(InputError) as told:
        played(Stage(), other, tapes["legacy"])
    assert str(told.value) == (
        "drill-three-waves does not play again on legacy: step 2 (UpdateWaveStatus): orchestration "
        "asked for drs.DescribeJobs, not orchestration's drs.DescribeJobLogItems. Time a scenario "
        "that does the same each time"
    )


def test_another_answer_is_told(sides: Sides, tapes: dict[str, Tape], edited: Edited) -> None:
    old, new = '"All waves completed successfully"', '"All waves completed"'
    other = edited(sides.legacy, ORCHESTRATION, f"= {old}", f"= {new}")
    with pytest.raises(InputError, match=r"step 15 .* otherwise: result\.status_reason was"):
        played(Stage(), other, tapes["legacy"])


def test_code_that_counts_is_told(sides: Sides, drill: Scenario, edited: Edited) -> None:
    body = (
        "    invocations.append(1)\n"
        "    played = (len(invocations) - 1) // 15\n"
        "    return {**lambda_handler_as_it_was(event, context), 'played': played}\n"
        "\n\ninvocations = []\n"
    )
    tree = around(edited, sides.legacy, body)
    tape = record(tree, drill)
    with pytest.raises(
        InputError, match=r"step 1 .* answers otherwise: result\.played was 0, is 1"
    ):
        played(Stage(), tree, tape)


def test_draws_and_ids_are_the_same_in_every_play(
    sides: Sides, drill: Scenario, edited: Edited
) -> None:
    body = (
        "    import random, uuid\n"
        "    drawn = [random.random(), str(uuid.uuid4()), context.aws_request_id, time.time()]\n"
        "    return {**lambda_handler_as_it_was(event, context), 'drawn': drawn}\n"
    )
    tree = around(edited, sides.legacy, body)
    tape = record(tree, drill)
    drawn = [step.result["drawn"] for step in tape.steps]
    assert len(set(map(str, drawn))) == len(drawn)
    played(Stage(), tree, tape)  # and compared


def test_what_warm_code_keeps(sides: Sides, drill: Scenario, edited: Edited) -> None:
    body = (
        "    global account\n"
        "    account = account or boto3.client('sts').get_caller_identity()['Account']\n"
        "    return {**lambda_handler_as_it_was(event, context), 'account': account}\n"
        "\n\naccount = None\n"
    )
    tree = around(edited, sides.legacy, body)
    tape = record(tree, drill)
    assert tape.steps[0].exchanges[0].name == "sts.GetCallerIdentity"
    calls = sum(len(step.exchanges) for step in tape.steps)
    assert played(Stage(), tree, tape).calls == calls - 1


def test_real_connections_are_told(sides: Sides, tapes: dict[str, Tape], edited: Edited) -> None:
    body = (
        "    import socket\n"
        "    try:\n"
        "        socket.create_connection(('192.0.2.1', 443), timeout=1)\n"
        "    except OSError:\n"
        "        print('no matter')\n"
    )
    tree = around(edited, sides.legacy, body + GO_ON)
    with pytest.raises(InputError, match=r"a connection to '192\.0\.2\.1' was tried"):
        played(Stage(), tree, tapes["legacy"])


@pytest.mark.parametrize(
    "name",
    [
        "start-recovery-throttled",  # botocore waits and repeats
        "slow-launch",  # calls take their time
        "servers-without-ids",  # botocore refuses the parameters
        "record-missing",  # a condition fails
        "preview-of-an-execution",  # a warm container keeps the account's id
        "started-through-the-api",  # an invocation that nobody waits for
        "two-accounts-in-one-container",  # credentials of another account
    ],
)
def test_all_that_calls_can_come_to(sides: Sides, name: str) -> None:
    scenario = select(shipped(), [name])[0]
    for tree in (sides.legacy, sides.refactored):
        tape = record(tree, scenario)
        assert len(played(Stage(), tree, tape).steps) == len(tape.steps) > 0


def test_an_error_of_the_function_is_its_answer(
    sides: Sides, drill: Scenario, edited: Edited
) -> None:
    tree = around(edited, sides.legacy, "    raise KeyError('state')\n")
    tape = record(tree, drill)
    assert tape.steps[0].error == ("KeyError", "'state'")
    assert played(Stage(), tree, tape).calls == 0


def test_an_error_in_between_is_an_answer(sides: Sides, drill: Scenario, edited: Edited) -> None:
    old = "def _run_poll_wave_status(event):\n"
    tree = edited(sides.refactored, "query-handler", old, f"{old}    raise KeyError('state')\n")
    tape = record(tree, drill)
    assert tape.steps[1].error == ("KeyError", "'state'")
    assert played(Stage(), tree, tape).calls == sum(len(step.exchanges) for step in tape.steps)


def test_the_process_is_as_it_was(sides: Sides, tapes: dict[str, Tape]) -> None:
    def settings() -> tuple[object, ...]:
        return (boto3.Session.client, os.environ, time.sleep, socket.socket.connect)

    before, stage = settings(), Stage()
    for _ in range(2):
        with stage:
            Player(stage, sides.legacy, tapes["legacy"]).play()
            assert not set(map(id, settings())) & set(map(id, before))
        assert settings() == before


def test_no_world_in_an_open_stage(sides: Sides, drill: Scenario) -> None:
    with Stage(), pytest.raises(AssertionError, match="a stage is open"):
        record(sides.legacy, drill)

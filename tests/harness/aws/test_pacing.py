from __future__ import annotations

import json
from typing import Any

import boto3
import botocore.client
import pytest
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager

from harness.aws.calls import Call
from harness.aws.container import Container
from harness.aws.function import FunctionDefinition
from harness.aws.pacing import paced
from harness.clock import VirtualClock
from harness.world import World


class Told:
    """A pace that writes down what it is told; `seconds` pass at each invocation, call and state."""

    def __init__(self, seconds: float = 0.0, idle: float = 1e9, concurrency: int = 10) -> None:
        self.idle, self.concurrency = idle, concurrency
        self.events: list[str] = []
        self.clients: list[Any] = []
        self._seconds = seconds
        self._clock: VirtualClock | None = None

    def _note(self, event: str, *, passing: bool = False) -> None:
        assert self._clock is not None
        self.events.append(event)
        if passing:
            self._clock.sleep(self._seconds)

    def use(self, clock: VirtualClock) -> None:
        self._clock = clock

    def invoked(self, function: FunctionDefinition, payload: str, *, cold: bool) -> int:
        self._note(f"{'cold' if cold else 'warm'} {function.key} {payload}", passing=True)
        return len(self.events)

    def returned(self, number: int, payload: str) -> None:
        began = self.events[number - 1].split()[1]
        self._note(f"returned {began} {payload}")

    def made_client(self, container: Container, service: str) -> None:
        self._note(f"client {container.function.key} {service}")

    def closed(self, client: Any) -> None:
        self._note(f"closed {client.meta.service_model.service_name}")

    def sent(self, call: Call) -> None:
        self.clients.append(call.client)
        self._note(f"sent {call.name}", passing=True)

    def answered(self, call: Call, answer: Any) -> None:
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
        self._note(f"answered {call.name}")

    def entered(self, state: str) -> None:
        self._note(f"entered {state}", passing=True)


CALLS_TWICE = """
    import boto3
    CLIENT = boto3.client("dynamodb")
    def lambda_handler(event, context):
        for name in "ab":
            CLIENT.get_item(TableName="records", Key={"id": {"S": name}})
        CLIENT.close()
        return 1
"""
NESTS = """
    import boto3
    def lambda_handler(event, context):
        answer = boto3.client("lambda").invoke(FunctionName="two", Payload="{}")
        return answer["Payload"].read().decode()
"""
ECHO = """
    def lambda_handler(event, context):
        return event
"""
GET = ["sent dynamodb.GetItem", "answered dynamodb.GetItem"]


def told(tree: Any, pace: Told, times: int = 1) -> list[str]:
    with World(tree, pace=pace) as world:
        assert pace.events == []  # what deploys the tree is none of its business
        for _ in range(times):
            world.invoke("one", {})
    return pace.events


def test_everything_is_told_in_the_order_in_which_it_happens(make_tree: Any) -> None:
    found = told(make_tree(one=CALLS_TWICE), Told(), times=2)
    calls = [*GET, *GET, "closed dynamodb", "returned one 1"]
    assert found == ["cold one {}", "client one dynamodb", *calls, "warm one {}", *calls]


def test_a_call_tells_its_client(make_tree: Any) -> None:
    pace = Told()
    told(make_tree(one=CALLS_TWICE), pace)
    first, second = pace.clients
    assert first is second


def test_an_invocation_inside_another_is_told_in_its_course(make_tree: Any) -> None:
    found = told(make_tree(one=NESTS, two=ECHO), Told())
    assert found == [
        "cold one {}",
        "client one lambda",
        "sent lambda.Invoke",
        "cold two {}",
        "returned two {}",
        "answered lambda.Invoke",
        'returned one "{}"',
    ]


def test_time_passes_as_the_pace_has_it(make_tree: Any) -> None:
    with World(make_tree(one=CALLS_TWICE), pace=Told(0.25)) as world:
        world.invoke("one", {})
        assert world.clock.elapsed == 0.75  # an invocation and two calls


def test_a_resource_makes_a_client_too(make_tree: Any) -> None:
    tree = make_tree(
        one="""
        import boto3
        def lambda_handler(event, context):
            boto3.resource("dynamodb").Table("records").get_item(Key={"id": "a"})
            return boto3.Session().client("ec2").meta.region_name
    """
    )
    found = told(tree, Told())
    assert found[1:-1] == ["client one dynamodb", *GET, "client one ec2"]


def test_a_call_that_fails_is_sent_and_not_answered(make_tree: Any) -> None:
    tree = make_tree(
        one="""
        import boto3
        def lambda_handler(event, context):
            try:
                boto3.client("dynamodb").get_item(TableName="none", Key={"id": {"S": "a"}})
            except Exception as error:
                return type(error).__name__
    """
    )
    found = told(tree, Told())
    assert found[2:] == [GET[0], 'returned one "ResourceNotFoundException"']


def test_who_ran_out_of_time_has_returned_too(make_tree: Any) -> None:
    late = "import time\ndef lambda_handler(event, context):\n    time.sleep(9)\n"
    began, returned = told(make_tree(one=late, timeout=5), Told())
    assert began == "cold one {}"
    assert returned.startswith("returned one ")
    assert "Sandbox.Timedout" in returned


@pytest.mark.parametrize(
    ("idle", "second"), [(9.0, "cold one {}"), (10.0, "cold one {}"), (11.0, "warm one {}")]
)
def test_a_container_is_gone_after_so_long_without_use(
    make_tree: Any, idle: float, second: str
) -> None:
    pace = Told(idle=idle)
    with World(make_tree(one=ECHO), pace=pace) as world:
        world.invoke("one", {})
        world.clock.sleep(10)
        world.invoke("one", {})
    assert pace.events[2] == second


def test_so_many_run_at_once_in_the_account(make_tree: Any) -> None:
    tree = make_tree(one=NESTS, two=ECHO)
    with World(tree, pace=Told(concurrency=1)) as world:
        refused = world.invoke("one", {})
        assert refused.error
        assert refused.value["errorType"] == "TooManyRequestsException"
        assert not world.invoke("two", {}).error
    with World(tree, pace=Told(concurrency=2)) as world:
        assert not world.invoke("one", {}).error


def test_states_are_told_before_they_are_entered(make_tree: Any) -> None:
    machine = {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Pass", "Next": "W"},
            "W": {"Type": "Wait", "Seconds": 30, "Next": "B"},
            "B": {"Type": "Succeed"},
        },
    }
    pace = Told(0.5)
    with World(make_tree(one=ECHO, machine=json.dumps(machine)), pace=pace) as world:
        world.start_execution("machine", "e", {})
        world.run()
        [execution] = world.recording("x").executions
    assert pace.events == ["entered A", "entered W", "entered B"]
    assert execution.path == (("A", 0.5), ("W", 1.0), ("B", 31.5))


def test_clients_made_outside_functions_are_nobody_s(make_tree: Any) -> None:
    pace = Told()
    with World(make_tree(one=ECHO), pace=pace):
        boto3.client("ec2", region_name="us-east-1")
    assert pace.events == []


def test_a_client_that_is_closed_is_closed(make_tree: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Any] = []
    monkeypatch.setattr(botocore.client.BaseClient, "close", closed.append)
    pace = Told()
    told(make_tree(one=CALLS_TWICE), pace)
    assert closed == pace.clients[:1]


def test_a_client_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []

    def make(_: boto3.Session, *given: Any, **options: Any) -> str:
        made.append((given, options))
        return "the client"

    monkeypatch.setattr(boto3.Session, "client", make)
    with VirtualClock() as clock, paced(Told(), clock):
        assert boto3.Session().client("ec2", "eu", verify=False) == "the client"
    assert made == [(("ec2", "eu"), {"verify": False})]


def patched() -> list[Any]:
    return [
        boto3.Session.client,
        botocore.client.BaseClient.close,
        EventManager.add_event,
    ]


def test_everything_is_put_back(make_tree: Any) -> None:
    before, pace = patched(), Told()
    with VirtualClock() as clock:
        with paced(pace, clock):
            assert all(now is not was for now, was in zip(patched(), before, strict=True))
            assert pace._clock is clock
        assert patched() == before
        with pytest.raises(KeyError), paced(pace, clock):
            raise KeyError
        assert patched() == before
        with paced(None, clock):
            assert patched() == before

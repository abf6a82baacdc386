"""A tree in the fake account as tests talk to it, and builders for what stands in its tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from drs_refactor.migration import Migration, Move, load
from harness.aws import clients
from harness.aws.disruptions import Disruption
from harness.aws.drs import DRSBackend, JobPlan, Launch, drs_backends
from harness.aws.function import LogLine
from harness.recording import RecordedCall, Recording
from harness.run import seed
from harness.scenario import Network, Scenario, Server, TrustedRole
from harness.tree import Tree, read_tree
from harness.world import World

MIGRATION: Migration = load(Path(__file__).parents[2] / "migration.toml")
ROOTS = {"legacy": MIGRATION.legacy, "refactored": MIGRATION.refactored}
MOVES: dict[str, Move] = {move.function: move for move in MIGRATION.moves}

HUB, OTHER = "123456789012", "210987654321"
A, B, C = (f"s-1111111111111111{letter}" for letter in "abc")
GROUPS, PLANS = "PROTECTION_GROUPS_TABLE", "RECOVERY_PLANS_TABLE"
EXECUTIONS, ACCOUNTS = "EXECUTION_HISTORY_TABLE", "TARGET_ACCOUNTS_TABLE"
LAUNCHED_AFTER = 330
"""Seconds after which a job's servers have launched; the job itself ends five seconds later."""
START = 1_767_603_600
"""Epoch seconds at which every virtual day begins."""


class FunctionError(Exception):
    """A Lambda function ended with an exception: `type` and `message` as its caller sees them."""

    def __init__(self, type_: str, message: str) -> None:
        super().__init__(f"{type_}: {message}")
        self.type = type_
        self.message = message


@dataclass(frozen=True)
class Home:
    """Where a Python function lives: the Lambda's key, and the name it has there."""

    function: str
    name: str


def homes(side: str, function: str) -> list[Home]:
    """The home of a function that moves and, after it, the functions that carry a copy."""
    move = MOVES[function]
    if side == "legacy":
        return [Home(move.source, move.function)]
    return [Home(key, move.name) for key in (move.destination, *move.carry_to)]


@dataclass
class System:
    """One tree, deployed into an empty account. `stubs`: call moved functions where they were."""

    side: str
    tree: Tree
    world: World
    stubs: bool = False

    # Calling it.

    def home(self, function: str) -> Home:
        move = MOVES[function]
        return Home(move.source, move.name) if self.stubs else homes(self.side, function)[0]

    def call(self, function: str, *arguments: Any) -> Any:
        """Call a function that moves, where it lives."""
        home = self.home(function)
        return self.world.call(home.function, home.name, *arguments)

    def invoke(self, function: str, event: Any) -> Any:
        """Invoke a Lambda; its answer as plain data. Raises FunctionError for its exception."""
        answer = self.world.invoke(function, event)
        if answer.error:
            raise FunctionError(answer.value["errorType"], answer.value["errorMessage"])
        return answer.value

    def orchestration(self, event: Any) -> Any:
        return self.invoke("orchestration", event)

    def execution_handler(self, event: Any) -> Any:
        return self.invoke("execution-handler", event)

    def query_handler(self, event: Any) -> Any:
        return self.invoke("query-handler", event)

    def execution_api(
        self, method: str, path: str, body: Any = None, query: Any = None, **more: Any
    ) -> tuple[int, Any]:
        """A request to the execution-handler through API Gateway: status and body."""
        return answered(self.execution_handler(_request(method, path, body, query, more)))

    def query_api(
        self, method: str, path: str, body: Any = None, query: Any = None
    ) -> tuple[int, Any]:
        """A request to the query-handler through API Gateway: status and body."""
        more = {"requestContext": {}}
        return answered(self.query_handler(_request(method, path, body, query, more)))

    # What stands in the account.

    def seed(self, **parts: Any) -> None:
        """Seed servers, roles and networks as a scenario does."""
        seed(self.world, Scenario("test", "", **parts))

    def put(self, variable: str, *items: Mapping[str, Any]) -> None:
        seed(self.world, Scenario("test", "", tables={variable: items}))

    def add_servers(self, *server_ids: str, **options: Any) -> None:
        self.seed(servers=tuple(Server(server_id, **options) for server_id in server_ids))

    def trust(self, name: str = "recovery", external_id: str | None = None) -> None:
        """A role of the other account that the hub may assume."""
        self.seed(roles=(TrustedRole(OTHER, name, external_id),))

    def add_network(self) -> None:
        self.seed(
            networks=(
                Network(("subnet-11111111",), ("sg-11111111", "sg-22222222"), ("web-profile",)),
            )
        )

    def drs(self, account: str = HUB, region: str = "us-east-1") -> DRSBackend:
        return drs_backends[account][region]

    def plan_launch(self, server_id: str, **how: Any) -> None:
        self.drs().plan_launch(server_id, Launch(**how))

    def plan_job(self, **how: Any) -> None:
        self.drs().plan_next_job(JobPlan(**how))

    def refuse(
        self,
        operation: str,
        error: str = "AccessDeniedException",
        message: str = "no",
        skip: int = 0,
        times: int = 1_000_000,
    ) -> None:
        """Refuse calls from now on."""
        self.world.refuse(Disruption(operation, error, message, skip, times))

    def wait(self, seconds: float) -> None:
        """Let time pass, and what is due in it happen."""
        bell = self.world.clock.spawn(lambda: None, delay=seconds)
        self.world.clock.run(until=lambda: bell.done)

    # What it did.

    def rows(self, variable: str) -> list[dict[str, Any]]:
        table = self.tree.table_of(variable)
        items = clients.client("dynamodb").scan(TableName=table)["Items"]
        return [_row(item) for item in items]

    def record(self, execution_id: str = "execution-1") -> dict[str, Any]:
        """The one record of an execution."""
        [row] = [row for row in self.rows(EXECUTIONS) if row["executionId"] == execution_id]
        return row

    def recording(self) -> Recording:
        return self.world.recording("test")

    def calls(self, *prefixes: str) -> list[RecordedCall]:
        """The AWS calls of these services or operations that functions made, in order."""
        return [call for call in self.recording().calls if call.name.startswith(prefixes)]

    def names(self, *prefixes: str) -> list[str]:
        return [call.name for call in self.calls(*prefixes)]

    def logs(self, level: str) -> list[LogLine]:
        return [line for line in self.recording().logs if line.level == level]

    def said(self, level: str, text: str) -> bool:
        """Whether a record of this level has the text in it."""
        return any(text in line.message for line in self.logs(level))


@lru_cache
def _tree(side: str) -> Tree:
    return read_tree(ROOTS[side], MIGRATION, side)


def opened(stack: ExitStack, side: str, root: Path | None = None, **options: Any) -> System:
    """A tree, or one like it at `root`, in a new, empty account, until the stack closes."""
    tree = _tree(side) if root is None else read_tree(root, MIGRATION, side)
    return System(side, tree, stack.enter_context(World(tree)), **options)


def raised(line: LogLine) -> str:
    """The class of the exception that was logged with a line."""
    assert line.exception is not None
    return line.exception.partition(":")[0]


def answered(answer: Any) -> tuple[int, Any]:
    """Status and body of an answer in the shape of API Gateway."""
    return answer["statusCode"], json.loads(answer["body"])


def _request(method: str, path: str, body: Any, query: Any, more: Any) -> dict[str, Any]:
    text = body if body is None or isinstance(body, str) else json.dumps(body)
    return {"httpMethod": method, "path": path, "body": text, "queryStringParameters": query} | more


def _row(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _plain(TypeDeserializer().deserialize(value)) for key, value in item.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value % 1 == 0 else float(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


# Builders.


def wave(*server_ids: str, group: str | None = "pg-1", **more: Any) -> dict[str, Any]:
    """A wave of the state machine's input."""
    return {
        "waveNumber": 0,
        "waveName": "Web",
        "protectionGroupId": group,
        "serverIds": list(server_ids),
        **more,
    }


def group(group_id: str = "pg-1", **more: Any) -> dict[str, Any]:
    return {"groupId": group_id, "region": "us-east-1", **more}


def plan(*waves: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"planId": "plan-1", "planName": "Payroll", "waves": list(waves), **more}


def execution(status: str = "RUNNING", **more: Any) -> dict[str, Any]:
    """The record of an execution."""
    return {
        "executionId": "execution-1",
        "planId": "plan-1",
        "planName": "Payroll",
        "waves": [],
        "status": status,
        "startTime": START,
        **more,
    }


def state(*waves: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The state as begin builds it."""
    return {
        "plan_id": "plan-1",
        "plan_name": "Payroll",
        "execution_id": "execution-1",
        "is_drill": True,
        "accountContext": {},
        "waves": list(waves),
        "total_waves": len(waves),
        "current_wave_number": 0,
        "completed_waves": 0,
        "failed_waves": 0,
        "all_waves_completed": False,
        "wave_completed": False,
        "current_wave_update_time": 30,
        "current_wave_total_wait_time": 0,
        "current_wave_max_wait_time": 31536000,
        "status": "running",
        "status_reason": None,
        "wave_results": [],
        "recovery_instance_ids": [],
        "recovery_instance_ips": [],
        "job_id": None,
        "region": None,
        "server_ids": [],
        "error": None,
        "error_code": None,
        "paused_before_wave": None,
        "start_time": START,
        "end_time": None,
        "duration_seconds": None,
        **more,
    }


def other_account(**more: Any) -> dict[str, Any]:
    """The context of an account that is recovered through a role."""
    return {
        "accountId": OTHER,
        "isCurrentAccount": False,
        "assumeRoleName": "recovery",
        **more,
    }


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What a state has that it had not before; keys that are gone map to "gone"."""
    new = {key: value for key, value in after.items() if key not in before or before[key] != value}
    return new | {key: "gone" for key in before if key not in after}


ENDED_WITHOUT_SERVERS = {"wave_completed": True}


def failed(error: str) -> dict[str, Any]:
    """What a failure changes in a state."""
    return {"wave_completed": True, "status": "failed", "error": error}


def wave_result(number: int, job_id: str, *server_ids: str, **more: Any) -> dict[str, Any]:
    """A wave as start_wave_recovery leaves it in the state and in the record."""
    return {
        "waveNumber": number,
        "waveName": "Web",
        "status": "STARTED",
        "jobId": job_id,
        "startTime": START,
        "serverIds": list(server_ids),
        "serverStatuses": [pending_status(server_id) for server_id in server_ids],
        "region": "us-east-1",
        **more,
    }


def pending_status(server_id: str) -> dict[str, Any]:
    return {
        "sourceServerId": server_id,
        "serverName": server_id,
        "hostname": "",
        "launchStatus": "PENDING",
        "instanceId": "",
        "privateIp": "",
        "instanceType": "",
        "launchTime": 0,
    }


def recover(*server_ids: str, region: str = "us-east-1") -> str:
    """Start a job for the servers, as somebody else than our functions; its id."""
    servers = [{"sourceServerID": server_id} for server_id in server_ids]
    answer = clients.client("drs", region).start_recovery(isDrill=True, sourceServers=servers)
    return str(answer["job"]["jobID"])


def started(system: System, *waves: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A state whose first wave has just been started, with its job, group and record."""
    server_ids = waves[0]["serverIds"]
    job_id = recover(*server_ids)
    result = wave_result(0, job_id, *server_ids)
    system.put(GROUPS, group())
    system.put(
        EXECUTIONS,
        execution("POLLING", waves=[result], drsJobId=job_id, drsRegion="us-east-1"),
    )
    progress = {
        "job_id": job_id,
        "region": "us-east-1",
        "server_ids": server_ids,
        "wave_results": [result],
    }
    return state(*waves, **(progress | more))

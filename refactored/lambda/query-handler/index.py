"""
Read-only questions about DRS, EC2 and the accounts: nothing in here changes anything.

Two ways in:

requestContext   API Gateway: GET below /drs, /ec2, /accounts and /plans, POST /drs/validate-tags
operation        direct invocation; the answer is the plain body, without statusCode

Everything else gets an error dictionary. A direct invocation looks like this::

    import json
    import boto3

    def source_servers(region="us-east-1"):
        answer = boto3.client("lambda").invoke(
            FunctionName="drs-orchestration-query-handler-dev",
            Payload=json.dumps({"operation": "get_drs_source_servers", "region": region}),
        )
        return json.loads(answer["Payload"].read())["servers"]

Failures never leave this function as exceptions: the caller gets statusCode 500 and a body.
"""

import json
import logging
import os
import re
import time
import builtins
from typing import Any, Callable, Dict, List, Optional

import boto3
from botocore.exceptions import ClientError

from shared.account_utils import (
    build_account_context,
    construct_role_arn,
    get_current_account_id,
    is_valid_account_id,
)
from shared.conflict_detection import (
    query_drs_servers_by_tags as conflict_detection_query_drs_servers_by_tags,
)
from shared.cross_account import create_drs_client, create_ec2_client, create_iam_client
from shared.drs_limits import (
    DRS_LIMITS,
    REPLICATING_STATES,
    list_active_jobs,
    quota_usage,
)
from shared.response_utils import error_response, response
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ConnectTimeoutError,
    EndpointConnectionError,
)

try:
    from shared.config_merge import get_effective_launch_config
except ImportError:  # layer of an older release

    def get_effective_launch_config(protection_group, server_id):
        """Without the merge: what the group says."""
        return dict(protection_group.get("launchConfig") or {})


logger = logging.getLogger()
logger.setLevel(os.environ.get("LOG_LEVEL", "INFO"))

# ============================================================================
# Configuration
# ============================================================================

DEFAULT_REGION = "us-east-1"

# Regions that the console offers
DRS_REGIONS = (
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
)

DRS_JOB_STATUS_COMPLETE_STATES = ["COMPLETED"]

# Log items in the answer about a job: the console shows one screen of them
MAX_LOG_EVENTS = 50

JOB_ID_PATTERN = re.compile(r"^drsjob-[0-9a-zA-Z]{17}$")

# Replication states of DRS → what the console calls them
REPLICATION_LABELS = {
    "CONTINUOUS": "READY",
    "INITIAL_SYNC": "SYNCING",
    "BACKLOG": "SYNCING",
    "RESCAN": "SYNCING",
    "CREATING_SNAPSHOT": "SYNCING",
    "STALLED": "ERROR",
    "DISCONNECTED": "ERROR",
    "PAUSED": "PAUSED",
    "STOPPED": "STOPPED",
    "INITIATING": "INITIATING",
}

# ============================================================================
# AWS resources: one per container
# ============================================================================

dynamodb = boto3.resource("dynamodb")
protection_groups_table = dynamodb.Table(os.environ["PROTECTION_GROUPS_TABLE"])
recovery_plans_table = dynamodb.Table(os.environ["RECOVERY_PLANS_TABLE"])

# Stacks without cross-account recovery have no such table
target_accounts_table = (
    dynamodb.Table(os.environ["TARGET_ACCOUNTS_TABLE"])
    if os.environ.get("TARGET_ACCOUNTS_TABLE")
    else None
)


# ============================================================================
# Helpers
# ============================================================================


class QueryError(Exception):
    """A question that cannot be answered as it was asked."""

    def __init__(self, status_code: int, code: str, message: str):
        super().__init__(message)
        self.status_code = status_code
        self.code = code
        self.message = message


def get_epoch_seconds() -> int:
    """Current time in whole epoch seconds."""
    return int(time.time())


def require(params: Dict[str, Any], *names: str) -> List[Any]:
    """Values of required parameters; QueryError if one is missing."""
    missing = [name for name in names if not params.get(name)]
    if missing:
        raise QueryError(400, "MISSING_PARAMETER", f"Required: {', '.join(missing)}")
    return [params[name] for name in names]


def get_region(params: Dict[str, Any]) -> str:
    region = params.get("region") or DEFAULT_REGION
    if region not in DRS_REGIONS:
        raise QueryError(400, "INVALID_REGION", f"DRS is not offered in region {region!r}")
    return region


def get_context(params: Dict[str, Any]) -> Dict[str, Any]:
    """Account context of a question: handed over whole, or made from an account id."""
    if params.get("accountContext"):
        return params["accountContext"]
    account_id = params.get("accountId")
    if account_id and not is_valid_account_id(account_id):
        raise QueryError(400, "INVALID_ACCOUNT", f"{account_id} is not an account id")
    return build_account_context(account_id)


def scan_all(table) -> List[Dict[str, Any]]:
    """All items of a (small) table."""
    page = table.scan()
    items = page.get("Items", [])
    while "LastEvaluatedKey" in page:
        page = table.scan(ExclusiveStartKey=page["LastEvaluatedKey"])
        items.extend(page.get("Items", []))
    return items


def get_tag(tags: Optional[List[Dict[str, str]]], key: str, default: str = "") -> str:
    """Value of one tag from an EC2 tag list."""
    for tag in tags or []:
        if tag.get("Key") == key:
            return tag.get("Value", default)
    return default


# ============================================================================
# Entry point
# ============================================================================


DRS_JOB_STATUS_WAIT_STATES = ["PENDING", "STARTED"]


# Launch status of one participating server of a job
DRS_JOB_SERVERS_COMPLETE_SUCCESS_STATES = ["LAUNCHED"]


DRS_JOB_SERVERS_COMPLETE_FAILURE_STATES = ["FAILED", "TERMINATED"]


# How many of the newest job log items decide the phase that is logged
MAX_JOB_LOG_ITEMS = 10


_execution_history_table = None


def get_execution_history_table():
    """Table handle of the execution history, created on first use."""
    global _execution_history_table
    if _execution_history_table is None:
        dynamodb = boto3.resource("dynamodb")
        _execution_history_table = dynamodb.Table(
            os.environ["EXECUTION_HISTORY_TABLE"]
        )
    return _execution_history_table


# On the first call the state machine hands the context over in camelCase;
# some callers of the resume path still send the older snake_case name.
def get_account_context(state: Dict[str, Any]) -> Dict[str, Any]:
    """
    Account context of the state: camelCase first, then snake_case.

    >>> get_account_context({"account_context": {"accountId": "1"}})
    {'accountId': '1'}
    """
    return state.get("accountContext") or state.get("account_context") or {}


class MovedActionError(RuntimeError):
    """A moved action could not be invoked, or its answer is none: it may have run or not."""


def _invoke_moved_action(owner_variable, action, payload):
    """Invoke the Lambda function that owns a moved action; raise what the action raised.

    Throttling and refused connections are repeated, since nothing ran. Nothing else is: the
    action may have run, and twice is worse than not at all.
    """
    owner = os.environ.get(owner_variable)
    if not owner:
        raise MovedActionError(f"environment variable {owner_variable} is not set")
    # 900 s is the longest that Lambda lets a function run: the owner's own limit ends the wait.
    config = Config(read_timeout=900, tcp_keepalive=True, retries={"total_max_attempts": 1})
    try:
        request = json.dumps({"action": action, **payload}, default=_plain_number)
        if not _KEPT_CLIENT:
            _KEPT_CLIENT.append(boto3.client("lambda", config=config))
    except (TypeError, ValueError, BotoCoreError) as error:
        raise MovedActionError(f"{action} could not be invoked: {error}") from error
    client = _KEPT_CLIENT[0]
    # Its idle connection may be dead by now, and what was sent is not sent again: use a new one.
    client.close()
    for pause in (0.25, 0.5, 1, 2, 4, None):
        try:
            response = client.invoke(FunctionName=owner, Payload=request)
            answer = json.loads(response["Payload"].read())
            break
        except (
            client.exceptions.TooManyRequestsException,
            ConnectTimeoutError,
            EndpointConnectionError,
        ) as error:
            if pause is None:
                raise MovedActionError(f"{action} could not be invoked: {error}") from error
            time.sleep(pause)
        except (ClientError, BotoCoreError, ValueError) as error:
            raise MovedActionError(f"{action} could not be invoked: {error}") from error
    if response.get("FunctionError"):
        raise _exception_of(action, answer)
    # An answer without the action's name is not from its route: never take it for a result.
    if not isinstance(answer, dict) or answer.get("action") != action:
        raise MovedActionError(f"{action} was not answered by its route: {answer!r:.200}")
    return answer


def _exception_of(action, failure):
    """The exception that the moved action raised, by its type name and with its message."""
    if not isinstance(failure, dict):
        return MovedActionError(f"{action} was cut off: {failure!r:.200}")
    name, message = failure.get("errorType"), failure.get("errorMessage") or ""
    if not isinstance(name, str) or not name.isidentifier():
        # Sandbox.Timedout, Runtime.ExitError, …: Lambda's own word, not an exception of the code.
        return MovedActionError(f"{action} was cut off: {name}: {message}")
    if name == "MovedActionError":  # of a stub in the owner: an invocation failed there
        return MovedActionError(message)
    told = re.fullmatch(_CLIENT_ERROR, message, re.DOTALL)
    if told:  # botocore's words: callers look at the code, and catch the class or what is above it
        code, operation, retries, what = told.groups()
        response = {"Error": {"Code": code, "Message": what}}
        if retries:
            response["ResponseMetadata"] = {"MaxAttemptsReached": 1, "RetryAttempts": int(retries)}
        return type(name, (ClientError,), {})(response, operation)
    base = getattr(builtins, name, None)
    if not (isinstance(base, type) and issubclass(base, Exception)) or name == "ExceptionGroup":
        base = Exception
    elif base is getattr(builtins, name, 0) and base not in (KeyError, *_NEEDS_MORE_ARGUMENTS):
        return base(message)
    # str() of these is not their argument: a class of the same name says what was said there.
    said = {"__init__": lambda self: None, "__str__": lambda self: message}
    return type(name, (base,), said)()


_KEPT_CLIENT = []  # one a container: to make one takes longer than to invoke
_CLIENT_ERROR = (
    r"An error occurred \((.+?)\) when calling the (\w+) operation"
    r"(?: \(reached max retries: (\d+)\))?: (.*)"
)
_NEEDS_MORE_ARGUMENTS = (UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError)


def _plain_number(value):
    """Decimal, which boto3 gives for numbers, as Lambda's own runtime encodes it."""
    if type(value).__name__ == "Decimal":
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def start_wave_recovery(state: Dict[str, Any], wave_number: int) -> None:
    """Invoke execution-handler, which owns this function now.

    Its changes go back into `state` itself. Its inner lists and dictionaries
    are new objects, and changes made before an exception are lost.
    """
    try:
        answer = _invoke_moved_action(
            "EXECUTION_HANDLER_ARN",
            "start_wave_recovery",
            {"state": state, "wave_number": wave_number},
        )
    except MovedActionError as error:
        logging.getLogger().exception("start_wave_recovery could not be invoked")
        state["wave_completed"] = True
        state["status"] = "failed"
        state["error"] = str(error)
        return None
    state.clear()
    state.update(answer["state"])
    return answer["result"]


# Not the function of the same name in shared.conflict_detection: that one
# returns whole servers and hides errors, here a failure has to fail the wave.
def query_drs_servers_by_tags(
    region: str,
    tags: Dict[str, str],
    account_context: Optional[Dict[str, Any]] = None,
) -> List[str]:
    """
    Ids of the DRS source servers that carry ALL of the given tags.

    Keys are stripped and compared case-sensitively, values are stripped and
    compared case-insensitively: {"Tier": " Web "} finds Tier=web.

    Raises:
        Exception: whatever DRS or the role assumption raised
    """
    try:
        drs_client = create_drs_client(region, account_context)

        all_servers = []
        paginator = drs_client.get_paginator("describe_source_servers")
        for page in paginator.paginate():
            all_servers.extend(page.get("items", []))

        if not all_servers:
            logger.warning(f"No DRS source servers found in {region}")
            return []

        wanted = {
            key.strip(): str(value).strip().lower()
            for key, value in tags.items()
        }

        matching_ids = []
        for server in all_servers:
            server_id = server.get("sourceServerID", "")
            server_tags = {
                key.strip(): str(value).strip().lower()
                for key, value in server.get("tags", {}).items()
            }
            if all(server_tags.get(k) == v for k, v in wanted.items()):
                matching_ids.append(server_id)

        logger.info(
            f"🔎 {len(matching_ids)} of {len(all_servers)} servers in {region} "  # noqa: E501
            f"match {', '.join(f'{k}={v}' for k, v in sorted(wanted.items()))}"
        )
        return matching_ids

    except Exception as e:
        logger.error(f"Querying DRS servers by tags in {region} failed: {e}")
        raise


def poll_wave_status(event: Dict[str, Any]) -> Dict[str, Any]:  # noqa: C901
    """
    Poll the DRS job of the current wave and move the execution on.

    Called every ``current_wave_update_time`` seconds by the state machine
    with the state under ``application``::

        from index import lambda_handler

        def poll(state):
            event = {"action": "update_wave_status", "application": state}
            return lambda_handler(event, None)

    The order of the questions matters:

    1. was the execution cancelled meanwhile?
    2. is there a job at all, and did it take too long?
    3. what does DRS say about the job?
    4. how many servers are launched, failed, still on their way?
    5. wave complete: cancelled now? another wave? pause before it? the end?

    A job has no failed state: it is COMPLETED when DRS is done with it, and
    only the launch status of each server tells what came of it. The wave is
    complete as soon as all its servers are LAUNCHED, even if the job itself
    is still cleaning up.

    Args:
        event: the state, at the root or under ``application``

    Returns:
        The same state object
    """
    state = event.get("application", event)
    execution_id = state.get("execution_id")
    plan_id = state.get("plan_id")
    job_id = state.get("job_id")
    wave_number = state.get("current_wave_number", 0)

    # -------------------------------------------------------------------------
    # Cancelled meanwhile?
    # -------------------------------------------------------------------------
    if execution_id and plan_id:
        try:
            execution = (
                get_execution_history_table()
                .get_item(Key={"executionId": execution_id, "planId": plan_id})
                .get("Item", {})
            )
            if execution.get("status") == "CANCELLING":
                logger.info(f"🛑 Execution {execution_id} is being cancelled")
                state["all_waves_completed"] = True
                state["wave_completed"] = True
                state["status"] = "cancelled"
                get_execution_history_table().update_item(
                    Key={"executionId": execution_id, "planId": plan_id},
                    UpdateExpression="SET #status = :status, endTime = :end",
                    ConditionExpression="attribute_exists(executionId)",
                    ExpressionAttributeNames={"#status": "status"},
                    ExpressionAttributeValues={
                        ":status": "CANCELLED",
                        ":end": get_epoch_seconds(),
                    },
                )
                return state
        except Exception as e:
            logger.error(f"Cancellation check of {execution_id} failed: {e}")

    # -------------------------------------------------------------------------
    # Nothing to poll, or polled for too long?
    # -------------------------------------------------------------------------
    if not job_id:
        logger.warning(f"Wave {wave_number} has no DRS job, nothing to poll")
        state["wave_completed"] = True
        return state

    update_time = state.get("current_wave_update_time", 30)
    max_wait_time = state.get("current_wave_max_wait_time", 31536000)
    total_wait_time = state.get("current_wave_total_wait_time", 0)
    total_wait_time += update_time
    state["current_wave_total_wait_time"] = total_wait_time

    if total_wait_time >= max_wait_time:
        logger.error(
            f"⏰ Wave {wave_number} timed out: {total_wait_time}s ≥ "
            f"{max_wait_time}s"
        )
        state["wave_completed"] = True
        state["status"] = "timeout"
        state["error"] = f"Wave timed out after {total_wait_time}s"
        return state

    try:
        # ---------------------------------------------------------------------
        # The job
        # ---------------------------------------------------------------------
        region = state.get("region") or DEFAULT_REGION
        drs_client = create_drs_client(region, get_account_context(state))

        response = drs_client.describe_jobs(filters={"jobIDs": [job_id]})
        jobs = response.get("items", [])
        if not jobs:
            logger.error(f"DRS job {job_id} not found in {region}")
            state["wave_completed"] = True
            state["status"] = "failed"
            state["error"] = f"Job {job_id} not found"
            return state

        job = jobs[0]
        job_status = job.get("status", "UNKNOWN")
        participating_servers = job.get("participatingServers", [])
        logger.info(
            f"Job {job_id}: {job_status}, "
            f"{len(participating_servers)} participating server(s)"
        )

        if not participating_servers:
            if job_status in DRS_JOB_STATUS_WAIT_STATES:
                # DRS needs a moment before it lists the servers
                state["wave_completed"] = False
            elif job_status in DRS_JOB_STATUS_COMPLETE_STATES:
                state["wave_completed"] = True
                state["status"] = "failed"
                state["error"] = (
                    "DRS job completed but no participating servers"
                )
            else:
                logger.warning(f"Job {job_id} has status {job_status}")
                state["wave_completed"] = False
            return state

        # ---------------------------------------------------------------------
        # The servers
        # ---------------------------------------------------------------------
        launched_count = 0
        failed_count = 0
        in_progress_count = 0
        pending_count = 0
        server_statuses = []

        for server in participating_servers:
            launch_status = server.get("launchStatus", "PENDING")
            server_statuses.append(
                {
                    "sourceServerId": server.get("sourceServerID", ""),
                    "launchStatus": launch_status,
                    "instanceId": server.get("recoveryInstanceID", ""),
                }
            )
            if launch_status in DRS_JOB_SERVERS_COMPLETE_SUCCESS_STATES:
                launched_count += 1
            elif launch_status in DRS_JOB_SERVERS_COMPLETE_FAILURE_STATES:
                failed_count += 1
            elif launch_status == "IN_PROGRESS":
                in_progress_count += 1
            elif launch_status == "PENDING":
                pending_count += 1

        total_servers = len(participating_servers)

        # The job log says more than the job's status while nothing is
        # launched yet. It only goes into our own log.
        job_phase = job_status
        try:
            log_items = drs_client.describe_job_log_items(jobID=job_id).get(
                "items", []
            )
            newest_items = sorted(
                log_items,
                key=lambda item: item.get("logDateTime", ""),
                reverse=True,
            )[:MAX_JOB_LOG_ITEMS]
            for item in newest_items:
                log_event = item.get("event", "")
                if "LAUNCH" in log_event and "START" in log_event:
                    job_phase = "LAUNCHING"
                    break
                elif "CONVERSION" in log_event and "STARTED" in log_event:
                    job_phase = "CONVERTING"
                    break
                elif "SNAPSHOT" in log_event and "START" in log_event:
                    job_phase = "SNAPSHOTTING"
                    break
                elif "CLEANUP" in log_event:
                    job_phase = "CLEANING UP"
                    break
        except Exception as e:
            logger.warning(f"Log items of job {job_id} not available: {e}")

        logger.info(
            f"Wave {wave_number} [{job_phase}] → {launched_count} launched, {failed_count} failed, "  # noqa: E501
            f"{in_progress_count} in progress, {pending_count} pending of "
            f"{total_servers}: "
            f"{', '.join(s['sourceServerId'] for s in server_statuses)}"
        )

        if (
            job_status in DRS_JOB_STATUS_COMPLETE_STATES
            and launched_count == 0
        ):
            logger.error(f"Job {job_id} is complete, but nothing launched")
            state["wave_completed"] = True
            state["status"] = "failed"
            state["error"] = (
                "DRS job completed but no recovery instances created"
            )
            return state

        # ---------------------------------------------------------------------
        # Wave complete
        # ---------------------------------------------------------------------
        if launched_count == total_servers and failed_count == 0:
            logger.info(f"✅ Wave {wave_number} complete")
            state["wave_completed"] = True
            state["completed_waves"] = state.get("completed_waves", 0) + 1

            for wave_result in state.get("wave_results", []):
                if wave_result.get("waveNumber") == wave_number:
                    wave_result["status"] = "COMPLETED"
                    wave_result["endTime"] = get_epoch_seconds()

            # A cancellation that came in during this poll must not start
            # another wave.
            try:
                execution = (
                    get_execution_history_table()
                    .get_item(
                        Key={"executionId": execution_id, "planId": plan_id}
                    )
                    .get("Item", {})
                )
                if execution.get("status") == "CANCELLING":
                    logger.info(
                        f"🛑 Execution {execution_id} cancelled after wave "
                        f"{wave_number}"
                    )
                    end_time = get_epoch_seconds()
                    state["all_waves_completed"] = True
                    state["status"] = "cancelled"
                    state["status_reason"] = "Execution cancelled by user"
                    state["end_time"] = end_time
                    if state.get("start_time"):
                        state["duration_seconds"] = (
                            end_time - state["start_time"]
                        )
                    get_execution_history_table().update_item(
                        Key={"executionId": execution_id, "planId": plan_id},
                        UpdateExpression=(
                            "SET #status = :status, endTime = :end"
                        ),
                        ConditionExpression="attribute_exists(executionId)",
                        ExpressionAttributeNames={"#status": "status"},
                        ExpressionAttributeValues={
                            ":status": "CANCELLED",
                            ":end": end_time,
                        },
                    )
                    return state
            except Exception as e:
                logger.error(
                    f"Cancellation check of {execution_id} failed: {e}"
                )

            waves = state.get("waves", [])
            next_wave_number = wave_number + 1

            if next_wave_number < len(waves):
                next_wave = waves[next_wave_number]

                if next_wave.get("pauseBeforeWave", False):
                    logger.info(f"⏸️ Pausing before wave {next_wave_number}")
                    state["status"] = "paused"
                    state["paused_before_wave"] = next_wave_number
                    try:
                        get_execution_history_table().update_item(
                            Key={
                                "executionId": execution_id,
                                "planId": plan_id,
                            },
                            UpdateExpression=(
                                "SET #status = :status, "
                                "pausedBeforeWave = :wave"
                            ),
                            ExpressionAttributeNames={"#status": "status"},
                            ExpressionAttributeValues={
                                ":status": "PAUSED",
                                ":wave": next_wave_number,
                            },
                        )
                    except Exception as e:
                        logger.error(
                            f"Could not mark {execution_id} PAUSED: {e}"
                        )
                    return state

                start_wave_recovery(state, next_wave_number)

            else:
                logger.info(f"🎉 All waves of execution {execution_id} done")
                end_time = get_epoch_seconds()
                state["all_waves_completed"] = True
                state["status"] = "completed"
                state["status_reason"] = "All waves completed successfully"
                state["end_time"] = end_time
                state["completed_waves"] = len(waves)
                if state.get("start_time"):
                    state["duration_seconds"] = end_time - state["start_time"]

                get_execution_history_table().update_item(
                    Key={"executionId": execution_id, "planId": plan_id},
                    UpdateExpression="SET #status = :status, endTime = :end",
                    ConditionExpression="attribute_exists(executionId)",
                    ExpressionAttributeNames={"#status": "status"},
                    ExpressionAttributeValues={
                        ":status": "COMPLETED",
                        ":end": end_time,
                    },
                )

        # ---------------------------------------------------------------------
        # Wave failed
        # ---------------------------------------------------------------------
        elif failed_count > 0:
            logger.error(f"❌ {failed_count} server(s) failed to launch")
            end_time = get_epoch_seconds()
            state["wave_completed"] = True
            state["status"] = "failed"
            state["status_reason"] = f"Wave {wave_number} failed: {failed_count} servers failed to launch"  # noqa: E501
            state["error"] = f"{failed_count} servers failed to launch"
            state["error_code"] = "WAVE_LAUNCH_FAILED"
            state["failed_waves"] = 1
            state["end_time"] = end_time
            if state.get("start_time"):
                state["duration_seconds"] = end_time - state["start_time"]

        else:
            state["wave_completed"] = False

    except Exception as e:
        logger.error(
            f"Polling wave {wave_number} of {execution_id} failed: {e}",
            exc_info=True,
        )
        state["wave_completed"] = True
        state["status"] = "failed"
        state["error"] = str(e)

    return state


def _run_poll_wave_status(event):
    state = event["state"]
    return {"action": "poll_wave_status", "state": poll_wave_status({"application": state})}


def _run_query_servers_by_tags(event):
    result = query_drs_servers_by_tags(
        event["region"],
        event["tags"],
        event["account_context"],
    )
    return {"action": "query_servers_by_tags", "result": result}


_MOVED_ACTIONS = {
    "poll_wave_status": _run_poll_wave_status,
    "query_servers_by_tags": _run_query_servers_by_tags,
}


def lambda_handler(event, context):
    """Dispatch by the keys of the event; every failure is answered, none is raised."""
    # Moved actions stay outside of what answers exceptions with a dictionary: they must
    # reach the caller as errors.
    if isinstance(event, dict) and str(event.get("action")) in _MOVED_ACTIONS:
        return _MOVED_ACTIONS[event["action"]](event)

    try:
        if "requestContext" in event:
            return handle_api_request(event)

        if "operation" in event:
            return handle_direct_invocation(event)

        logger.warning(f"Event without requestContext and operation: {sorted(event)}")
        return {
            "error": "INVALID_INVOCATION",
            "message": "Expected requestContext (API Gateway) or operation (direct invocation)",
        }

    except QueryError as e:
        return error_response(e.status_code, e.code, e.message)
    except Exception as e:
        logger.error(f"Unhandled error: {e}", exc_info=True)
        return response(500, {"error": "INTERNAL_ERROR", "message": str(e)})


def handle_direct_invocation(event: Dict[str, Any]) -> Dict[str, Any]:
    """Operations by name. What the lambdas call is looked up when they are called."""
    operation = event["operation"]
    params = {key: value for key, value in event.items() if key != "operation"}

    operations: Dict[str, Callable[[], Dict[str, Any]]] = {
        "get_drs_source_servers": lambda: get_drs_source_servers(params),
        "get_source_server_inventory": lambda: get_source_server_inventory(params),
        "get_server_launch_config": lambda: get_server_launch_config(params),
        "get_drs_quotas": lambda: get_drs_quotas(params),
        "describe_job": lambda: describe_job(params),
        "list_jobs": lambda: list_jobs(params),
        "validate_tags": lambda: validate_tags(params),
        "preview_plan_servers": lambda: preview_plan_servers(params),
        "get_subnets": lambda: get_subnets(params),
        "get_security_groups": lambda: get_security_groups(params),
        "get_instance_profiles": lambda: get_instance_profiles(params),
        "get_instance_types": lambda: get_instance_types(params),
        "get_target_accounts": lambda: get_target_accounts(params),
        "validate_target_account": lambda: validate_target_account(params),
        "get_current_account": lambda: get_current_account(),
    }

    if operation not in operations:
        return {
            "error": "UNKNOWN_OPERATION",
            "message": f"Unknown operation: {operation}",
            "operations": sorted(operations),
        }
    logger.info(f"Operation {operation}")
    return operations[operation]()


def handle_api_request(event: Dict[str, Any]) -> Dict[str, Any]:  # noqa: C901
    """Routes of API Gateway."""
    method = event.get("httpMethod", "GET")
    path = event.get("path", "")
    params: Dict[str, Any] = dict(event.get("queryStringParameters") or {})

    if method == "OPTIONS":
        return response(200, {})

    segments = [segment for segment in path.split("/") if segment]

    if method == "POST" and segments == ["drs", "validate-tags"]:
        try:
            body = json.loads(event.get("body") or "{}")
        except ValueError as e:
            raise QueryError(400, "INVALID_JSON", f"The body is not valid: {e}") from e
        return response(200, validate_tags({**params, **body}))

    if method != "GET":
        raise QueryError(405, "METHOD_NOT_ALLOWED", f"{method} is not allowed on {path}")

    if segments == ["drs", "source-servers"]:
        return response(200, get_drs_source_servers(params))
    if segments == ["drs", "inventory"]:
        return response(200, get_source_server_inventory(params))
    if segments == ["drs", "quotas"]:
        return response(200, get_drs_quotas(params))
    if segments == ["drs", "jobs"]:
        return response(200, list_jobs(params))
    if len(segments) == 3 and segments[:2] == ["drs", "jobs"]:
        return response(200, describe_job({**params, "jobId": segments[2]}))
    if (
        len(segments) == 4
        and segments[:2] == ["drs", "source-servers"]
        and segments[3] == "launch-config"
    ):
        return response(200, get_server_launch_config({**params, "serverId": segments[2]}))

    if segments == ["ec2", "subnets"]:
        return response(200, get_subnets(params))
    if segments == ["ec2", "security-groups"]:
        return response(200, get_security_groups(params))
    if segments == ["ec2", "instance-profiles"]:
        return response(200, get_instance_profiles(params))
    if segments == ["ec2", "instance-types"]:
        return response(200, get_instance_types(params))

    if segments == ["accounts", "targets"]:
        return response(200, get_target_accounts(params))
    if len(segments) == 4 and segments[:2] == ["accounts", "targets"] and segments[3] == "validate":
        return response(200, validate_target_account({**params, "accountId": segments[2]}))
    if segments == ["accounts", "current"]:
        return response(200, get_current_account())

    if len(segments) == 3 and segments[0] == "plans" and segments[2] == "servers":
        return response(200, preview_plan_servers({**params, "planId": segments[1]}))

    raise QueryError(404, "ROUTE_NOT_FOUND", f"No route for {method} {path}")


# ============================================================================
# DRS: source servers
# ============================================================================


def list_source_servers(drs_client) -> List[Dict[str, Any]]:
    """All source servers of an account and region; an account without DRS has none."""
    servers: List[Dict[str, Any]] = []
    try:
        paginator = drs_client.get_paginator("describe_source_servers")
        for page in paginator.paginate():
            servers.extend(page.get("items", []))
    except ClientError as e:
        if e.response["Error"]["Code"] != "UninitializedAccountException":
            raise
        logger.warning("DRS is not initialised here → no source servers")
    return servers


def describe_server(server: Dict[str, Any]) -> Dict[str, Any]:
    """A source server as the console shows it."""
    properties = server.get("sourceProperties", {})
    hints = properties.get("identificationHints", {})
    replication = server.get("dataReplicationInfo", {})
    state = replication.get("dataReplicationState", "UNKNOWN")
    interfaces = properties.get("networkInterfaces", [])
    primary = next((nic for nic in interfaces if nic.get("isPrimary")), {})
    ips = primary.get("ips") or [ip for nic in interfaces for ip in nic.get("ips", [])]

    return {
        "sourceServerID": server.get("sourceServerID", ""),
        "arn": server.get("arn", ""),
        "hostname": hints.get("hostname", ""),
        "fqdn": hints.get("fqdn", ""),
        "awsInstanceId": hints.get("awsInstanceID", ""),
        "os": properties.get("os", {}).get("fullString", ""),
        "ipAddress": ips[0] if ips else "",
        "cpuCores": sum(cpu.get("cores", 0) for cpu in properties.get("cpus", [])),
        "ramBytes": properties.get("ramBytes", 0),
        "disks": [
            {"deviceName": disk.get("deviceName", ""), "bytes": disk.get("bytes", 0)}
            for disk in properties.get("disks", [])
        ],
        "replicationState": state,
        "state": REPLICATION_LABELS.get(state, "UNKNOWN"),
        "lagDuration": replication.get("lagDuration", ""),
        "lastLaunchResult": server.get("lastLaunchResult", "NOT_STARTED"),
        "tags": server.get("tags", {}),
    }


def build_assignment_map(region: str) -> Dict[str, Dict[str, str]]:
    """Source server id → the protection group that names it."""
    assignments: Dict[str, Dict[str, str]] = {}
    for group in scan_all(protection_groups_table):
        if group.get("region", DEFAULT_REGION) != region:
            continue
        for server in group.get("servers") or []:
            if server.get("sourceServerId"):
                assignments[server["sourceServerId"]] = {
                    "groupId": group["groupId"],
                    "groupName": group.get("groupName", ""),
                }
    return assignments


def get_drs_source_servers(params: Dict[str, Any]) -> Dict[str, Any]:
    """
    Source servers of a region, each with the protection group it belongs to.

    ``unassignedOnly`` leaves out those that have one, except the ones of ``currentGroupId``:
    that is what the dialog for editing a group needs.
    """
    region = get_region(params)
    account_context = get_context(params)
    servers = list_source_servers(create_drs_client(region, account_context))
    assignments = build_assignment_map(region)

    unassigned_only = str(params.get("unassignedOnly", "false")).lower() == "true"
    current_group_id = params.get("currentGroupId")

    result = []
    for server in servers:
        described = describe_server(server)
        assignment = assignments.get(described["sourceServerID"])
        if unassigned_only and assignment is not None and assignment["groupId"] != current_group_id:
            continue
        described["assignedToProtectionGroup"] = assignment
        described["selectable"] = assignment is None or assignment["groupId"] == current_group_id
        result.append(described)

    result.sort(key=lambda item: (item["hostname"].lower(), item["sourceServerID"]))
    return {
        "region": region,
        "accountId": account_context.get("accountId"),
        "servers": result,
        "totalCount": len(result),
        "readyCount": sum(1 for item in result if item["state"] == "READY"),
    }


def get_source_server_inventory(params: Dict[str, Any]) -> Dict[str, Any]:
    """
    Source servers of several regions. One region that fails is named and does not spoil
    the others.
    """
    requested = params.get("regions") or DEFAULT_REGION
    regions = requested.split(",") if isinstance(requested, str) else list(requested)
    account_context = get_context(params)

    by_region = []
    for region in regions:
        region = region.strip()
        try:
            servers = list_source_servers(
                create_drs_client(get_region({"region": region}), account_context)
            )
        except Exception as e:
            logger.warning(f"Inventory of {region} not available: {e}")
            by_region.append({"region": region, "servers": [], "count": 0, "error": str(e)})
            continue

        states: Dict[str, int] = {}
        described = [describe_server(server) for server in servers]
        for server in described:
            states[server["state"]] = states.get(server["state"], 0) + 1
        by_region.append(
            {
                "region": region,
                "servers": described,
                "count": len(described),
                "states": states,
            }
        )

    return {
        "accountId": account_context.get("accountId"),
        "regions": by_region,
        "totalCount": sum(entry["count"] for entry in by_region),
        "generatedAt": get_epoch_seconds(),
    }


def get_server_launch_config(params: Dict[str, Any]) -> Dict[str, Any]:
    """
    Launch configuration of one server: what DRS has, what its template has, and what the
    protection group (``groupId``) would make of it before the next recovery.
    """
    (server_id,) = require(params, "serverId")
    region = get_region(params)
    account_context = get_context(params)

    drs_client = create_drs_client(region, account_context)
    try:
        launch_config = drs_client.get_launch_configuration(sourceServerID=server_id)
    except ClientError as e:
        if e.response["Error"]["Code"] == "ResourceNotFoundException":
            raise QueryError(404, "SERVER_NOT_FOUND", f"Server {server_id} not found") from e
        raise

    result: Dict[str, Any] = {
        "sourceServerID": server_id,
        "region": region,
        "launchConfiguration": {
            key: launch_config.get(key)
            for key in (
                "name",
                "copyPrivateIp",
                "copyTags",
                "licensing",
                "targetInstanceTypeRightSizingMethod",
                "launchDisposition",
                "ec2LaunchTemplateID",
            )
        },
        "launchTemplate": None,
        "effectiveConfiguration": None,
    }

    template_id = launch_config.get("ec2LaunchTemplateID")
    if template_id:
        ec2_client = create_ec2_client(region, account_context)
        try:
            versions = ec2_client.describe_launch_template_versions(
                LaunchTemplateId=template_id, Versions=["$Default"]
            )["LaunchTemplateVersions"]
        except ClientError as e:
            logger.warning(f"Launch template {template_id} not available: {e}")
            versions = []
        if versions:
            data = versions[0].get("LaunchTemplateData", {})
            interface = (data.get("NetworkInterfaces") or [{}])[0]
            result["launchTemplate"] = {
                "launchTemplateId": template_id,
                "versionNumber": versions[0].get("VersionNumber"),
                "instanceType": data.get("InstanceType"),
                "subnetId": interface.get("SubnetId"),
                "securityGroupIds": interface.get("Groups", []),
                "staticPrivateIp": interface.get("PrivateIpAddress"),
                "instanceProfileName": (data.get("IamInstanceProfile") or {}).get("Name"),
            }

    if params.get("groupId"):
        group = protection_groups_table.get_item(Key={"groupId": params["groupId"]}).get("Item")
        if not group:
            raise QueryError(
                404, "GROUP_NOT_FOUND", f"Protection Group {params['groupId']} not found"
            )
        result["effectiveConfiguration"] = get_effective_launch_config(group, server_id)

    return result


def validate_tags(params: Dict[str, Any]) -> Dict[str, Any]:
    """
    Which servers a set of selection tags would find, and which groups claim them already.

    Used by the console while somebody types: errors of DRS count as "no servers".
    """
    tags = params.get("tags")
    if not isinstance(tags, dict) or not tags:
        raise QueryError(400, "INVALID_TAGS", "tags must be an object with at least one tag")
    blank_keys = [key for key in tags if not key.strip()]
    if blank_keys:
        raise QueryError(400, "INVALID_TAGS", "A tag key must not be blank")

    region = get_region(params)
    servers = conflict_detection_query_drs_servers_by_tags(region, tags, get_context(params))
    assignments = build_assignment_map(region)

    for server in servers:
        server["assignedToProtectionGroup"] = assignments.get(server["sourceServerID"])

    limit = DRS_LIMITS["MAX_SERVERS_PER_JOB"]
    warnings = []
    if not servers:
        warnings.append("No server carries all of these tags")
    if len(servers) > limit:
        warnings.append(f"{len(servers)} servers do not fit into one DRS job ({limit})")
    assigned = [s for s in servers if s["assignedToProtectionGroup"]]
    if assigned:
        warnings.append(f"{len(assigned)} server(s) belong to a protection group already")

    return {
        "region": region,
        "tags": tags,
        "servers": servers,
        "matchCount": len(servers),
        "valid": bool(servers) and len(servers) <= limit,
        "warnings": warnings,
    }


def preview_plan_servers(params: Dict[str, Any]) -> Dict[str, Any]:
    """Servers of each wave of a plan, as its tags resolve at this moment."""
    (plan_id,) = require(params, "planId")
    plan = recovery_plans_table.get_item(Key={"planId": plan_id}).get("Item")
    if not plan:
        raise QueryError(404, "PLAN_NOT_FOUND", f"Recovery plan {plan_id} not found")

    waves = []
    for number, wave in enumerate(plan.get("waves") or []):
        group_id = wave.get("protectionGroupId")
        group = {}
        if group_id:
            group = protection_groups_table.get_item(Key={"groupId": group_id}).get("Item") or {}

        tags = group.get("serverSelectionTags")
        if tags:
            context_params = {"accountId": params.get("accountId") or group.get("accountId")}
            servers = conflict_detection_query_drs_servers_by_tags(
                group.get("region", DEFAULT_REGION), tags, get_context(context_params)
            )
            server_ids = [server["sourceServerID"] for server in servers]
        else:
            server_ids = list(wave.get("serverIds") or [])

        waves.append(
            {
                "waveNumber": wave.get("waveNumber", number),
                "waveName": wave.get("waveName", f"Wave {number + 1}"),
                "protectionGroupId": group_id,
                "region": group.get("region", DEFAULT_REGION),
                "resolvedBy": "tags" if tags else "serverIds",
                "serverIds": server_ids,
                "serverCount": len(server_ids),
            }
        )

    return {
        "planId": plan_id,
        "planName": plan.get("planName", ""),
        "waves": waves,
        "totalServers": sum(wave["serverCount"] for wave in waves),
    }


# ============================================================================
# DRS: quotas and jobs
# ============================================================================


def get_drs_quotas(params: Dict[str, Any]) -> Dict[str, Any]:
    """Usage of the DRS quotas in a region."""
    region = get_region(params)
    account_context = get_context(params)
    drs_client = create_drs_client(region, account_context)

    servers = list_source_servers(drs_client)
    replicating = [
        server
        for server in servers
        if server.get("dataReplicationInfo", {}).get("dataReplicationState") in REPLICATING_STATES
    ]
    active_jobs = list_active_jobs(drs_client)
    job_sizes = [len(job.get("participatingServers", [])) for job in active_jobs]

    quotas = [
        quota_usage("MAX_SOURCE_SERVERS", len(servers)),
        quota_usage("MAX_REPLICATING_SERVERS", len(replicating)),
        quota_usage("MAX_CONCURRENT_JOBS", len(active_jobs)),
        quota_usage("MAX_SERVERS_PER_JOB", max(job_sizes, default=0)),
        quota_usage("MAX_SERVERS_IN_ALL_JOBS", sum(job_sizes)),
    ]
    return {
        "region": region,
        "accountId": account_context.get("accountId"),
        "quotas": quotas,
        "canStartJob": len(active_jobs) < DRS_LIMITS["MAX_CONCURRENT_JOBS"],
        "warnings": [
            f"{q['quota']}: {q['used']} of {q['limit']}" for q in quotas if q["status"] != "OK"
        ],
    }


def list_jobs(params: Dict[str, Any]) -> Dict[str, Any]:
    """Jobs of a region as DRS orders them, newest first; ``activeOnly`` for those in progress."""
    region = get_region(params)
    drs_client = create_drs_client(region, get_context(params))
    active_only = str(params.get("activeOnly", "false")).lower() == "true"

    if active_only:
        jobs = list_active_jobs(drs_client)
    else:
        jobs = []
        paginator = drs_client.get_paginator("describe_jobs")
        for page in paginator.paginate():
            jobs.extend(page.get("items", []))

    return {
        "region": region,
        "jobs": [
            {
                "jobId": job.get("jobID", ""),
                "type": job.get("type", ""),
                "status": job.get("status", "UNKNOWN"),
                "initiatedBy": job.get("initiatedBy", ""),
                "creationDateTime": job.get("creationDateTime", ""),
                "endDateTime": job.get("endDateTime", ""),
                "serverCount": len(job.get("participatingServers", [])),
            }
            for job in jobs
        ],
        "count": len(jobs),
    }


def describe_job(params: Dict[str, Any]) -> Dict[str, Any]:
    """One DRS job with its servers and the newest items of its log."""
    (job_id,) = require(params, "jobId")
    if not JOB_ID_PATTERN.match(job_id):
        raise QueryError(400, "INVALID_JOB_ID", f"{job_id} is not the id of a DRS job")
    region = get_region(params)
    drs_client = create_drs_client(region, get_context(params))

    jobs = drs_client.describe_jobs(filters={"jobIDs": [job_id]}).get("items", [])
    if not jobs:
        raise QueryError(404, "JOB_NOT_FOUND", f"Job {job_id} not found")
    job = jobs[0]
    status = job.get("status", "UNKNOWN")

    servers = [
        {
            "sourceServerId": server.get("sourceServerID", ""),
            "launchStatus": server.get("launchStatus", "PENDING"),
            "recoveryInstanceId": server.get("recoveryInstanceID", ""),
        }
        for server in job.get("participatingServers", [])
    ]
    launch_counts: Dict[str, int] = {}
    for server in servers:
        launch_counts[server["launchStatus"]] = launch_counts.get(server["launchStatus"], 0) + 1

    log_events: List[Dict[str, Any]] = []
    try:
        paginator = drs_client.get_paginator("describe_job_log_items")
        for page in paginator.paginate(jobID=job_id):
            log_events.extend(
                {
                    "event": item.get("event", ""),
                    "logDateTime": item.get("logDateTime", ""),
                    "sourceServerId": item.get("eventData", {}).get("sourceServerID", ""),
                }
                for item in page.get("items", [])
            )
    except Exception as e:
        logger.warning(f"Log of job {job_id} not available: {e}")
    log_events.sort(key=lambda item: item["logDateTime"], reverse=True)

    return {
        "jobId": job_id,
        "region": region,
        "type": job.get("type", ""),
        "status": status,
        "completed": status in DRS_JOB_STATUS_COMPLETE_STATES,
        "creationDateTime": job.get("creationDateTime", ""),
        "endDateTime": job.get("endDateTime", ""),
        "servers": servers,
        "launchCounts": launch_counts,
        "logEvents": log_events[:MAX_LOG_EVENTS],
    }


# ============================================================================
# EC2 and IAM: what a launch configuration can refer to
# ============================================================================


def get_subnets(params: Dict[str, Any]) -> Dict[str, Any]:
    """Subnets of a region, optionally of one VPC."""
    region = get_region(params)
    ec2_client = create_ec2_client(region, get_context(params))

    filters = []
    if params.get("vpcId"):
        filters.append({"Name": "vpc-id", "Values": [params["vpcId"]]})

    subnets = []
    paginator = ec2_client.get_paginator("describe_subnets")
    for page in paginator.paginate(Filters=filters):
        for subnet in page["Subnets"]:
            name = get_tag(subnet.get("Tags"), "Name")
            subnets.append(
                {
                    "value": subnet["SubnetId"],
                    "label": f"{name or subnet['SubnetId']} ({subnet['CidrBlock']})",
                    "name": name,
                    "vpcId": subnet["VpcId"],
                    "availabilityZone": subnet.get("AvailabilityZone", ""),
                    "cidrBlock": subnet["CidrBlock"],
                    "availableIps": subnet.get("AvailableIpAddressCount", 0),
                }
            )
    subnets.sort(key=lambda item: (item["vpcId"], item["availabilityZone"], item["cidrBlock"]))
    return {"region": region, "subnets": subnets, "count": len(subnets)}


def get_security_groups(params: Dict[str, Any]) -> Dict[str, Any]:
    """Security groups of a region, optionally of one VPC."""
    region = get_region(params)
    ec2_client = create_ec2_client(region, get_context(params))

    filters = []
    if params.get("vpcId"):
        filters.append({"Name": "vpc-id", "Values": [params["vpcId"]]})

    groups = []
    paginator = ec2_client.get_paginator("describe_security_groups")
    for page in paginator.paginate(Filters=filters):
        for group in page["SecurityGroups"]:
            groups.append(
                {
                    "value": group["GroupId"],
                    "label": f"{group['GroupName']} ({group['GroupId']})",
                    "name": group["GroupName"],
                    "vpcId": group.get("VpcId", ""),
                    "description": group.get("Description", ""),
                }
            )
    groups.sort(key=lambda item: (item["vpcId"], item["name"], item["value"]))
    return {"region": region, "securityGroups": groups, "count": len(groups)}


def get_instance_profiles(params: Dict[str, Any]) -> Dict[str, Any]:
    """Instance profiles of the account. IAM is global: the region only serves the session."""
    region = get_region(params)
    iam_client = create_iam_client(region, get_context(params))

    profiles = []
    paginator = iam_client.get_paginator("list_instance_profiles")
    for page in paginator.paginate():
        for profile in page["InstanceProfiles"]:
            roles = [role["RoleName"] for role in profile.get("Roles", [])]
            profiles.append(
                {
                    "value": profile["InstanceProfileName"],
                    "label": profile["InstanceProfileName"],
                    "arn": profile["Arn"],
                    "roles": roles,
                    # A profile without a role cannot be used by an instance
                    "usable": bool(roles),
                }
            )
    profiles.sort(key=lambda item: item["value"].lower())
    return {"instanceProfiles": profiles, "count": len(profiles)}


def get_instance_types(params: Dict[str, Any]) -> Dict[str, Any]:
    """Instance types of a region: current generation, optionally of some families."""
    region = get_region(params)
    ec2_client = create_ec2_client(region, get_context(params))

    families = params.get("families") or []
    if isinstance(families, str):
        families = [family.strip() for family in families.split(",") if family.strip()]

    types = []
    paginator = ec2_client.get_paginator("describe_instance_types")
    for page in paginator.paginate(Filters=[{"Name": "current-generation", "Values": ["true"]}]):
        for instance_type in page["InstanceTypes"]:
            name = instance_type["InstanceType"]
            if families and name.split(".")[0] not in families:
                continue
            vcpus = instance_type.get("VCpuInfo", {}).get("DefaultVCpus", 0)
            memory_gib = instance_type.get("MemoryInfo", {}).get("SizeInMiB", 0) / 1024
            types.append(
                {
                    "value": name,
                    "label": f"{name} ({vcpus} vCPU, {memory_gib:g} GiB)",
                    "vcpus": vcpus,
                    "memoryGiB": memory_gib,
                    "architectures": instance_type.get("ProcessorInfo", {}).get(
                        "SupportedArchitectures", []
                    ),
                }
            )
    types.sort(key=lambda item: (item["value"].split(".")[0], item["vcpus"], item["memoryGiB"]))
    return {"region": region, "instanceTypes": types, "count": len(types)}


# ============================================================================
# Accounts
# ============================================================================


def get_current_account() -> Dict[str, Any]:
    """The account this function runs in."""
    return {"accountId": get_current_account_id(), "isCurrentAccount": True}


def get_target_accounts(params: Dict[str, Any]) -> Dict[str, Any]:
    """Accounts that can be recovered: this one first, then the registered ones."""
    current_account_id = get_current_account_id()
    accounts = [
        {
            "accountId": current_account_id,
            "accountName": "Current account",
            "isCurrentAccount": True,
            "assumeRoleName": None,
            "roleArn": None,
        }
    ]

    if target_accounts_table is not None:
        registered = sorted(scan_all(target_accounts_table), key=lambda item: item["accountId"])
        for account in registered:
            if account["accountId"] == current_account_id:
                accounts[0]["accountName"] = account.get("accountName") or "Current account"
                continue
            role_name = account.get("assumeRoleName")
            accounts.append(
                {
                    "accountId": account["accountId"],
                    "accountName": account.get("accountName", ""),
                    "isCurrentAccount": False,
                    "assumeRoleName": role_name,
                    "roleArn": (
                        construct_role_arn(account["accountId"], role_name) if role_name else None
                    ),
                    # The external id itself is nobody's business
                    "hasExternalId": bool(account.get("externalId")),
                }
            )

    if str(params.get("withAccess", "false")).lower() == "true":
        for account in accounts:
            account["access"] = check_account_access(
                build_account_context(account["accountId"]), get_region(params)
            )

    return {"accounts": accounts, "count": len(accounts)}


def check_account_access(account_context: Dict[str, Any], region: str) -> Dict[str, Any]:
    """Whether DRS of an account can be reached with its role."""
    try:
        drs_client = create_drs_client(region, account_context)
        drs_client.describe_source_servers(maxResults=1)
    except ClientError as e:
        code = e.response["Error"]["Code"]
        # Reached, and allowed to ask: DRS just was never set up in this region
        if code == "UninitializedAccountException":
            return {"accessible": True, "drsInitialized": False, "error": None}
        return {"accessible": False, "drsInitialized": None, "error": f"{code}: {e}"}
    except Exception as e:
        return {"accessible": False, "drsInitialized": None, "error": str(e)}
    return {"accessible": True, "drsInitialized": True, "error": None}


def validate_target_account(params: Dict[str, Any]) -> Dict[str, Any]:
    """Try the way into one account, in the given region."""
    (account_id,) = require(params, "accountId")
    if not is_valid_account_id(account_id):
        raise QueryError(400, "INVALID_ACCOUNT", f"{account_id} is not an account id")
    region = get_region(params)

    registered = True
    if account_id != get_current_account_id() and target_accounts_table is not None:
        registered = "Item" in target_accounts_table.get_item(Key={"accountId": account_id})

    access = check_account_access(build_account_context(account_id), region)
    return {
        "accountId": account_id,
        "region": region,
        "registered": registered,
        "valid": registered and access["accessible"],
        **access,
    }

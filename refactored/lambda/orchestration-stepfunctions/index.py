"""
Wave orchestration Lambda, driven by the Step Functions state machine.

The state machine calls this function with an ``action``; the function owns
the whole state object and returns it at the root level, so that every task
replaces the state by what it gets back (``OutputPath: $.Payload``).

Actions
-------
begin               build the state, start the first wave
update_wave_status  poll the DRS job of the current wave, start the next one
store_task_token    remember the callback token of a paused execution
resume_wave         go on with the wave the execution was paused before

Trying an action by hand::

    import json
    import boto3
    from botocore.config import Config

    client = boto3.client("lambda", config=Config(read_timeout=130))

    def call(action, **payload):
        answer = client.invoke(
            FunctionName="drs-orchestration-orchestration-dev",
            Payload=json.dumps({"action": action, **payload}),
        )
        return json.loads(answer["Payload"].read())

    state = call("update_wave_status", application=state)

All servers of one wave are recovered in ONE DRS job: DRS parallelises inside
the job, and the job is the unit that is polled. The waves themselves run
strictly one after the other.

The functions mutate the state in place. Whoever adds a key to the state has
to remember that an execution which was resumed after a pause continues with
a smaller state, built by the execution-handler's resume route.
"""

import json
import logging
import os
import time
import builtins
import re
from decimal import Decimal
from typing import Any, Dict

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
)


logger = logging.getLogger()
logger.setLevel(os.environ.get("LOG_LEVEL", "INFO"))

# =============================================================================
# Configuration
# =============================================================================

PROJECT_NAME = os.environ.get("PROJECT_NAME", "drs-orchestration")

# Seconds between two polls of a wave (SecondsPath of WaitForWaveUpdate)
DEFAULT_UPDATE_INTERVAL = 30

# A wave may take as long as the callback of a pause: one year
DEFAULT_MAX_WAIT_SECONDS = 31536000

# =============================================================================
# DynamoDB tables
# =============================================================================

# Created on first use: a cold start that only stores a token should not pay
# for three table handles.
_recovery_plans_table = None
_execution_history_table = None


# Nothing in this module reads plans any more (the state machine's input holds
# the waves), but the operations runbook calls it from a debug session.
def get_recovery_plans_table():
    """Table handle of the recovery plans, created on first use."""
    global _recovery_plans_table
    if _recovery_plans_table is None:
        dynamodb = boto3.resource("dynamodb")
        _recovery_plans_table = dynamodb.Table(
            os.environ["RECOVERY_PLANS_TABLE"]
        )
    return _recovery_plans_table


def get_execution_history_table():
    """Table handle of the execution history, created on first use."""
    global _execution_history_table
    if _execution_history_table is None:
        dynamodb = boto3.resource("dynamodb")
        _execution_history_table = dynamodb.Table(
            os.environ["EXECUTION_HISTORY_TABLE"]
        )
    return _execution_history_table


# =============================================================================
# Helpers
# =============================================================================


class DecimalEncoder(json.JSONEncoder):
    """Encode the Decimal values of DynamoDB as int or float."""

    def default(self, obj):
        if isinstance(obj, Decimal):
            return int(obj) if obj % 1 == 0 else float(obj)
        return super().default(obj)


def get_epoch_seconds() -> int:
    """Current time in whole epoch seconds."""
    return int(time.time())


# =============================================================================
# Entry point
# =============================================================================


def lambda_handler(event, context):
    """
    Dispatch on ``action`` and return the state at the root level.

    Exceptions are not caught here: they become Lambda errors, and the state
    machine decides which of them it retries.
    """
    logger.info(f"Received event: {json.dumps(event, cls=DecimalEncoder)}")
    logger.info(
        f"{PROJECT_NAME}: action {event.get('action')} for account "
        f"{event.get('accountContext', {}).get('accountId', 'current')}"
    )

    action = event.get("action")

    if action == "begin":
        return begin_wave_plan(event)
    elif action in ("update_wave_status", "poll_wave_status"):
        return update_wave_status(event)
    elif action == "store_task_token":
        return store_task_token(event)
    elif action == "resume_wave":
        return resume_wave(event)
    else:
        raise ValueError(f"Unknown action: {action}")


# =============================================================================
# Plan lifecycle
# =============================================================================


def begin_wave_plan(event: Dict[str, Any]) -> Dict[str, Any]:
    """
    Build the state of a new execution and start its first wave.

    The state is flat on purpose: the Choice states of the state machine read
    ``$.status``, ``$.all_waves_completed`` and ``$.wave_completed``.

    Args:
        event: ``execution`` ({"Id": ...}), ``plan``, ``isDrill``,
            ``accountContext``

    Returns:
        The complete state
    """
    plan = event.get("plan", {})
    execution = event.get("execution", {})
    execution_id = (
        execution if isinstance(execution, str) else execution.get("Id")
    )
    plan_id = plan.get("planId", "")
    waves = plan.get("waves", [])

    logger.info(
        f"🚀 Beginning plan {plan_id} — {len(waves)} wave(s), "
        f"execution {execution_id}"
    )

    state = {
        # Identity
        "plan_id": plan_id,
        "plan_name": plan.get("planName", ""),
        "execution_id": execution_id,
        "is_drill": event.get("isDrill", True),
        "accountContext": event.get("accountContext", {}),
        # Waves
        "waves": waves,
        "total_waves": len(waves),
        "current_wave_number": 0,
        "completed_waves": 0,
        "failed_waves": 0,
        # What the Choice and Wait states look at
        "all_waves_completed": False,
        "wave_completed": False,
        "current_wave_update_time": DEFAULT_UPDATE_INTERVAL,
        "current_wave_total_wait_time": 0,
        "current_wave_max_wait_time": DEFAULT_MAX_WAIT_SECONDS,
        "status": "running",
        "status_reason": None,
        # Results
        "wave_results": [],
        "recovery_instance_ids": [],
        "recovery_instance_ips": [],
        # Current DRS job
        "job_id": None,
        "region": None,
        "server_ids": [],
        # Errors
        "error": None,
        "error_code": None,
        # Pause
        "paused_before_wave": None,
        # Times
        "start_time": get_epoch_seconds(),
        "end_time": None,
        "duration_seconds": None,
    }

    try:
        get_execution_history_table().update_item(
            Key={"executionId": execution_id, "planId": plan_id},
            UpdateExpression="SET #status = :status",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":status": "RUNNING"},
        )
    except Exception as e:
        logger.error(f"Could not set execution {execution_id} RUNNING: {e}")

    if waves:
        start_wave_recovery(state, 0)
    else:
        logger.warning(f"Plan {plan_id} has no waves — nothing to recover")
        state["all_waves_completed"] = True
        state["status"] = "completed"

    return state


def store_task_token(event: Dict[str, Any]) -> Dict[str, Any]:
    """
    Remember the callback token, so that the resume route can use it.

    The token is the only way to continue a paused execution: a failed write
    is raised, and the state machine fails rather than waiting for a year.
    """
    state = event.get("application", event)
    execution_id = state.get("execution_id")
    plan_id = state.get("plan_id")
    paused_before_wave = state.get(
        "paused_before_wave", state.get("current_wave_number", 0) + 1
    )

    task_token = event.get("taskToken")
    if not task_token:
        raise ValueError("No taskToken provided in callback")

    logger.info(
        f"⏸️ Execution {execution_id} pauses before wave {paused_before_wave}"
    )

    try:
        get_execution_history_table().update_item(
            Key={"executionId": execution_id, "planId": plan_id},
            UpdateExpression=(
                "SET #status = :status, taskToken = :token, "
                "pausedBeforeWave = :wave"
            ),
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={
                ":status": "PAUSED",
                ":token": task_token,
                ":wave": paused_before_wave,
            },
        )
    except Exception as e:
        logger.error(f"Could not store task token of {execution_id}: {e}")
        raise

    return state


def resume_wave(event: Dict[str, Any]) -> Dict[str, Any]:
    """
    Continue a paused execution with the wave it was paused before.

    The state comes from whoever called SendTaskSuccess. It lacks most of
    what begin_wave_plan put there, and numbers that went through DynamoDB
    may still be Decimals.
    """
    state = event.get("application", event)
    execution_id = state.get("execution_id")
    plan_id = state.get("plan_id")

    paused_before_wave = state.get("paused_before_wave", 0)
    if isinstance(paused_before_wave, Decimal):
        paused_before_wave = int(paused_before_wave)

    logger.info(
        f"▶️ Resuming execution {execution_id} at wave {paused_before_wave}"
    )

    state["status"] = "running"
    state["wave_completed"] = False
    state["paused_before_wave"] = None

    try:
        get_execution_history_table().update_item(
            Key={"executionId": execution_id, "planId": plan_id},
            UpdateExpression=(
                "SET #status = :status REMOVE taskToken, pausedBeforeWave"
            ),
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":status": "RUNNING"},
        )
    except Exception as e:
        logger.error(f"Could not set execution {execution_id} RUNNING: {e}")

    start_wave_recovery(state, paused_before_wave)

    return state


# =============================================================================
# DRS: start of a wave
# =============================================================================


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


# =============================================================================
# DRS: progress of a wave
# =============================================================================


def poll_wave_status(event: Dict[str, Any]) -> Dict[str, Any]:
    """Invoke query-handler, which owns this function now.

    Its changes go back into `state` itself. Its inner lists and dictionaries
    are new objects, and changes made before an exception are lost.
    """
    state = event.get('application', event)
    try:
        answer = _invoke_moved_action(
            "QUERY_HANDLER_ARN",
            "poll_wave_status",
            {"state": state},
        )
    except MovedActionError as error:
        logging.getLogger().exception("poll_wave_status could not be invoked")
        state["wave_completed"] = True
        state["status"] = "failed"
        state["error"] = str(error)
        return state
    state.clear()
    state.update(answer["state"])
    return state


# The old name of the same thing.
update_wave_status = poll_wave_status

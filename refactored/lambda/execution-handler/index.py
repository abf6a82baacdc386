"""
Executions of recovery plans: start, watch, pause, resume, cancel, clean up.

How this function is invoked, in the order in which it looks:

worker       by itself, asynchronously: starts the state machine of an execution
operation    directly: find, poll, finalize, pause, resume
aws.events   by the scheduled rule, every minute: the same as ``find``
httpMethod   by API Gateway: everything below /executions

Starting an execution takes two invocations, since API Gateway gives up after 29 seconds::

    import json
    import boto3

    def start(plan_id):
        # 1. the request: checks, writes the record (PENDING), invokes 2. and answers 202
        # 2. the worker: starts the state machine, which sets the record RUNNING
        body = json.dumps({"planId": plan_id})
        request = {"httpMethod": "POST", "path": "/executions", "body": body}
        return boto3.client("lambda").invoke(
            FunctionName="drs-orchestration-execution-handler-dev",
            Payload=json.dumps(request),
        )

The record in EXECUTION_HISTORY is written from two sides: by the orchestration while the state
machine runs, and from here. Whatever this module writes goes through conditions for that reason.
"""

import base64
import binascii
import json
import logging
import os
import time
import uuid
from typing import Any, Dict, List, Optional, Tuple

import boto3
from boto3.dynamodb.conditions import Key
from botocore.exceptions import ClientError

from shared.account_utils import build_account_context, is_valid_account_id
from shared.conflict_detection import (
    check_server_conflicts,
    get_active_executions,
    query_drs_servers_by_tags as conflict_detection_query_drs_servers_by_tags,  # whole servers, [] on errors
)
from shared.cross_account import create_drs_client, create_ec2_client
from shared.execution_utils import (
    ACTIVE_STATUSES,
    ACTIVE_WAVE_STATUSES,
    TERMINAL_STATUSES,
    TERMINAL_WAVE_STATUSES,
    can_terminate,
    count_wave_statuses,
    is_terminal,
    wave_status_from_servers,
)
from shared.response_utils import DecimalEncoder, error_response, response

try:
    from shared.execution_utils import build_pending_server_status
except ImportError:  # layer older than 1.4: the helper was not there yet

    def build_pending_server_status(source_server_id):
        """Entry of a server whose launch was requested a moment ago."""
        return {
            "sourceServerId": source_server_id,
            "serverName": source_server_id,
            "hostname": "",
            "launchStatus": "PENDING",
            "instanceId": "",
            "privateIp": "",
            "instanceType": "",
            "launchTime": 0,
        }

try:
    from shared.drs_limits import DRS_LIMITS, check_wave_sizes, list_active_jobs
except ImportError:  # quotas are a courtesy: DRS enforces them anyway
    DRS_LIMITS = {}
    list_active_jobs = None

    def check_wave_sizes(waves):
        """Without the quotas every wave has a good size."""
        return []


logger = logging.getLogger()
logger.setLevel(os.environ.get("LOG_LEVEL", "INFO"))

# ============================================================================
# Configuration
# ============================================================================

DEFAULT_REGION = "us-east-1"

# Poll interval that a resumed execution gets
DEFAULT_UPDATE_INTERVAL = 30

# After a resume a wave has half an hour, not the year that the orchestration starts with
DEFAULT_MAX_WAIT_SECONDS = 1800

# A record that is PENDING for longer has lost its worker
PENDING_GRACE_SECONDS = 900

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 200

EXECUTION_TYPES = ("DRILL", "RECOVERY")

# Status of the state machine's execution → status of the record
STEP_FUNCTIONS_STATUSES = {
    "SUCCEEDED": "COMPLETED",
    "FAILED": "FAILED",
    "TIMED_OUT": "TIMEOUT",
    "ABORTED": "CANCELLED",
}

# ============================================================================
# AWS resources: one per container
# ============================================================================

dynamodb = boto3.resource("dynamodb")
protection_groups_table = dynamodb.Table(os.environ["PROTECTION_GROUPS_TABLE"])
recovery_plans_table = dynamodb.Table(os.environ["RECOVERY_PLANS_TABLE"])
execution_history_table = dynamodb.Table(os.environ["EXECUTION_HISTORY_TABLE"])

# Stacks without cross-account recovery have no such table
if os.environ.get("TARGET_ACCOUNTS_TABLE"):
    target_accounts_table = dynamodb.Table(os.environ["TARGET_ACCOUNTS_TABLE"])
else:
    target_accounts_table = None

stepfunctions = boto3.client("stepfunctions")
lambda_client = boto3.client("lambda")

STATE_MACHINE_ARN = os.environ.get("STATE_MACHINE_ARN", "")


# ============================================================================
# Helpers
# ============================================================================


def get_epoch_seconds() -> int:
    """Current time in whole epoch seconds."""
    return int(time.time())


def get_execution(execution_id: str) -> Optional[Dict[str, Any]]:
    """Record of an execution. The table's sort key is the plan, which callers rarely know."""
    page = execution_history_table.query(
        KeyConditionExpression=Key("executionId").eq(execution_id), Limit=1
    )
    items = page.get("Items", [])
    return items[0] if items else None


def execution_key(execution: Dict[str, Any]) -> Dict[str, str]:
    return {"executionId": execution["executionId"], "planId": execution["planId"]}


def not_found(execution_id: str) -> Dict[str, Any]:
    return error_response(404, "EXECUTION_NOT_FOUND", f"Execution {execution_id} not found")


def is_condition_failure(error: ClientError) -> bool:
    return error.response["Error"]["Code"] == "ConditionalCheckFailedException"


def parse_body(event: Dict[str, Any]) -> Dict[str, Any]:
    """JSON body of a request; raises ValueError for anything but an object."""
    raw_body = event.get("body") or "{}"
    if event.get("isBase64Encoded"):
        raw_body = base64.b64decode(raw_body)
    body = json.loads(raw_body)
    if not isinstance(body, dict):
        raise ValueError("The body must be a JSON object")
    return body


def requested_by(event: Dict[str, Any], body: Dict[str, Any]) -> str:
    """Who asked: the authorizer knows best, then the body, then nobody does."""
    authorizer = (event.get("requestContext") or {}).get("authorizer") or {}
    claims = authorizer.get("claims") or {}
    return claims.get("email") or body.get("initiatedBy") or "system"


def state_machine_execution_arn(execution: Dict[str, Any]) -> str:
    """ARN of the state machine's execution; its name is our execution id."""
    if execution.get("executionArn"):
        return execution["executionArn"]
    prefix = STATE_MACHINE_ARN.replace(":stateMachine:", ":execution:")
    return f"{prefix}:{execution['executionId']}"


def execution_summary(execution: Dict[str, Any]) -> Dict[str, Any]:
    """What the list of executions shows."""
    waves = execution.get("waves") or []
    return {
        "executionId": execution["executionId"],
        "planId": execution["planId"],
        "planName": execution.get("planName", ""),
        "executionType": execution.get("executionType", "DRILL"),
        "status": execution.get("status", "UNKNOWN"),
        "initiatedBy": execution.get("initiatedBy", ""),
        "startTime": execution.get("startTime"),
        "endTime": execution.get("endTime"),
        "totalWaves": len(waves),
        "waveCounts": count_wave_statuses(waves),
        "accountId": (execution.get("accountContext") or {}).get("accountId"),
    }


def close_open_waves(waves: List[Dict[str, Any]], status: str) -> List[Dict[str, Any]]:
    """Waves of an execution that is over: what never started gets a final status."""
    closed_waves = []
    for wave in waves:
        if not wave.get("jobId") and wave.get("status") not in TERMINAL_WAVE_STATUSES:
            wave = {**wave, "status": status, "endTime": get_epoch_seconds()}
        closed_waves.append(wave)
    return closed_waves


# ============================================================================
# Entry point
# ============================================================================


# Settings of the DRS launch configuration that a protection group can carry.
# Their names are those of UpdateLaunchConfiguration.
DRS_LAUNCH_SETTINGS = (
    "copyPrivateIp",
    "copyTags",
    "licensing",
    "targetInstanceTypeRightSizingMethod",
    "launchDisposition",
)


LAUNCH_TEMPLATE_VERSION_DESCRIPTION = "DRS Orchestration pre-recovery update"


# Created on first use: a cold start that only stores a token should not pay
# for three table handles.
_protection_groups_table = None


_execution_history_table = None


def get_protection_groups_table():
    """Table handle of the protection groups, created on first use."""
    global _protection_groups_table
    if _protection_groups_table is None:
        dynamodb = boto3.resource("dynamodb")
        _protection_groups_table = dynamodb.Table(
            os.environ["PROTECTION_GROUPS_TABLE"]
        )
    return _protection_groups_table


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


def apply_launch_config_before_recovery(  # noqa: C901
    drs_client,
    server_ids: List[str],
    launch_config: Dict[str, Any],
    region: str,
    protection_group: Optional[Dict[str, Any]] = None,
) -> None:
    """
    Bring the launch settings of a protection group to its servers.

    DRS keeps part of a server's launch settings itself (right sizing,
    licensing, copied tags ...) and the rest in an EC2 launch template that
    belongs to the server. Both are brought up to date right before the
    recovery, because DRS rewrites the template now and then.

    A server may override the group's defaults. What applies is decided by
    the shared merge, which is used like this::

        from shared.config_merge import get_effective_launch_config

        def effective(group, server_id):
            return get_effective_launch_config(group, server_id)

    Without the shared module (a layer of an older release) every server gets
    the group's defaults.

    The EC2 client is the one of the hub account: staging and launch
    templates are shared with it.

    Args:
        drs_client: DRS client for the account of the servers
        server_ids: ids of the source servers
        launch_config: launch configuration of the group
        region: region of the servers
        protection_group: the whole group, for the overrides of its servers

    A failure with one server is logged and the others go on: a server that
    launches with old settings is better than one that does not launch.
    """
    try:
        from shared.config_merge import get_effective_launch_config
    except ImportError:
        logger.warning(
            "shared.config_merge is not available → group defaults only"
        )
        get_effective_launch_config = None

    ec2_client = boto3.client("ec2", region_name=region)

    logger.info(
        f"Applying launch configuration to {len(server_ids)} server(s) "
        f"before recovery: {sorted(launch_config)}"
    )

    for server_id in server_ids:
        try:
            # Group default, merged with what this server overrides
            if get_effective_launch_config and protection_group:
                effective_config = get_effective_launch_config(
                    protection_group, server_id
                )
            else:
                effective_config = launch_config

            current_config = drs_client.get_launch_configuration(
                sourceServerID=server_id
            )
            template_id = current_config.get("ec2LaunchTemplateID")
            if not template_id:
                logger.warning(
                    f"Server {server_id} has no launch template — skipped"
                )
                continue

            # -----------------------------------------------------------------
            # Settings that DRS keeps itself
            # -----------------------------------------------------------------
            drs_update: Dict[str, Any] = {}
            for setting in DRS_LAUNCH_SETTINGS:
                # present, not truthy: False is a setting as well
                if setting in effective_config:
                    drs_update[setting] = effective_config[setting]

            if drs_update:
                drs_client.update_launch_configuration(
                    sourceServerID=server_id, **drs_update
                )
                logger.info(
                    f"Updated DRS settings of {server_id}: "
                    f"{', '.join(sorted(drs_update))}"
                )

            # -----------------------------------------------------------------
            # Settings that live in the EC2 launch template
            # -----------------------------------------------------------------
            template_data: Dict[str, Any] = {}

            if effective_config.get("instanceType"):
                template_data["InstanceType"] = effective_config[
                    "instanceType"
                ]

            # Subnet, security groups and the static address all belong to
            # the one network interface of the instance.
            network_interface: Dict[str, Any] = {}
            if effective_config.get("subnetId"):
                network_interface["SubnetId"] = effective_config["subnetId"]
            if effective_config.get("securityGroupIds"):
                network_interface["Groups"] = effective_config[
                    "securityGroupIds"
                ]
            if effective_config.get("staticPrivateIp"):
                network_interface["PrivateIpAddress"] = effective_config[
                    "staticPrivateIp"
                ]
            if network_interface:
                network_interface["DeviceIndex"] = 0
                template_data["NetworkInterfaces"] = [network_interface]

            if effective_config.get("instanceProfileName"):
                template_data["IamInstanceProfile"] = {
                    "Name": effective_config["instanceProfileName"]
                }

            if template_data:
                ec2_client.create_launch_template_version(
                    LaunchTemplateId=template_id,
                    LaunchTemplateData=template_data,
                    VersionDescription=LAUNCH_TEMPLATE_VERSION_DESCRIPTION,
                )
                ec2_client.modify_launch_template(
                    LaunchTemplateId=template_id, DefaultVersion="$Latest"
                )
                logger.info(
                    f"Template {template_id} of {server_id} has a new default "
                    f"version: {', '.join(sorted(template_data))}"
                )

        except Exception as e:
            # The recovery goes on with the settings the server has now
            logger.warning(
                f"⚠️ Launch configuration of {server_id} not applied: {e}"
            )


def start_wave_recovery(state: Dict[str, Any], wave_number: int) -> None:
    """
    Start the recovery of one wave. Mutates the state, returns nothing.

    All servers of the wave go into one StartRecovery call, hence into one
    DRS job::

        from boto3 import client

        drs = client("drs", region_name=region)
        job = drs.start_recovery(
            isDrill=True,
            sourceServers=[{"sourceServerID": "s-0123456789abcdef0"}],
        )["job"]

    Which servers these are is decided when the wave starts: a protection
    group with ``serverSelectionTags`` is asked for the servers that carry
    the tags *now*; a group without them leaves it to the wave's own
    ``serverIds``.

    A wave that cannot be started marks the state as failed and does not
    raise; a wave without any servers is simply over. What does raise is a
    state that lacks ``waves``, ``is_drill`` or ``execution_id``, or a wave
    number that does not exist, since then there is nothing sensible to mark.

    Args:
        state: the state of the execution
        wave_number: index of the wave in ``state["waves"]``
    """
    waves = state["waves"]
    wave = waves[wave_number]
    is_drill = state["is_drill"]
    execution_id = state["execution_id"]

    try:
        wave_name = wave.get("waveName", f"Wave {wave_number + 1}")
        protection_group_id = wave.get("protectionGroupId")
        account_context = get_account_context(state)

        logger.info(
            f"🌊 Starting wave {wave_number} “{wave_name}” of execution "
            f"{execution_id} ({'drill' if is_drill else 'recovery'})"
        )

        if not protection_group_id:
            logger.error(f"Wave {wave_number} has no protectionGroupId")
            state["wave_completed"] = True
            state["status"] = "failed"
            state["error"] = "No protectionGroupId in wave"
            return

        # ---------------------------------------------------------------------
        # Protection group
        # ---------------------------------------------------------------------
        pg_response = get_protection_groups_table().get_item(
            Key={"groupId": protection_group_id}
        )
        if "Item" not in pg_response:
            logger.error(f"Protection Group {protection_group_id} not found")
            state["wave_completed"] = True
            state["status"] = "failed"
            state["error"] = f"Protection Group {protection_group_id} not found"  # noqa: E501
            return

        protection_group = pg_response["Item"]
        region = protection_group.get("region", DEFAULT_REGION)

        # ---------------------------------------------------------------------
        # Servers: by tags at this very moment, else the wave's own list
        # ---------------------------------------------------------------------
        selection_tags = protection_group.get("serverSelectionTags", {})
        if selection_tags:
            server_ids = query_drs_servers_by_tags(
                region, selection_tags, account_context
            )
            logger.info(
                f"Group {protection_group_id} resolved to "
                f"{len(server_ids)} server(s) by its tags"
            )
        else:
            server_ids = wave.get("serverIds", [])
            logger.info(
                f"Group {protection_group_id} has no tags → "
                f"{len(server_ids)} server(s) named by the wave"
            )

        if not server_ids:
            logger.warning(f"Wave {wave_number} has no servers, skipping it")
            state["wave_completed"] = True
            return

        # ---------------------------------------------------------------------
        # Launch configuration, then the recovery itself
        # ---------------------------------------------------------------------
        drs_client = create_drs_client(region, account_context)

        launch_config = protection_group.get("launchConfig")
        if launch_config:
            apply_launch_config_before_recovery(
                drs_client,
                server_ids,
                launch_config,
                region,
                protection_group,
            )

        response = drs_client.start_recovery(
            isDrill=is_drill,
            sourceServers=[
                {"sourceServerID": server_id} for server_id in server_ids
            ],
        )
        job_id = response["job"]["jobID"]
        logger.info(
            f"✅ DRS job {job_id} started for {len(server_ids)} server(s) "
            f"in {region}"
        )

        # ---------------------------------------------------------------------
        # State
        # ---------------------------------------------------------------------
        state["current_wave_number"] = wave_number
        state["job_id"] = job_id
        state["region"] = region
        state["server_ids"] = server_ids
        state["wave_completed"] = False
        state["current_wave_total_wait_time"] = 0

        wave_result = {
            "waveNumber": wave_number,
            "waveName": wave_name,
            "status": "STARTED",
            "jobId": job_id,
            "startTime": get_epoch_seconds(),
            "serverIds": server_ids,
            "serverStatuses": [
                build_pending_server_status(server_id)
                for server_id in server_ids
            ],
            "region": region,
        }
        state["wave_results"].append(wave_result)

        # ---------------------------------------------------------------------
        # Record: what the console and the minute poll look at
        # ---------------------------------------------------------------------
        try:
            get_execution_history_table().update_item(
                Key={
                    "executionId": execution_id,
                    "planId": state["plan_id"],
                },
                UpdateExpression=(
                    f"SET waves[{wave_number}] = :wave, drsJobId = :job_id, "
                    "drsRegion = :region, #status = :status"
                ),
                ConditionExpression="attribute_exists(executionId)",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={
                    ":wave": wave_result,
                    ":job_id": job_id,
                    ":region": region,
                    ":status": "POLLING",
                },
            )
        except Exception as e:
            # The job runs: a record that lags behind must not stop the wave
            logger.error(
                f"Could not record wave {wave_number} of {execution_id}: {e}"
            )

    except Exception as e:
        logger.error(
            f"❌ Starting wave {wave_number} of {execution_id} failed: {e}",
            exc_info=True,
        )
        state["wave_completed"] = True
        state["status"] = "failed"
        state["error"] = str(e)


def _run_start_wave_recovery(event):
    state = event["state"]
    result = start_wave_recovery(state, event["wave_number"])
    return {"action": "start_wave_recovery", "state": state, "result": result}


_MOVED_ACTIONS = {
    "start_wave_recovery": _run_start_wave_recovery,
}


def lambda_handler(event, context):
    """Dispatch by the shape of the event; every failure is answered, none is raised."""
    # Moved actions stay outside of what answers exceptions with a dictionary: they must
    # reach the caller as errors.
    if isinstance(event, dict) and str(event.get("action")) in _MOVED_ACTIONS:
        return _MOVED_ACTIONS[event["action"]](event)

    try:
        logger.info(f"Event: {json.dumps(event, cls=DecimalEncoder)}")

        if event.get("worker"):
            return execution_worker(event)

        if event.get("operation"):
            return handle_operation(event)

        if event.get("source") == "aws.events":
            return find_executions()

        if event.get("httpMethod"):
            return handle_api_request(event)

        return error_response(400, "UNKNOWN_EVENT", "The event has no shape that is known here")

    except Exception as e:
        logger.error(f"Unhandled error: {e}", exc_info=True)
        return response(500, {"error": "INTERNAL_ERROR", "message": str(e)})


def handle_operation(event: Dict[str, Any]) -> Dict[str, Any]:
    """Direct invocations: the schedule, the console's back end, the runbooks."""
    operation = event["operation"]

    if operation == "find":
        return find_executions()

    execution_id = event.get("executionId")
    if operation in ("poll", "finalize", "pause", "resume") and not execution_id:
        return error_response(400, "MISSING_PARAMETER", f"{operation} needs an executionId")

    if operation == "poll":
        return poll_operation(execution_id)
    elif operation == "finalize":
        return finalize_operation(execution_id)
    elif operation == "pause":
        return pause_execution(execution_id, event.get("initiatedBy", "system"))
    elif operation == "resume":
        return resume_execution(execution_id, event.get("initiatedBy", "system"))
    else:
        return error_response(400, "UNKNOWN_OPERATION", f"Unknown operation: {operation}")


def handle_api_request(event: Dict[str, Any]) -> Dict[str, Any]:  # noqa: C901
    """Routes below /executions."""
    method = event["httpMethod"]
    path = event.get("path", "")
    query = event.get("queryStringParameters") or {}

    if method == "OPTIONS":
        return response(200, {})

    try:
        body = parse_body(event)
    except (ValueError, binascii.Error) as e:
        return error_response(400, "INVALID_JSON", f"The body is not valid: {e}")

    segments = [segment for segment in path.split("/") if segment]
    if not segments or segments[0] != "executions" or len(segments) > 3:
        return error_response(404, "ROUTE_NOT_FOUND", f"No route for {method} {path}")

    user = requested_by(event, body)

    # /executions
    if len(segments) == 1:
        if method == "POST":
            return create_execution(body, user)
        if method == "GET":
            return list_executions(query)
        if method == "DELETE":
            return delete_executions(query, body)
        return error_response(405, "METHOD_NOT_ALLOWED", f"{method} is not allowed on {path}")

    # /executions/preview is no execution id
    if segments[1:] == ["preview"] and method == "POST":
        return preview_execution(body)

    # /executions/{id}
    execution_id = segments[1]
    if len(segments) == 2:
        if method == "GET":
            return get_execution_details(execution_id)
        if method == "DELETE":
            return delete_execution(execution_id)
        return error_response(405, "METHOD_NOT_ALLOWED", f"{method} is not allowed on {path}")

    # /executions/{id}/...
    action = segments[2]
    if method == "POST" and action == "cancel":
        return cancel_execution(execution_id, user)
    if method == "POST" and action == "pause":
        return pause_execution(execution_id, user)
    if method == "POST" and action == "resume":
        return resume_execution(execution_id, user)
    if method == "POST" and action == "terminate":
        return terminate_recovery_instances(execution_id, user)
    if method == "GET" and action == "job-logs":
        return get_job_logs(execution_id, query)
    if method == "GET" and action == "recovery-instances":
        return get_recovery_instances(execution_id)
    if method == "GET" and action == "termination-status":
        return get_termination_status(execution_id)

    return error_response(404, "ROUTE_NOT_FOUND", f"No route for {method} {path}")


# ============================================================================
# Start
# ============================================================================


def determine_account_id(plan: Dict[str, Any], body: Dict[str, Any]) -> Optional[str]:
    """
    Account that a plan's servers live in: the request's, the plan's, or the groups'.

    All protection groups of a plan belong to one account; raises ValueError if they do not.
    """
    if body.get("accountId"):
        return body["accountId"]
    if plan.get("accountId"):
        return plan["accountId"]

    account_ids = set()
    group_ids = {wave.get("protectionGroupId") for wave in plan.get("waves") or []}
    for group_id in sorted(group_id for group_id in group_ids if group_id):
        group = protection_groups_table.get_item(Key={"groupId": group_id}).get("Item") or {}
        if group.get("accountId"):
            account_ids.add(group["accountId"])

    if len(account_ids) > 1:
        raise ValueError(f"Protection groups of several accounts: {', '.join(sorted(account_ids))}")
    return account_ids.pop() if account_ids else None


def waves_for_state_machine(plan: Dict[str, Any]) -> List[Dict[str, Any]]:
    """The plan's waves in order, with the attributes that the state machine's input has."""
    numbered = list(enumerate(plan.get("waves") or []))
    numbered.sort(key=lambda pair: (int(pair[1].get("waveNumber", pair[0])), pair[0]))

    waves = []
    for number, (_, plan_wave) in enumerate(numbered):
        wave = {
            "waveNumber": number,
            "waveName": plan_wave.get("waveName") or f"Wave {number + 1}",
            "protectionGroupId": plan_wave.get("protectionGroupId"),
        }
        if plan_wave.get("serverIds"):
            wave["serverIds"] = list(plan_wave["serverIds"])
        if plan_wave.get("pauseBeforeWave"):
            wave["pauseBeforeWave"] = True
        waves.append(wave)
    return waves


def validate_waves(waves: List[Dict[str, Any]]) -> List[str]:
    """Complaints about waves that could not be started anyway."""
    problems = [
        f"Wave {wave['waveName']} has no protection group"
        for wave in waves
        if not wave.get("protectionGroupId")
    ]
    return problems + check_wave_sizes(waves)


def check_job_quota(waves: List[Dict[str, Any]], account_context: Dict[str, Any]) -> Optional[str]:
    """Message if the account has no DRS job left in a region of the plan, else None."""
    if list_active_jobs is None:
        return None

    regions = set()
    for wave in waves:
        group = (
            protection_groups_table.get_item(Key={"groupId": wave["protectionGroupId"]}).get("Item")
            or {}
        )
        regions.add(group.get("region", DEFAULT_REGION))

    limit = DRS_LIMITS["MAX_CONCURRENT_JOBS"]
    for region in sorted(regions):
        try:
            active_jobs = list_active_jobs(create_drs_client(region, account_context))
        except Exception as e:
            # Not knowing the quota must not keep anybody from recovering
            logger.warning(f"DRS jobs of {region} not available, quota not checked: {e}")
            continue
        if len(active_jobs) >= limit:
            return f"{len(active_jobs)} of {limit} DRS jobs are in progress in {region}"
    return None


def create_execution(body: Dict[str, Any], user: str) -> Dict[str, Any]:
    """POST /executions: check, write the record, hand over to the worker."""
    plan_id = body.get("planId")
    if not plan_id:
        return error_response(400, "MISSING_PARAMETER", "planId is required")

    execution_type = str(body.get("executionType", "DRILL")).upper()
    if execution_type not in EXECUTION_TYPES:
        return error_response(
            400,
            "INVALID_EXECUTION_TYPE",
            f"executionType must be one of {', '.join(EXECUTION_TYPES)}",
        )

    plan = recovery_plans_table.get_item(Key={"planId": plan_id}).get("Item")
    if not plan:
        return error_response(404, "PLAN_NOT_FOUND", f"Recovery plan {plan_id} not found")

    waves = waves_for_state_machine(plan)
    if not waves:
        return error_response(400, "PLAN_WITHOUT_WAVES", f"Recovery plan {plan_id} has no waves")
    problems = validate_waves(waves)
    if problems:
        return error_response(400, "INVALID_PLAN", "The plan cannot be executed", problems=problems)

    # Account
    try:
        account_id = determine_account_id(plan, body)
    except ValueError as e:
        return error_response(400, "MIXED_ACCOUNTS", str(e))
    if account_id and not is_valid_account_id(account_id):
        return error_response(400, "INVALID_ACCOUNT", f"{account_id} is not an account id")
    account_context = build_account_context(account_id)
    if not account_context["isCurrentAccount"] and target_accounts_table is not None:
        if "Item" not in target_accounts_table.get_item(Key={"accountId": account_id}):
            return error_response(400, "UNKNOWN_ACCOUNT", f"Account {account_id} is not registered")

    # Conflicts and quotas
    conflicts = check_server_conflicts(plan, account_context)
    if conflicts:
        return error_response(
            409, "SERVER_CONFLICT", f"{len(conflicts)} conflict(s) found", conflicts=conflicts
        )
    quota_problem = check_job_quota(waves, account_context)
    if quota_problem:
        return error_response(429, "DRS_QUOTA_EXCEEDED", quota_problem)

    execution_id = str(uuid.uuid4())
    execution = {
        "executionId": execution_id,
        "planId": plan_id,
        "planName": plan.get("planName", ""),
        "executionType": execution_type,
        "status": "PENDING",
        "initiatedBy": user,
        "startTime": get_epoch_seconds(),
        "waves": [{**wave, "status": "PENDING"} for wave in waves],
        "totalWaves": len(waves),
        "accountContext": account_context,
    }
    execution_history_table.put_item(
        Item=execution, ConditionExpression="attribute_not_exists(executionId)"
    )

    payload = {
        "worker": True,
        "executionId": execution_id,
        "planId": plan_id,
        "isDrill": execution_type == "DRILL",
        "plan": {"planId": plan_id, "planName": plan.get("planName", ""), "waves": waves},
        "accountContext": account_context,
    }
    try:
        lambda_client.invoke(
            FunctionName=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
            InvocationType="Event",
            Payload=json.dumps(payload, cls=DecimalEncoder),
        )
    except Exception as e:
        logger.error(f"Worker of {execution_id} could not be invoked: {e}")
        mark_failed(execution, f"Worker could not be invoked: {e}")
        raise

    logger.info(f"🚀 Execution {execution_id} of plan {plan_id} requested by {user}")
    return response(
        202,
        {
            "executionId": execution_id,
            "planId": plan_id,
            "status": "PENDING",
            "executionType": execution_type,
            "message": "Execution is being started",
        },
    )


def mark_failed(execution: Dict[str, Any], reason: str) -> None:
    """Record that an execution did not even start."""
    execution_history_table.update_item(
        Key=execution_key(execution),
        UpdateExpression="SET #status = :status, statusReason = :reason, endTime = :end",
        ConditionExpression="attribute_exists(executionId)",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={
            ":status": "FAILED",
            ":reason": reason,
            ":end": get_epoch_seconds(),
        },
    )


def execution_worker(event: Dict[str, Any]) -> Dict[str, Any]:
    """
    Second half of POST /executions: start the state machine.

    Lambda repeats asynchronous invocations that fail, so this may run more than once for the
    same execution: the name of the state machine's execution makes that harmless.
    """
    execution_id = event["executionId"]
    execution = get_execution(execution_id)
    if not execution:
        return not_found(execution_id)

    if execution.get("status") == "CANCELLING":
        finish_execution(execution, "CANCELLED", "Execution cancelled by user")
        return response(200, {"executionId": execution_id, "status": "CANCELLED"})
    if execution.get("status") != "PENDING":
        logger.info(f"Execution {execution_id} is {execution.get('status')} → nothing to start")
        return response(200, {"executionId": execution_id, "status": execution.get("status")})

    state_machine_input = {
        "Execution": {"Id": execution_id},
        "Plan": event["plan"],
        "isDrill": event["isDrill"],
        "accountContext": event["accountContext"],
    }
    try:
        started = stepfunctions.start_execution(
            stateMachineArn=STATE_MACHINE_ARN,
            name=execution_id,
            input=json.dumps(state_machine_input, cls=DecimalEncoder),
        )
        execution_arn = started["executionArn"]
    except stepfunctions.exceptions.ExecutionAlreadyExists:
        execution_arn = state_machine_execution_arn(execution)
    except Exception as e:
        logger.error(f"State machine of {execution_id} could not be started: {e}", exc_info=True)
        mark_failed(execution, f"State machine could not be started: {e}")
        return error_response(500, "START_FAILED", str(e), executionId=execution_id)

    # The status is left alone: the state machine sets it, and may have done so already
    execution_history_table.update_item(
        Key=execution_key(execution),
        UpdateExpression="SET executionArn = :arn, workerTime = :now",
        ConditionExpression="attribute_exists(executionId)",
        ExpressionAttributeValues={":arn": execution_arn, ":now": get_epoch_seconds()},
    )
    return response(200, {"executionId": execution_id, "executionArn": execution_arn})


def preview_execution(body: Dict[str, Any]) -> Dict[str, Any]:
    """
    POST /executions/preview: what an execution would recover now, and what is in its way.

    Tags are resolved at the moment the wave starts, so this is a preview and no promise.
    """
    plan_id = body.get("planId")
    if not plan_id:
        return error_response(400, "MISSING_PARAMETER", "planId is required")
    plan = recovery_plans_table.get_item(Key={"planId": plan_id}).get("Item")
    if not plan:
        return error_response(404, "PLAN_NOT_FOUND", f"Recovery plan {plan_id} not found")

    try:
        account_context = build_account_context(determine_account_id(plan, body))
    except ValueError as e:
        return error_response(400, "MIXED_ACCOUNTS", str(e))

    preview_waves = []
    for wave in waves_for_state_machine(plan):
        group = {}
        if wave.get("protectionGroupId"):
            group = (
                protection_groups_table.get_item(Key={"groupId": wave["protectionGroupId"]}).get(
                    "Item"
                )
                or {}
            )
        tags = group.get("serverSelectionTags")
        if tags:
            servers = conflict_detection_query_drs_servers_by_tags(
                group.get("region", DEFAULT_REGION), tags, account_context
            )
        else:
            servers = [{"sourceServerID": s} for s in wave.get("serverIds", [])]
        preview_waves.append(
            {
                **wave,
                "protectionGroupFound": bool(group),
                "resolvedBy": "tags" if tags else "serverIds",
                "servers": servers,
                "serverCount": len(servers),
            }
        )

    conflicts = check_server_conflicts(plan, account_context)
    return response(
        200,
        {
            "planId": plan_id,
            "planName": plan.get("planName", ""),
            "accountId": account_context["accountId"],
            "waves": preview_waves,
            "totalServers": sum(wave["serverCount"] for wave in preview_waves),
            "conflicts": conflicts,
            "canExecute": not conflicts and all(w["serverCount"] for w in preview_waves),
        },
    )


# ============================================================================
# Read
# ============================================================================


def decode_page_token(token: str) -> Dict[str, Any]:
    """Start key from the nextToken of an earlier answer; raises ValueError."""
    try:
        start_key = json.loads(base64.urlsafe_b64decode(token))
    except (ValueError, binascii.Error) as e:
        raise ValueError(f"Invalid nextToken: {e}") from e
    if not isinstance(start_key, dict):
        raise ValueError("Invalid nextToken")
    return start_key


def list_executions(query: Dict[str, str]) -> Dict[str, Any]:
    """GET /executions?planId=&status=&limit=&nextToken=: newest first within a page."""
    try:
        limit = min(int(query.get("limit", DEFAULT_PAGE_SIZE)), MAX_PAGE_SIZE)
        if limit < 1:
            raise ValueError("limit must be positive")
        page_args: Dict[str, Any] = {"Limit": limit}
        if query.get("nextToken"):
            page_args["ExclusiveStartKey"] = decode_page_token(query["nextToken"])
    except ValueError as e:
        return error_response(400, "INVALID_PARAMETER", str(e))

    if query.get("planId"):
        page = execution_history_table.query(
            IndexName="PlanIdIndex",
            KeyConditionExpression=Key("planId").eq(query["planId"]),
            **page_args,
        )
    elif query.get("status"):
        page = execution_history_table.query(
            IndexName="StatusIndex",
            KeyConditionExpression=Key("status").eq(query["status"].upper()),
            **page_args,
        )
    else:
        page = execution_history_table.scan(**page_args)

    items = page.get("Items", [])
    if query.get("planId") and query.get("status"):
        items = [item for item in items if item.get("status") == query["status"].upper()]
    items.sort(key=lambda item: int(item.get("startTime") or 0), reverse=True)

    body: Dict[str, Any] = {
        "executions": [execution_summary(item) for item in items],
        "count": len(items),
    }
    if "LastEvaluatedKey" in page:
        token = json.dumps(page["LastEvaluatedKey"], cls=DecimalEncoder)
        body["nextToken"] = base64.urlsafe_b64encode(token.encode()).decode()
    return response(200, body)


def get_execution_details(execution_id: str) -> Dict[str, Any]:
    """GET /executions/{id}: the whole record, and what may be done with it."""
    execution = get_execution(execution_id)
    if not execution:
        return not_found(execution_id)

    details = {key: value for key, value in execution.items() if key != "taskToken"}
    waves = execution.get("waves") or []
    start_time = int(execution.get("startTime") or 0)
    end_time = int(execution.get("endTime") or 0) or get_epoch_seconds()

    # The token itself is a capability: it stays in the table
    details["canResume"] = execution.get("status") == "PAUSED" and bool(execution.get("taskToken"))
    details["canCancel"] = execution.get("status") in ACTIVE_STATUSES
    details["canTerminate"] = can_terminate(execution)
    details["waveCounts"] = count_wave_statuses(waves)
    details["durationSeconds"] = end_time - start_time if start_time else None
    return response(200, details)


def get_job_logs(execution_id: str, query: Dict[str, str]) -> Dict[str, Any]:
    """GET /executions/{id}/job-logs?jobId=: log items of the DRS jobs, newest first."""
    execution = get_execution(execution_id)
    if not execution:
        return not_found(execution_id)

    wanted_job_id = query.get("jobId")
    account_context = execution.get("accountContext")
    job_logs = []

    for number, wave in enumerate(execution.get("waves") or []):
        job_id = wave.get("jobId")
        if not job_id or (wanted_job_id and job_id != wanted_job_id):
            continue

        region = wave.get("region") or execution.get("drsRegion") or DEFAULT_REGION
        entry: Dict[str, Any] = {
            "waveNumber": wave.get("waveNumber", number),
            "waveName": wave.get("waveName", f"Wave {number + 1}"),
            "jobId": job_id,
            "events": [],
        }
        try:
            drs_client = create_drs_client(region, account_context)
            paginator = drs_client.get_paginator("describe_job_log_items")
            for page in paginator.paginate(jobID=job_id):
                for event in page.get("items", []):
                    event_data = event.get("eventData", {})
                    entry["events"].append(
                        {
                            "event": event.get("event", ""),
                            "logDateTime": event.get("logDateTime", ""),
                            "sourceServerId": event_data.get("sourceServerID", ""),
                            "error": event_data.get("rawError", ""),
                        }
                    )
            entry["events"].sort(key=lambda item: item["logDateTime"], reverse=True)
        except Exception as e:
            logger.warning(f"Log of job {job_id} not available: {e}")
            entry["error"] = str(e)
        job_logs.append(entry)

    return response(200, {"executionId": execution_id, "jobLogs": job_logs})


# ============================================================================
# Delete
# ============================================================================


def delete_execution(execution_id: str) -> Dict[str, Any]:
    """DELETE /executions/{id}: only what is over."""
    execution = get_execution(execution_id)
    if not execution:
        return not_found(execution_id)
    if not is_terminal(execution):
        return error_response(
            409, "EXECUTION_ACTIVE", f"Execution {execution_id} is {execution.get('status')}"
        )
    execution_history_table.delete_item(Key=execution_key(execution))
    return response(200, {"executionId": execution_id, "deleted": True})


def delete_executions(query: Dict[str, str], body: Dict[str, Any]) -> Dict[str, Any]:
    """DELETE /executions: the named ones, or all finished ones (of a plan)."""
    deleted, skipped = [], []

    if body.get("executionIds"):
        candidates = []
        for execution_id in body["executionIds"]:
            execution = get_execution(execution_id)
            if execution:
                candidates.append(execution)
            else:
                skipped.append({"executionId": execution_id, "reason": "not found"})
    else:
        candidates = []
        for status in TERMINAL_STATUSES:
            query_args: Dict[str, Any] = {
                "IndexName": "StatusIndex",
                "KeyConditionExpression": Key("status").eq(status),
            }
            while True:
                page = execution_history_table.query(**query_args)
                candidates.extend(page.get("Items", []))
                if "LastEvaluatedKey" not in page:
                    break
                query_args["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        if query.get("planId"):
            candidates = [c for c in candidates if c["planId"] == query["planId"]]

    for execution in candidates:
        if not is_terminal(execution):
            skipped.append(
                {"executionId": execution["executionId"], "reason": execution.get("status")}
            )
            continue
        execution_history_table.delete_item(Key=execution_key(execution))
        deleted.append(execution["executionId"])

    return response(200, {"deleted": deleted, "deletedCount": len(deleted), "skipped": skipped})


# ============================================================================
# Cancel, pause, resume
# ============================================================================


def finish_execution(execution: Dict[str, Any], status: str, reason: str) -> bool:
    """
    Give an active execution its final status. False if somebody else was faster.

    Waves that never started are closed as well, so that nothing in the record looks as if it
    were still to come.
    """
    wave_status = "COMPLETED" if status == "COMPLETED" else "CANCELLED"
    try:
        execution_history_table.update_item(
            Key=execution_key(execution),
            UpdateExpression=(
                "SET #status = :status, statusReason = :reason, endTime = :end, waves = :waves "
                "REMOVE taskToken, pausedBeforeWave"
            ),
            ConditionExpression="attribute_exists(executionId) AND #status = :expected",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={
                ":status": status,
                ":reason": reason,
                ":end": get_epoch_seconds(),
                ":waves": close_open_waves(execution.get("waves") or [], wave_status),
                ":expected": execution["status"],
            },
        )
    except ClientError as e:
        if is_condition_failure(e):
            logger.info(f"Execution {execution['executionId']} changed meanwhile, left alone")
            return False
        raise
    return True


def cancel_execution(execution_id: str, user: str) -> Dict[str, Any]:
    """
    POST /executions/{id}/cancel.

    A running execution is only marked: the orchestration sees CANCELLING with its next poll,
    lets the current DRS job be and starts no further wave. A paused one waits for nobody but
    us, so it is cancelled here and now.
    """
    execution = get_execution(execution_id)
    if not execution:
        return not_found(execution_id)

    status = execution.get("status")
    if status == "CANCELLING":
        return response(202, {"executionId": execution_id, "status": "CANCELLING"})
    if status not in ACTIVE_STATUSES:
        return error_response(409, "NOT_CANCELLABLE", f"Execution {execution_id} is {status}")

    if status == "PAUSED":
        task_token = execution.get("taskToken")
        if not task_token:
            # The orchestration wrote PAUSED, but the state machine did not get to its wait yet
            return error_response(
                409, "PAUSE_IN_PROGRESS", "The execution is just being paused, try again"
            )
        if not finish_execution(execution, "CANCELLED", f"Cancelled by {user} while paused"):
            return error_response(409, "STATUS_CHANGED", "The execution changed meanwhile")
        try:
            stepfunctions.send_task_failure(
                taskToken=task_token,
                error="ExecutionCancelled",
                cause=f"Execution {execution_id} was cancelled by {user}",
            )
        except ClientError as e:
            # The state machine is gone already: fine, nothing is left to cancel
            logger.warning(f"Task token of {execution_id} was not accepted: {e}")
        return response(200, {"executionId": execution_id, "status": "CANCELLED"})

    try:
        execution_history_table.update_item(
            Key=execution_key(execution),
            UpdateExpression="SET #status = :new, cancelledBy = :user, cancelRequestTime = :now",
            ConditionExpression="#status = :old",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={
                ":new": "CANCELLING",
                ":old": status,
                ":user": user,
                ":now": get_epoch_seconds(),
            },
        )
    except ClientError as e:
        if is_condition_failure(e):
            return error_response(409, "STATUS_CHANGED", "The execution changed meanwhile")
        raise

    logger.info(f"🛑 Execution {execution_id} is being cancelled by {user}")
    return response(202, {"executionId": execution_id, "status": "CANCELLING"})


def next_wave_number(execution: Dict[str, Any]) -> Optional[int]:
    """Index of the first wave that was not started yet, or None."""
    for number, wave in enumerate(execution.get("waves") or []):
        if not wave.get("jobId") and wave.get("status", "PENDING") == "PENDING":
            return number
    return None


def pause_execution(execution_id: str, user: str) -> Dict[str, Any]:
    """
    POST /executions/{id}/pause: ask for a pause before the next wave.

    The request goes into the record only. The state machine works on the waves of its input,
    so the operator who wants to be sure sets pauseBeforeWave in the plan.
    """
    execution = get_execution(execution_id)
    if not execution:
        return not_found(execution_id)

    status = execution.get("status")
    if status in ("PAUSED", "PAUSE_PENDING"):
        return response(200, {"executionId": execution_id, "status": status})
    if status not in ("RUNNING", "POLLING"):
        return error_response(409, "NOT_PAUSABLE", f"Execution {execution_id} is {status}")

    wave_number = next_wave_number(execution)
    if wave_number is None:
        return error_response(409, "NO_WAVE_LEFT", "There is no wave left to pause before")

    try:
        execution_history_table.update_item(
            Key=execution_key(execution),
            UpdateExpression=(
                f"SET #status = :new, waves[{wave_number}].pauseBeforeWave = :true, "
                "pausedBeforeWave = :wave, pauseRequestedBy = :user"
            ),
            ConditionExpression="#status = :old",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={
                ":new": "PAUSE_PENDING",
                ":old": status,
                ":true": True,
                ":wave": wave_number,
                ":user": user,
            },
        )
    except ClientError as e:
        if is_condition_failure(e):
            return error_response(409, "STATUS_CHANGED", "The execution changed meanwhile")
        raise

    return response(
        202,
        {"executionId": execution_id, "status": "PAUSE_PENDING", "pausedBeforeWave": wave_number},
    )


def build_resume_state(execution: Dict[str, Any], plan: Dict[str, Any]) -> Dict[str, Any]:
    """
    State with which the state machine continues after a pause.

    It replaces the whole state: whatever is not in here is gone. Waves that ran already are
    taken from the record (they carry serverStatuses then), the others from the plan.
    """
    paused_before_wave = int(execution.get("pausedBeforeWave") or 0)
    recorded_waves = execution.get("waves") or []
    plan_waves = waves_for_state_machine(plan) or recorded_waves

    waves = []
    for number in range(max(len(plan_waves), len(recorded_waves))):
        recorded = recorded_waves[number] if number < len(recorded_waves) else {}
        if recorded.get("serverStatuses") or number >= len(plan_waves):
            waves.append(recorded)
        else:
            waves.append(plan_waves[number])

    return {
        "plan_id": execution["planId"],
        "execution_id": execution["executionId"],
        "is_drill": execution.get("executionType", "DRILL") == "DRILL",
        "waves": waves,
        "current_wave_number": paused_before_wave,
        "paused_before_wave": paused_before_wave,
        "all_waves_completed": False,
        "wave_completed": False,
        "current_wave_update_time": DEFAULT_UPDATE_INTERVAL,
        "current_wave_total_wait_time": 0,
        "current_wave_max_wait_time": DEFAULT_MAX_WAIT_SECONDS,
        "status": "running",
        "wave_results": [
            wave for wave in recorded_waves if wave.get("status") in ("COMPLETED", "FAILED")
        ],
        "job_id": None,
        "region": None,
        "server_ids": [],
        "error": None,
        "accountContext": execution.get("accountContext"),
    }


def set_status(execution: Dict[str, Any], old_status: str, new_status: str, user: str) -> bool:
    """Move a record from one status to another; False if it has a third one."""
    try:
        execution_history_table.update_item(
            Key=execution_key(execution),
            UpdateExpression="SET #status = :new, resumedBy = :user",
            ConditionExpression="#status = :old",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":new": new_status, ":old": old_status, ":user": user},
        )
    except ClientError as e:
        if is_condition_failure(e):
            return False
        raise
    return True


def resume_execution(execution_id: str, user: str) -> Dict[str, Any]:
    """POST /executions/{id}/resume: continue a paused execution through its task token."""
    execution = get_execution(execution_id)
    if not execution:
        return not_found(execution_id)

    status = execution.get("status")
    if status == "PAUSE_PENDING":
        # The pause never took effect: take the request back
        if not set_status(execution, "PAUSE_PENDING", "RUNNING", user):
            return error_response(409, "STATUS_CHANGED", "The execution changed meanwhile")
        return response(200, {"executionId": execution_id, "status": "RUNNING"})
    if status != "PAUSED":
        return error_response(409, "NOT_PAUSED", f"Execution {execution_id} is {status}")
    task_token = execution.get("taskToken")
    if not task_token:
        return error_response(
            409, "PAUSE_IN_PROGRESS", "The execution is just being paused, try again"
        )

    plan = recovery_plans_table.get_item(Key={"planId": execution["planId"]}).get("Item") or {}
    state = build_resume_state(execution, plan)

    # Two people who press the button at once must not send the token twice
    if not set_status(execution, "PAUSED", "RESUMING", user):
        return error_response(409, "STATUS_CHANGED", "The execution changed meanwhile")

    try:
        stepfunctions.send_task_success(
            taskToken=task_token, output=json.dumps(state, cls=DecimalEncoder)
        )
    except ClientError as e:
        set_status(execution, "RESUMING", "PAUSED", user)
        code = e.response["Error"]["Code"]
        if code in ("InvalidToken", "TaskDoesNotExist", "TaskTimedOut"):
            return error_response(409, "TASK_TOKEN_REJECTED", f"The token is not valid: {code}")
        raise

    logger.info(f"▶️ Execution {execution_id} resumed by {user}")
    return response(
        200,
        {
            "executionId": execution_id,
            "status": "RESUMING",
            "resumedAtWave": state["paused_before_wave"],
        },
    )


# ============================================================================
# Recovery instances
# ============================================================================


def collect_recovery_instances(
    execution: Dict[str, Any],
) -> Tuple[Dict[str, List[Dict[str, Any]]], List[Dict[str, Any]]]:
    """
    Recovery instances that an execution's jobs launched, by region, and the regions' errors.

    DRS keeps one recovery instance per source server: an instance of another job is not ours,
    a later execution has replaced it.
    """
    servers_by_region: Dict[str, List[str]] = {}
    job_ids = set()
    for wave in execution.get("waves") or []:
        if not wave.get("jobId"):
            continue
        job_ids.add(wave["jobId"])
        region = wave.get("region") or execution.get("drsRegion") or DEFAULT_REGION
        servers_by_region.setdefault(region, []).extend(wave.get("serverIds") or [])

    instances: Dict[str, List[Dict[str, Any]]] = {}
    errors = []
    for region, server_ids in sorted(servers_by_region.items()):
        if not server_ids:
            continue
        try:
            drs_client = create_drs_client(region, execution.get("accountContext"))
            paginator = drs_client.get_paginator("describe_recovery_instances")
            for page in paginator.paginate(filters={"sourceServerIDs": server_ids}):
                for item in page.get("items", []):
                    if item.get("jobID") and item["jobID"] not in job_ids:
                        continue
                    instances.setdefault(region, []).append(item)
        except Exception as e:
            logger.warning(f"Recovery instances of {region} not available: {e}")
            errors.append({"region": region, "error": str(e)})
    return instances, errors


def get_recovery_instances(execution_id: str) -> Dict[str, Any]:
    """GET /executions/{id}/recovery-instances."""
    execution = get_execution(execution_id)
    if not execution:
        return not_found(execution_id)

    instances, errors = collect_recovery_instances(execution)
    items = [
        {
            "recoveryInstanceId": item.get("recoveryInstanceID", ""),
            "sourceServerId": item.get("sourceServerID", ""),
            "instanceId": item.get("ec2InstanceID", ""),
            "instanceState": item.get("ec2InstanceState", ""),
            "jobId": item.get("jobID", ""),
            "isDrill": item.get("isDrill", False),
            "region": region,
        }
        for region, region_items in instances.items()
        for item in region_items
    ]
    return response(
        200,
        {"executionId": execution_id, "instances": items, "count": len(items), "errors": errors},
    )


def terminate_recovery_instances(execution_id: str, user: str) -> Dict[str, Any]:
    """POST /executions/{id}/terminate: terminate what the execution launched."""
    execution = get_execution(execution_id)
    if not execution:
        return not_found(execution_id)

    verdict = can_terminate(execution)
    if not verdict["allowed"]:
        return error_response(409, "NOT_TERMINABLE", verdict["reason"])

    instances, errors = collect_recovery_instances(execution)
    jobs = []
    for region, region_items in instances.items():
        instance_ids = [item["recoveryInstanceID"] for item in region_items]
        try:
            drs_client = create_drs_client(region, execution.get("accountContext"))
            answer = drs_client.terminate_recovery_instances(recoveryInstanceIDs=instance_ids)
            jobs.append(
                {
                    "jobId": (answer.get("job") or {}).get("jobID", ""),
                    "region": region,
                    "recoveryInstanceIds": instance_ids,
                    "requestTime": get_epoch_seconds(),
                }
            )
        except Exception as e:
            logger.error(f"Terminating {len(instance_ids)} instance(s) in {region} failed: {e}")
            errors.append({"region": region, "error": str(e)})

    if jobs:
        execution_history_table.update_item(
            Key=execution_key(execution),
            UpdateExpression=(
                "SET terminateJobs = list_append(if_not_exists(terminateJobs, :none), :jobs), "
                "terminatedBy = :user"
            ),
            ConditionExpression="attribute_exists(executionId)",
            ExpressionAttributeValues={":none": [], ":jobs": jobs, ":user": user},
        )

    body = {
        "executionId": execution_id,
        "jobs": jobs,
        "terminatedCount": sum(len(job["recoveryInstanceIds"]) for job in jobs),
        "errors": errors,
    }
    if errors and not jobs:
        return response(502, {"error": "TERMINATION_FAILED", **body})
    return response(202 if jobs else 200, body)


def get_termination_status(execution_id: str) -> Dict[str, Any]:
    """GET /executions/{id}/termination-status: progress of the termination jobs."""
    execution = get_execution(execution_id)
    if not execution:
        return not_found(execution_id)

    jobs = []
    for job in execution.get("terminateJobs") or []:
        status = "UNKNOWN"
        try:
            drs_client = create_drs_client(job["region"], execution.get("accountContext"))
            items = drs_client.describe_jobs(filters={"jobIDs": [job["jobId"]]}).get("items", [])
            if items:
                status = items[0].get("status", "UNKNOWN")
        except Exception as e:
            logger.warning(f"Termination job {job['jobId']} not available: {e}")
        jobs.append({**job, "status": status})

    return response(
        200,
        {
            "executionId": execution_id,
            "jobs": jobs,
            "completed": bool(jobs) and all(job["status"] == "COMPLETED" for job in jobs),
        },
    )


# ============================================================================
# The minute poll
# ============================================================================


def find_executions() -> Dict[str, Any]:
    """
    Poll every active execution; what one of them does wrong does not concern the others.

    The orchestration decides about waves, this only keeps the record current for the console.
    """
    polled, finalized, errors = [], [], []
    executions = get_active_executions()

    for execution in executions:
        execution_id = execution["executionId"]
        try:
            result = poll_execution(execution)
            if result["wavesPolled"]:
                polled.append(execution_id)
            elif finalize_execution(execution)["finalized"]:
                finalized.append(execution_id)
        except Exception as e:
            logger.error(f"Polling execution {execution_id} failed: {e}", exc_info=True)
            errors.append({"executionId": execution_id, "error": str(e)})

    logger.info(f"Found {len(executions)} active execution(s) → {len(polled)} polled")
    return response(
        200,
        {
            "operation": "find",
            "found": len(executions),
            "polled": polled,
            "finalized": finalized,
            "errors": errors,
        },
    )


def poll_operation(execution_id: str) -> Dict[str, Any]:
    """Poll one execution now, instead of with the next minute."""
    execution = get_execution(execution_id)
    if not execution:
        return not_found(execution_id)
    return response(200, {"operation": "poll", **poll_execution(execution)})


def finalize_operation(execution_id: str) -> Dict[str, Any]:
    """Reconcile one execution with its state machine."""
    execution = get_execution(execution_id)
    if not execution:
        return not_found(execution_id)
    return response(200, {"operation": "finalize", **finalize_execution(execution)})


def describe_launched_instances(
    drs_client,
    server_ids: List[str],
    region: str,
    account_context: Optional[Dict[str, Any]],
) -> Dict[str, Dict[str, Any]]:
    """Source server id → data of the EC2 instance that was launched for it."""
    instance_ids: Dict[str, str] = {}
    paginator = drs_client.get_paginator("describe_recovery_instances")
    for page in paginator.paginate(filters={"sourceServerIDs": server_ids}):
        for item in page.get("items", []):
            if item.get("ec2InstanceID"):
                instance_ids[item["sourceServerID"]] = item["ec2InstanceID"]
    if not instance_ids:
        return {}

    ec2_client = create_ec2_client(region, account_context)
    # Named `response` since long before the helper of that name was imported
    response = ec2_client.describe_instances(InstanceIds=sorted(instance_ids.values()))
    instances = {
        instance["InstanceId"]: instance
        for reservation in response.get("Reservations", [])
        for instance in reservation.get("Instances", [])
    }

    details = {}
    for server_id, instance_id in instance_ids.items():
        instance = instances.get(instance_id, {})
        launch_time = instance.get("LaunchTime")
        details[server_id] = {
            "instanceId": instance_id,
            "privateIp": instance.get("PrivateIpAddress", ""),
            "instanceType": instance.get("InstanceType", ""),
            "hostname": instance.get("PrivateDnsName", ""),
            "launchTime": int(launch_time.timestamp()) if launch_time else 0,
        }
    return details


def poll_wave(
    execution: Dict[str, Any], wave_number: int, wave: Dict[str, Any]
) -> Optional[Dict[str, Any]]:
    """Current server statuses of one wave, written into the record. None: job unknown."""
    region = wave.get("region") or execution.get("drsRegion") or DEFAULT_REGION
    account_context = execution.get("accountContext")
    drs_client = create_drs_client(region, account_context)

    jobs = drs_client.describe_jobs(filters={"jobIDs": [wave["jobId"]]}).get("items", [])
    if not jobs:
        logger.warning(f"DRS job {wave['jobId']} is unknown in {region}")
        return None
    job = jobs[0]

    known = {status["sourceServerId"]: status for status in wave.get("serverStatuses") or []}
    launched = []
    server_statuses = []
    for server in job.get("participatingServers", []):
        server_id = server.get("sourceServerID", "")
        status = {
            "sourceServerId": server_id,
            "serverName": server_id,
            "hostname": "",
            "instanceId": "",
            "privateIp": "",
            "instanceType": "",
            "launchTime": 0,
            **known.get(server_id, {}),
            "launchStatus": server.get("launchStatus", "PENDING"),
        }
        if status["launchStatus"] == "LAUNCHED":
            launched.append(server_id)
        server_statuses.append(status)

    if launched:
        try:
            details = describe_launched_instances(drs_client, launched, region, account_context)
            for status in server_statuses:
                status.update(details.get(status["sourceServerId"], {}))
        except Exception as e:
            logger.warning(f"Instances of job {wave['jobId']} not available: {e}")

    job_status = job.get("status", "UNKNOWN")
    # DRS lists the servers a moment after it created the job: keep what we have until then
    server_statuses = server_statuses or wave.get("serverStatuses") or []
    wave_status = wave_status_from_servers(server_statuses, job_status)

    now = get_epoch_seconds()
    update_expression = (
        f"SET waves[{wave_number}].serverStatuses = :servers, "
        f"waves[{wave_number}].#status = :wave_status, lastPolledTime = :now"
    )
    values: Dict[str, Any] = {
        ":servers": server_statuses,
        ":wave_status": wave_status,
        ":now": now,
        ":job_id": wave["jobId"],
    }
    if wave_status in TERMINAL_WAVE_STATUSES:
        update_expression += f", waves[{wave_number}].endTime = :now"

    try:
        execution_history_table.update_item(
            Key=execution_key(execution),
            UpdateExpression=update_expression,
            ConditionExpression=f"waves[{wave_number}].jobId = :job_id",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues=values,
        )
    except ClientError as e:
        if not is_condition_failure(e):
            raise
        logger.info(f"Wave {wave_number} of {execution['executionId']} changed meanwhile")

    return {"waveNumber": wave_number, "jobStatus": job_status, "status": wave_status}


def poll_execution(execution: Dict[str, Any]) -> Dict[str, Any]:
    """Poll all waves of one execution that have a job in progress."""
    results = []
    for wave_number, wave in enumerate(execution.get("waves") or []):
        if not wave.get("jobId") or wave.get("status") not in ACTIVE_WAVE_STATUSES:
            continue
        result = poll_wave(execution, wave_number, wave)
        if result:
            results.append(result)
    return {
        "executionId": execution["executionId"],
        "status": execution.get("status"),
        "wavesPolled": len(results),
        "waves": results,
    }


def finalize_execution(execution: Dict[str, Any]) -> Dict[str, Any]:
    """
    Give a record its final status if the state machine ended without doing so.

    That is the normal case for failed waves: the orchestration writes nothing then.
    """
    result = {
        "executionId": execution["executionId"],
        "status": execution.get("status"),
        "finalized": False,
    }
    if is_terminal(execution):
        return result

    try:
        described = stepfunctions.describe_execution(
            executionArn=state_machine_execution_arn(execution)
        )
    except ClientError as e:
        if e.response["Error"]["Code"] != "ExecutionDoesNotExist":
            raise
        age = get_epoch_seconds() - int(execution.get("startTime") or 0)
        if execution.get("status") in ("PENDING", "CANCELLING") and age > PENDING_GRACE_SECONDS:
            final_status = "FAILED" if execution["status"] == "PENDING" else "CANCELLED"
            result["finalized"] = finish_execution(
                execution, final_status, "The state machine was never started"
            )
            if result["finalized"]:
                result["status"] = final_status
        return result

    final_status = STEP_FUNCTIONS_STATUSES.get(described["status"])
    if final_status is None:  # still running
        return result
    reason = described.get("cause") or f"State machine ended with {described['status']}"
    if described.get("error") == "PlanExecutionTimeout":
        final_status = "TIMEOUT"
    if execution.get("status") == "CANCELLING":
        final_status = "CANCELLED"

    if finish_execution(execution, final_status, reason):
        logger.info(f"Execution {execution['executionId']} finalized → {final_status}")
        result["status"] = final_status
        result["finalized"] = True
    return result

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
from decimal import Decimal
from typing import Any, Dict, List, Optional

import boto3

from shared.cross_account import create_drs_client

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


logger = logging.getLogger()
logger.setLevel(os.environ.get("LOG_LEVEL", "INFO"))

# =============================================================================
# Configuration
# =============================================================================

PROJECT_NAME = os.environ.get("PROJECT_NAME", "drs-orchestration")

# Region of protection groups that were saved before the attribute existed
DEFAULT_REGION = "us-east-1"

# Seconds between two polls of a wave (SecondsPath of WaitForWaveUpdate)
DEFAULT_UPDATE_INTERVAL = 30

# A wave may take as long as the callback of a pause: one year
DEFAULT_MAX_WAIT_SECONDS = 31536000

# =============================================================================
# DRS status constants
# =============================================================================

# Status of a DRS job. There is no FAILED: a job ends as COMPLETED, whatever
# became of its servers.
DRS_JOB_STATUS_COMPLETE_STATES = ["COMPLETED"]
DRS_JOB_STATUS_WAIT_STATES = ["PENDING", "STARTED"]

# Launch status of one participating server of a job
DRS_JOB_SERVERS_COMPLETE_SUCCESS_STATES = ["LAUNCHED"]
DRS_JOB_SERVERS_COMPLETE_FAILURE_STATES = ["FAILED", "TERMINATED"]

# How many of the newest job log items decide the phase that is logged
MAX_JOB_LOG_ITEMS = 10

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

# =============================================================================
# DynamoDB tables
# =============================================================================

# Created on first use: a cold start that only stores a token should not pay
# for three table handles.
_protection_groups_table = None
_recovery_plans_table = None
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


# On the first call the state machine hands the context over in camelCase;
# some callers of the resume path still send the older snake_case name.
def get_account_context(state: Dict[str, Any]) -> Dict[str, Any]:
    """
    Account context of the state: camelCase first, then snake_case.

    >>> get_account_context({"account_context": {"accountId": "1"}})
    {'accountId': '1'}
    """
    return state.get("accountContext") or state.get("account_context") or {}


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
    elif action == "update_wave_status":
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
# DRS: server discovery
# =============================================================================


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


# =============================================================================
# DRS: launch configuration
# =============================================================================


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


# =============================================================================
# DRS: start of a wave
# =============================================================================


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


# =============================================================================
# DRS: progress of a wave
# =============================================================================


def update_wave_status(event: Dict[str, Any]) -> Dict[str, Any]:  # noqa: C901
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

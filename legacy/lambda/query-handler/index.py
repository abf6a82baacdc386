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
from typing import Any, Callable, Dict, List, Optional

import boto3
from botocore.exceptions import ClientError

from shared.account_utils import (
    build_account_context,
    construct_role_arn,
    get_current_account_id,
    is_valid_account_id,
)
from shared.conflict_detection import query_drs_servers_by_tags
from shared.cross_account import create_drs_client, create_ec2_client, create_iam_client
from shared.drs_limits import (
    DRS_LIMITS,
    REPLICATING_STATES,
    list_active_jobs,
    quota_usage,
)
from shared.response_utils import error_response, response

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


def lambda_handler(event, context):
    """Dispatch by the keys of the event; every failure is answered, none is raised."""
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
    servers = query_drs_servers_by_tags(region, tags, get_context(params))
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
            servers = query_drs_servers_by_tags(
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

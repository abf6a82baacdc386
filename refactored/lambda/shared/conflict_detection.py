"""
Conflicts between recovery plans: a server can only be in one recovery at a time.

Looks at three places before an execution starts:

1. other executions of the same plan that are still active
2. servers that an active execution of another plan occupies
3. servers that are in a DRS job which somebody started outside of this system

``query_drs_servers_by_tags`` here returns whole server dictionaries, and an empty list on
errors: what cannot be resolved cannot be shown to conflict. The orchestration has a
function of the same name that returns ids and raises.
"""

import logging
import os
from typing import Any, Dict, List, Optional, Set

import boto3
from boto3.dynamodb.conditions import Key

from shared.cross_account import create_drs_client
from shared.drs_limits import list_active_jobs
from shared.execution_utils import ACTIVE_STATUSES, TERMINAL_WAVE_STATUSES

logger = logging.getLogger()

DEFAULT_REGION = "us-east-1"

_tables: Dict[str, Any] = {}


def _table(variable: str):
    """Table handle for an environment variable, created on first use."""
    if variable not in _tables:
        _tables[variable] = boto3.resource("dynamodb").Table(os.environ[variable])
    return _tables[variable]


def query_drs_servers_by_tags(
    region: str, tags: Dict[str, str], account_context: Optional[Dict[str, Any]] = None
) -> List[Dict[str, Any]]:
    """
    DRS source servers that carry all tags, as dictionaries for the console.

    Keys are compared case-sensitively, values case-insensitively, both stripped.
    Servers that are disconnected are left out. Returns [] on any error.
    """
    if not tags:
        return []

    try:
        drs_client = create_drs_client(region, account_context)
        wanted = {k.strip(): str(v).strip().lower() for k, v in tags.items()}

        servers = []
        paginator = drs_client.get_paginator("describe_source_servers")
        for page in paginator.paginate():
            for server in page.get("items", []):
                replication = server.get("dataReplicationInfo", {})
                if replication.get("dataReplicationState") == "DISCONNECTED":
                    continue
                server_tags = {
                    k.strip(): str(v).strip().lower() for k, v in server.get("tags", {}).items()
                }
                if not all(server_tags.get(key) == value for key, value in wanted.items()):
                    continue
                hints = server.get("sourceProperties", {}).get("identificationHints", {})
                servers.append(
                    {
                        "sourceServerID": server.get("sourceServerID", ""),
                        "hostname": hints.get("hostname", ""),
                        "arn": server.get("arn", ""),
                        "tags": server.get("tags", {}),
                        "replicationState": replication.get("dataReplicationState", "UNKNOWN"),
                        "lastLaunchResult": server.get("lastLaunchResult", "NOT_STARTED"),
                    }
                )
        return servers

    except Exception as e:
        logger.error(f"Resolving tags in {region} failed, assuming no servers: {e}")
        return []


def get_active_executions(exclude_execution_id: Optional[str] = None) -> List[Dict[str, Any]]:
    """Executions in an active status, read from the status index."""
    table = _table("EXECUTION_HISTORY_TABLE")
    executions = []
    for status in ACTIVE_STATUSES:
        query_args: Dict[str, Any] = {
            "IndexName": "StatusIndex",
            "KeyConditionExpression": Key("status").eq(status),
        }
        while True:
            page = table.query(**query_args)
            executions.extend(page.get("Items", []))
            if "LastEvaluatedKey" not in page:
                break
            query_args["ExclusiveStartKey"] = page["LastEvaluatedKey"]
    return [e for e in executions if e.get("executionId") != exclude_execution_id]


def resolve_wave_servers(
    wave: Dict[str, Any], account_context: Optional[Dict[str, Any]] = None
) -> Set[str]:
    """Servers that a wave would recover if it started now."""
    server_ids = set(wave.get("serverIds") or [])
    group_id = wave.get("protectionGroupId")
    if not group_id:
        return server_ids
    group = _table("PROTECTION_GROUPS_TABLE").get_item(Key={"groupId": group_id}).get("Item")
    if not group or not group.get("serverSelectionTags"):
        return server_ids
    servers = query_drs_servers_by_tags(
        group.get("region", DEFAULT_REGION), group["serverSelectionTags"], account_context
    )
    return {server["sourceServerID"] for server in servers}


def get_servers_of_execution(execution: Dict[str, Any]) -> Set[str]:
    """Servers that an active execution still occupies: those of its unfinished waves."""
    server_ids: Set[str] = set()
    for wave in execution.get("waves") or []:
        if wave.get("status") in TERMINAL_WAVE_STATUSES:
            continue
        if wave.get("serverIds"):
            server_ids.update(wave["serverIds"])
        else:
            server_ids.update(resolve_wave_servers(wave, execution.get("accountContext")))
    return server_ids


def get_servers_in_drs_jobs(
    region: str, account_context: Optional[Dict[str, Any]] = None
) -> Dict[str, str]:
    """Server id → id of the active DRS job that it takes part in; {} on errors."""
    try:
        drs_client = create_drs_client(region, account_context)
        return {
            server["sourceServerID"]: job["jobID"]
            for job in list_active_jobs(drs_client)
            for server in job.get("participatingServers", [])
            if server.get("sourceServerID")
        }
    except Exception as e:
        logger.warning(f"Active DRS jobs of {region} not available: {e}")
        return {}


def check_server_conflicts(
    plan: Dict[str, Any], account_context: Optional[Dict[str, Any]] = None
) -> List[Dict[str, Any]]:
    """
    Reasons why a plan cannot be executed right now; [] if there is none.

    Each conflict is {"type", "message"} plus what it is about: executionId, planId,
    jobId, serverIds, waveName.
    """
    conflicts: List[Dict[str, Any]] = []
    active_executions = get_active_executions()

    for execution in active_executions:
        if execution.get("planId") == plan["planId"]:
            conflicts.append(
                {
                    "type": "PLAN_ALREADY_RUNNING",
                    "executionId": execution["executionId"],
                    "planId": plan["planId"],
                    "message": f"Plan is already being executed ({execution.get('status')})",
                }
            )

    occupied = {
        execution["executionId"]: (execution, get_servers_of_execution(execution))
        for execution in active_executions
        if execution.get("planId") != plan["planId"]
    }

    servers_in_jobs: Dict[str, Dict[str, str]] = {}
    for number, wave in enumerate(plan.get("waves") or []):
        wave_name = wave.get("waveName", f"Wave {number + 1}")
        wave_servers = resolve_wave_servers(wave, account_context)

        for execution_id, (execution, server_ids) in occupied.items():
            shared_servers = sorted(wave_servers & server_ids)
            if shared_servers:
                conflicts.append(
                    {
                        "type": "SERVER_IN_EXECUTION",
                        "executionId": execution_id,
                        "planId": execution.get("planId"),
                        "waveName": wave_name,
                        "serverIds": shared_servers,
                        "message": f"{len(shared_servers)} server(s) are in another execution",
                    }
                )

        region = get_group_region(wave.get("protectionGroupId"))
        if region not in servers_in_jobs:
            servers_in_jobs[region] = get_servers_in_drs_jobs(region, account_context)
        in_jobs = sorted(wave_servers & set(servers_in_jobs[region]))
        if in_jobs:
            conflicts.append(
                {
                    "type": "SERVER_IN_DRS_JOB",
                    "waveName": wave_name,
                    "serverIds": in_jobs,
                    "jobIds": sorted({servers_in_jobs[region][s] for s in in_jobs}),
                    "message": f"{len(in_jobs)} server(s) take part in a DRS job",
                }
            )

    return conflicts


def get_group_region(group_id: Optional[str]) -> str:
    """Region of a protection group, or the default."""
    if not group_id:
        return DEFAULT_REGION
    group = _table("PROTECTION_GROUPS_TABLE").get_item(Key={"groupId": group_id}).get("Item") or {}
    return group.get("region", DEFAULT_REGION)

"""Service quotas of AWS Elastic Disaster Recovery, and checks against them."""

import logging
from typing import Any, Dict, List

logger = logging.getLogger()

DRS_LIMITS = {
    "MAX_SOURCE_SERVERS": 4000,
    "MAX_REPLICATING_SERVERS": 300,
    "MAX_CONCURRENT_JOBS": 20,
    "MAX_SERVERS_PER_JOB": 100,
    "MAX_SERVERS_IN_ALL_JOBS": 500,
}

# Share of a quota from which on the console shows a warning
WARNING_THRESHOLD = 0.8

ACTIVE_JOB_STATUSES = ("PENDING", "STARTED")

REPLICATING_STATES = (
    "INITIAL_SYNC",
    "BACKLOG",
    "CREATING_SNAPSHOT",
    "CONTINUOUS",
    "RESCAN",
)


def list_active_jobs(drs_client) -> List[Dict[str, Any]]:
    """Jobs that DRS still works on."""
    active_jobs = []
    paginator = drs_client.get_paginator("describe_jobs")
    for page in paginator.paginate():
        active_jobs.extend(
            job for job in page.get("items", []) if job.get("status") in ACTIVE_JOB_STATUSES
        )
    return active_jobs


def quota_usage(name: str, used: int) -> Dict[str, Any]:
    """Usage of one quota, with OK, WARNING or CRITICAL."""
    limit = DRS_LIMITS[name]
    if used >= limit:
        status = "CRITICAL"
    elif used >= limit * WARNING_THRESHOLD:
        status = "WARNING"
    else:
        status = "OK"
    return {
        "quota": name,
        "used": used,
        "limit": limit,
        "available": max(limit - used, 0),
        "status": status,
    }


def check_wave_sizes(waves: List[Dict[str, Any]]) -> List[str]:
    """Complaints about waves with more servers than fit into one DRS job."""
    limit = DRS_LIMITS["MAX_SERVERS_PER_JOB"]
    return [
        f"Wave {wave.get('waveName', number)} has {len(wave['serverIds'])} servers, "
        f"a DRS job takes {limit}"
        for number, wave in enumerate(waves)
        if len(wave.get("serverIds") or []) > limit
    ]

"""Statuses of executions and waves, and what follows from them."""

from typing import Any, Dict, List

# Executions that still occupy their servers
ACTIVE_STATUSES = (
    "PENDING",
    "RUNNING",
    "POLLING",
    "PAUSE_PENDING",
    "PAUSED",
    "RESUMING",
    "CANCELLING",
)

TERMINAL_STATUSES = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT")

# Waves whose DRS job is worth polling
ACTIVE_WAVE_STATUSES = ("STARTED", "POLLING", "LAUNCHING")

TERMINAL_WAVE_STATUSES = ("COMPLETED", "FAILED", "CANCELLED")


def build_pending_server_status(source_server_id: str) -> Dict[str, Any]:
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


def wave_status_from_servers(server_statuses: List[Dict[str, Any]], job_status: str) -> str:
    """
    Status of a wave from the launch status of its servers.

    One failed server fails the wave, but only when nothing is on its way any more: the
    console shows a wave as LAUNCHING as long as one server can still change.
    """
    launch_statuses = [server.get("launchStatus", "PENDING") for server in server_statuses]
    if not launch_statuses:
        return "FAILED" if job_status == "COMPLETED" else "STARTED"
    if all(status == "LAUNCHED" for status in launch_statuses):
        return "COMPLETED"
    if any(status in ("PENDING", "IN_PROGRESS") for status in launch_statuses):
        if job_status == "COMPLETED":
            return "FAILED"
        return "STARTED" if set(launch_statuses) == {"PENDING"} else "LAUNCHING"
    return "FAILED"


def count_wave_statuses(waves: List[Dict[str, Any]]) -> Dict[str, int]:
    """How many waves have which status; a wave without one counts as PENDING."""
    counts: Dict[str, int] = {}
    for wave in waves:
        status = wave.get("status") or "PENDING"
        counts[status] = counts.get(status, 0) + 1
    return counts


def is_terminal(execution: Dict[str, Any]) -> bool:
    return execution.get("status") in TERMINAL_STATUSES


def can_terminate(execution: Dict[str, Any]) -> Dict[str, Any]:
    """Whether the recovery instances of an execution may be terminated, and why not."""
    if not is_terminal(execution):
        return {"allowed": False, "reason": f"Execution is {execution.get('status')}"}
    if not any(wave.get("jobId") for wave in execution.get("waves") or []):
        return {"allowed": False, "reason": "Execution never started a DRS job"}
    return {"allowed": True, "reason": None}

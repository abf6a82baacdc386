"""Jobs: every state and log item is computed from the time since the job's creation.

Nothing advances by being read, so one late poll sees what many polls would have seen.
"""

from dataclasses import dataclass, field
from math import inf
from typing import Any

from harness.plans import JobPlan, JobTiming, Launch

from .launch import LaunchRequest
from .utils import iso, iso_or_none

Event = tuple[float, str, dict[str, str]]
SNAPSHOT_SHARE = 0.25
CONVERSION_SHARE = 0.75
"""Where in a launch the snapshot and the conversion end; the shares are assumed."""
DEFAULT_ERROR = "Failed to launch the recovery instance."


@dataclass
class Participant:
    """One server of a job. It is IN_PROGRESS from `starts_at` and ends at `ends_at`."""

    source_server_id: str
    outcome: str
    starts_at: float
    ends_at: float
    error: str | None = None
    conversion_server_id: str | None = None
    snapshot_id: str | None = None
    request: LaunchRequest | None = None
    replaces: str | None = None
    instance_id: str | None = None
    terminated_at: float = inf

    def status(self, now: float) -> str:
        """LaunchStatus of botocore's model."""
        if now < self.starts_at:
            return "PENDING"
        if now < self.ends_at:
            return "IN_PROGRESS"
        return "TERMINATED" if now >= self.terminated_at else self.outcome

    def moment(self, share: float) -> float:
        """The time at which that share (0 to 1, not 0) of the work is done."""
        return self.starts_at + share * (self.ends_at - self.starts_at)

    def to_dict(self, now: float) -> dict[str, Any]:
        """Shape ParticipatingServer."""
        server = {"sourceServerID": self.source_server_id, "launchStatus": self.status(now)}
        if self.instance_id and (self.request is None or now >= self.ends_at):
            server["recoveryInstanceID"] = self.instance_id
        return server


@dataclass
class Job:
    """A LAUNCH or TERMINATE job; times in epoch seconds, infinity for never."""

    job_id: str
    arn: str
    sequence: int
    type: str
    initiated_by: str
    created_at: float
    started_at: float
    ends_at: float
    participants: list[Participant]
    plan: JobPlan
    params: dict[str, Any]
    tags: dict[str, str] = field(default_factory=dict)

    def status(self, now: float) -> str:
        """JobStatus of botocore's model; there is no failed status."""
        if now < self.started_at:
            return "PENDING"
        return "STARTED" if now < self.ends_at else "COMPLETED"

    def active(self, now: float) -> bool:
        """Whether it counts as in progress."""
        return self.status(now) != "COMPLETED"

    def listed(self, now: float) -> bool:
        """Whether DescribeJobs still knows it."""
        after = self.plan.vanishes_after_seconds
        return after is None or now < self.created_at + after

    def participant(self, source_server_id: str) -> Participant:
        """The server's entry. Raises StopIteration if it takes no part."""
        return next(p for p in self.participants if p.source_server_id == source_server_id)

    def _shows_servers(self, now: float) -> bool:
        shown = self.plan.servers == "shown"
        return shown or (self.plan.servers == "none" and self.active(now))

    def to_dict(self, now: float) -> dict[str, Any]:
        """Shape Job."""
        servers = self.participants if self._shows_servers(now) else []
        job: dict[str, Any] = {
            "jobID": self.job_id,
            "arn": self.arn,
            "type": self.type,
            "initiatedBy": self.initiated_by,
            "creationDateTime": iso(self.created_at),
            "status": self.status(now),
            "participatingServers": [server.to_dict(now) for server in servers],
            "tags": dict(self.tags),
        }
        if not self.active(now):
            job["endDateTime"] = iso(self.ends_at)
        return job

    def log_items(self, now: float) -> list[dict[str, Any]]:
        """Shape JobLog, oldest first (the order is assumed), up to now."""
        events: list[Event] = [(self.started_at, "JOB_START", {})]
        for participant in self.participants:
            events += self._server_events(participant)
        events.append((self.ends_at, "JOB_END", {}))
        events.sort(key=lambda event: event[0])
        return [
            {"logDateTime": iso(at), "event": name, "eventData": data}
            for at, name, data in events
            if at <= now
        ]

    def _server_events(self, server: Participant) -> list[Event]:
        if self.plan.servers == "none":
            return [(self.ends_at, "SERVER_SKIPPED", {"sourceServerID": server.source_server_id})]
        if self.type == "TERMINATE":
            return _terminate_events(server)
        return _launch_events(server)

    def snapshot(self, now: float) -> dict[str, Any]:
        """The whole job as plain JSON, hidden parts included."""
        return {
            **self.to_dict(now),
            "listed": self.listed(now),
            "params": self.params,
            "startsAt": iso_or_none(self.started_at),
            "endsAt": iso_or_none(self.ends_at),
            "servers": [
                {
                    **server.to_dict(now),
                    "error": server.error,
                    "replaces": server.replaces,
                    "launch": server.request.to_dict() if server.request else None,
                }
                for server in self.participants
            ],
        }


def _terminate_events(server: Participant) -> list[Event]:
    """CLEANUP_* for each instance (assumed: AWS documents no log of a TERMINATE job)."""
    data = {"sourceServerID": server.source_server_id}
    if server.instance_id:
        data["targetInstanceID"] = server.instance_id
    if server.outcome == "FAILED":
        end: Event = (server.ends_at, "CLEANUP_FAIL", {**data, "rawError": server.error or ""})
    else:
        end = (server.ends_at, "CLEANUP_END", data)
    return [(server.starts_at, "CLEANUP_START", data), end]


def _launch_events(server: Participant) -> list[Event]:
    """Cleanup of the old instance, snapshot (unless one was named), conversion, launch.

    A launch that succeeds logs no end: the model has no such event. The target's id joins
    LAUNCH_START once the instance exists.
    """
    own = {"sourceServerID": server.source_server_id}
    converted = {**own, "conversionServerID": server.conversion_server_id or ""}
    snapshot_end = server.moment(SNAPSHOT_SHARE)
    conversion_end = server.moment(CONVERSION_SHARE)
    events: list[Event] = []
    if server.replaces:
        old = {**own, "targetInstanceID": server.replaces}
        events.append((server.starts_at, "CLEANUP_START", old))
        events.append((server.starts_at, "CLEANUP_END", old))
    if server.snapshot_id is None:
        events.append((server.starts_at, "SNAPSHOT_START", own))
        events.append((snapshot_end, "SNAPSHOT_END", own))
    target = {**own, "targetInstanceID": server.instance_id} if server.instance_id else own
    events += [
        (snapshot_end, "CONVERSION_START", converted),
        (conversion_end, "CONVERSION_END", converted),
        (conversion_end, "LAUNCH_START", target),
    ]
    if server.outcome == "FAILED":
        raw_error = server.error or DEFAULT_ERROR
        events.append((server.ends_at, "LAUNCH_FAILED", {**own, "rawError": raw_error}))
    return events


def plan_times(
    created_at: float, launches: list[Launch], plan: JobPlan, timing: JobTiming
) -> tuple[float, float, list[tuple[float, float]]]:
    """When a LAUNCH job starts and ends, and (starts_at, ends_at) of each launch."""
    started_at = inf if plan.stuck_in == "PENDING" else created_at + timing.job_pending_seconds
    spans = []
    for launch in launches:
        pending, working = launch.pending_seconds, launch.launch_seconds
        starts_at = started_at + (timing.server_pending_seconds if pending is None else pending)
        ends_at = starts_at + (timing.launch_seconds if working is None else working)
        spans.append((starts_at, inf if plan.stuck_in else ends_at))
    ends_at = max(end for _, end in spans) + timing.end_seconds
    if plan.servers == "none":
        spans = [(inf, inf) for _ in launches]
    return started_at, ends_at, spans

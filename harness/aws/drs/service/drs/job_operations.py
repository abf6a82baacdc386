"""The operations on jobs: StartRecovery, DescribeJobs, DescribeJobLogItems."""

from collections.abc import Mapping, Sequence
from typing import Any

from harness.plans import JobPlan, Launch

from .engine import Page, operation
from .exceptions import ConflictException, ValidationException
from .jobs import Job, Participant, plan_times
from .launch import MANAGED_TAGS, SERVER_TAG, launch_request
from .seeding import ScenarioBackend
from .servers import SourceServer
from .utils import new_id, new_seed, time_range

BUSY = (
    "One or more of the Source Servers included in API call are currently being processed by a Job"
)


class JobOperations(ScenarioBackend):
    """Creates jobs and answers for them. Errors are those that the operations model."""

    @operation(effect=True)
    def start_recovery(
        self,
        source_servers: Sequence[Mapping[str, str]],
        is_drill: bool = False,
        tags: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Start a LAUNCH job for all the servers; its answer has the job PENDING.

        Raises ConflictException: a server is in an active job (documented), is unknown, given
        twice, or lacks the snapshot (assumed: the model has no other error for these);
        ServiceQuotaExceededException.
        """
        self._check_recovery(source_servers)
        plan = self.planned_jobs.popleft() if self.planned_jobs else JobPlan()
        ids = [server["sourceServerID"] for server in source_servers]
        launches = [self.take_launch(server_id) for server_id in ids]
        timing = plan.timing or self.job_defaults
        started_at, ends_at, spans = plan_times(self.now, launches, plan, timing)
        job_id = new_id("drsjob")
        participants = [
            self._participant(server, launch, span)
            for server, launch, span in zip(source_servers, launches, spans, strict=True)
        ]
        for server_id in ids:
            self.servers[server_id].last_job_id = job_id
        params = {"isDrill": is_drill, "sourceServers": [dict(item) for item in source_servers]}
        initiated_by = "START_DRILL" if is_drill else "START_RECOVERY"
        return self.add_job(
            "LAUNCH", initiated_by, job_id, (started_at, ends_at), participants, params, plan, tags
        )

    def _participant(
        self, wanted: Mapping[str, str], launch: Launch, span: tuple[float, float]
    ) -> Participant:
        """One server of the new job, with all that its launch will use."""
        source = self.servers[wanted["sourceServerID"]]
        return Participant(
            source_server_id=source.source_server_id,
            outcome=launch.outcome,
            starts_at=span[0],
            ends_at=span[1],
            error=launch.error,
            conversion_server_id=new_id("i"),
            snapshot_id=wanted.get("recoverySnapshotID"),
            request=launch_request(
                self.ec2,
                source.launch_configuration,
                source.machine.instance_type,
                self._instance_tags(source),
                source.tags,
                new_seed(),
            ),
            replaces=source.recovery_instance_id,
        )

    def _check_recovery(self, source_servers: Sequence[Mapping[str, str]]) -> None:
        """Raise StartRecovery's errors before anything is drawn or changed."""
        ids = [server.get("sourceServerID", "") for server in source_servers]
        if not ids:
            raise ConflictException("No source servers given.", "SourceServer", "")
        for server in source_servers:
            server_id = server.get("sourceServerID", "")
            point = server.get("recoverySnapshotID")
            if server_id not in self.servers:
                raise ConflictException(
                    f"Source server {server_id} does not exist.", "SourceServer", server_id
                )
            known = {item.snapshot_id for item in self.servers[server_id].snapshots}
            if point is not None and point not in known:
                raise ConflictException(
                    f"Recovery snapshot {point} does not exist.", "RecoverySnapshot", point
                )
        self.check_new_job(ids)

    def check_new_job(self, source_server_ids: list[str]) -> None:
        """Quotas and busy servers. Raises ServiceQuotaExceeded- and ConflictException."""
        active = [job for job in self.jobs.values() if job.active(self.now)]
        busy = {server.source_server_id for job in active for server in job.participants}
        self.check_quota("servers_per_job", len(source_server_ids), "Job")
        seen: set[str] = set()
        for server_id in source_server_ids:
            if server_id in busy or server_id in seen:
                raise ConflictException(BUSY, "SourceServer", server_id)
            seen.add(server_id)
        self.check_quota("concurrent_jobs", len(active) + 1, "Job")
        self.check_quota("servers_in_all_jobs", len(busy) + len(seen), "Job")

    def _instance_tags(self, source: SourceServer) -> dict[str, str]:
        """What DRS tags a recovery instance with."""
        return {
            **MANAGED_TAGS,
            SERVER_TAG: source.source_server_id,
            "Name": source.tags.get("Name", source.machine.hostname),
        }

    def add_job(
        self,
        type_: str,
        initiated_by: str,
        job_id: str,
        times: tuple[float, float],
        participants: list[Participant],
        params: dict[str, Any],
        plan: JobPlan,
        tags: Mapping[str, str] | None,
    ) -> dict[str, Any]:
        job = Job(
            job_id=job_id,
            arn=self.arn("job", job_id),
            sequence=len(self.jobs),
            type=type_,
            initiated_by=initiated_by,
            created_at=self.now,
            started_at=times[0],
            ends_at=times[1],
            participants=participants,
            plan=plan,
            params=params,
            tags=dict(tags or {}),
        )
        self.jobs[job_id] = job
        self.schedule(job)
        return job.to_dict(self.now)

    @operation()
    def describe_jobs(
        self,
        filters: Mapping[str, Any] | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> Page:
        """Newest first (documented); the dates are inclusive. Raises ValidationException."""
        ids = (filters or {}).get("jobIDs")
        after, before = time_range(filters, "fromDate", "toDate")
        jobs = [
            job
            for job in self.jobs.values()
            if job.listed(self.now)
            and (not ids or job.job_id in ids)
            and after <= job.created_at <= before
        ]
        jobs.sort(key=lambda job: (job.created_at, job.sequence), reverse=True)
        page, token = self.page(
            jobs, lambda job: job.job_id, "jobs", filters, max_results, next_token
        )
        return [job.to_dict(self.now) for job in page], token

    @operation()
    def describe_job_log_items(
        self, job_id: str, max_results: int | None = None, next_token: str | None = None
    ) -> Page:
        """Oldest first. Raises ValidationException, for an unknown job too (assumed)."""
        if job_id not in self.jobs:
            raise ValidationException(f"Job {job_id} does not exist.")
        items = list(enumerate(self.jobs[job_id].log_items(self.now)))
        page, token = self.page(
            items, lambda item: str(item[0]), "log", job_id, max_results, next_token
        )
        return [item for _, item in page], token

"""The operations on recovery instances."""

from collections.abc import Mapping, Sequence
from typing import Any

from harness.plans import JobPlan

from .engine import Page, operation
from .exceptions import (
    ConflictException,
    InternalServerException,
    ResourceNotFoundException,
    ValidationException,
)
from .job_operations import BUSY, JobOperations
from .jobs import Participant
from .utils import new_id


class InstanceOperations(JobOperations):
    """Describes, terminates, disconnects and deletes what DRS launched."""

    @operation()
    def describe_recovery_instances(
        self,
        filters: Mapping[str, Any] | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> Page:
        """In the order of launching. A bad token is an InternalServerException: the model has
        no ValidationException here."""
        wanted = filters or {}
        ids, servers = wanted.get("recoveryInstanceIDs"), wanted.get("sourceServerIDs")
        items = [
            item
            for item in self.recovery_instances.values()
            if (not ids or item.instance_id in ids)
            and (not servers or item.source_server_id in servers)
        ]
        try:
            page, token = self.page(
                items, lambda item: item.instance_id, "instances", filters, max_results, next_token
            )
        except ValidationException as error:
            raise InternalServerException(error.message) from error
        return [item.to_dict(self.ec2) for item in page], token

    @operation(effect=True)
    def terminate_recovery_instances(self, recovery_instance_ids: Sequence[str]) -> dict[str, Any]:
        """Start a TERMINATE job. Raises ConflictException (an unknown instance: assumed; a
        server in an active job) and ServiceQuotaExceededException."""
        instances = []
        for instance_id in recovery_instance_ids:
            if instance_id not in self.recovery_instances:
                raise ConflictException(
                    f"Recovery instance {instance_id} does not exist.",
                    "RecoveryInstance",
                    instance_id,
                )
            instances.append(self.recovery_instances[instance_id])
        self.check_new_job([item.source_server_id for item in instances])
        timing = self.job_defaults
        begin = self.now + timing.job_pending_seconds
        end = begin + timing.terminate_seconds
        participants = [
            Participant(
                source_server_id=item.source_server_id,
                outcome="TERMINATED",
                starts_at=begin,
                ends_at=end,
                instance_id=item.instance_id,
            )
            for item in instances
        ]
        params = {"recoveryInstanceIDs": list(recovery_instance_ids)}
        return self.add_job(
            "TERMINATE",
            "TERMINATE_RECOVERY_INSTANCES",
            new_id("drsjob"),
            (begin, end + timing.end_seconds),
            participants,
            params,
            JobPlan(),
            None,
        )

    @operation(effect=True)
    def disconnect_recovery_instance(self, recovery_instance_id: str) -> None:
        """Raises ResourceNotFoundException and ConflictException (busy, or done: assumed)."""
        instance = self.recovery_instances.get(recovery_instance_id)
        if instance is None:
            raise ResourceNotFoundException("RecoveryInstance", recovery_instance_id)
        self._check_idle(recovery_instance_id)
        if instance.replication_state == "DISCONNECTED":
            raise ConflictException(
                "The recovery instance is disconnected.", "RecoveryInstance", recovery_instance_id
            )
        instance.replication_state = "DISCONNECTED"

    @operation(effect=True)
    def delete_recovery_instance(self, recovery_instance_id: str) -> None:
        """Drop it from DRS; EC2 keeps the instance. Raises ConflictException: not yet
        disconnected (documented), busy, or unknown (assumed: the model has no 404 here)."""
        instance = self.recovery_instances.get(recovery_instance_id)
        if instance is None or instance.replication_state != "DISCONNECTED":
            reason = "is not disconnected" if instance else "does not exist"
            raise ConflictException(
                f"The recovery instance {reason}.", "RecoveryInstance", recovery_instance_id
            )
        self._check_idle(recovery_instance_id)
        self.forget_instance(recovery_instance_id)

    def _check_idle(self, recovery_instance_id: str) -> None:
        """Raise ConflictException if a job is processing the instance's server."""
        server_id = self.recovery_instances[recovery_instance_id].source_server_id
        for job in self.jobs.values():
            if job.active(self.now) and any(
                server.source_server_id == server_id for server in job.participants
            ):
                raise ConflictException(BUSY, "RecoveryInstance", recovery_instance_id)

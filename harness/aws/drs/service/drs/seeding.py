"""The scenario API: how a harness seeds an account, plans what jobs do, and compares states."""

from collections import deque
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import asdict
from typing import Any

from moto.moto_api._internal import mock_random

from harness.plans import JobPlan, Launch

from .engine import Engine
from .exceptions import ServiceQuotaExceededException
from .launch import create_launch_template
from .servers import (
    REPLICATING_STATES,
    REPLICATION_STATES,
    UPDATABLE,
    Machine,
    RecoverySnapshot,
    SourceServer,
    default_launch_configuration,
)
from .utils import iso, new_id

SNAPSHOT_INTERVAL = 600.0
"""Seconds between recovery snapshots (the default policy's finest rule: every 10 minutes)."""
# The codes are assumed; AWS publishes them in its Service Quotas console only.
QUOTA_CODES = {
    "source_servers": "L-E28BE5E0",
    "replicating_servers": "L-C1D14A2B",
    "concurrent_jobs": "L-D88FAC3A",
    "servers_per_job": "L-B827C881",
    "servers_in_all_jobs": "L-05AFA8C6",
}


class ScenarioBackend(Engine):
    """What a test or a harness calls directly; the API's operations are in `models`."""

    def add_source_server(
        self,
        source_server_id: str | None = None,
        *,
        hostname: str,
        tags: Mapping[str, str] | None = None,
        launch_configuration: Mapping[str, Any] | None = None,
        with_launch_template: bool = True,
        replication_state: str = "CONTINUOUS",
        staging_account_id: str | None = None,
        aws_instance_id: str | None = None,
        vmware_uuid: str | None = None,
        private_ip: str | None = None,
        instance_type: str = "m5.large",
        os_name: str = "Amazon Linux 2023",
        snapshots: int = 1,
    ) -> str:
        """Add a protected server and initialise the account; returns the server's id.

        launch_configuration overrides defaults, in the names of UpdateLaunchConfiguration.
        with_launch_template=False leaves ec2LaunchTemplateID out; otherwise EC2 has one.
        snapshots: how many recovery snapshots, ten minutes apart, the last one now.
        Raises ValueError (known id, unknown name) and ServiceQuotaExceededException.
        """
        with self.lock:
            now = self.settle()
            self._check_new_server(source_server_id, launch_configuration or {}, replication_state)
            server_id = source_server_id or new_id("s")
            configuration = default_launch_configuration(server_id, hostname)
            configuration.update(launch_configuration or {})
            if with_launch_template:
                configuration["ec2LaunchTemplateID"] = create_launch_template(
                    self.ec2, server_id, hostname, instance_type
                )
            octets = [mock_random.randint(1, 250) for _ in range(2)]
            machine = Machine(
                hostname=hostname,
                mac_address="06:" + ":".join(mock_random.get_random_hex(2) for _ in range(5)),
                private_ip=private_ip or f"10.0.{octets[0]}.{octets[1]}",
                instance_type=instance_type,
                os_name=os_name,
                aws_instance_id=aws_instance_id,
                vmware_uuid=vmware_uuid,
            )
            self.servers[server_id] = SourceServer(
                source_server_id=server_id,
                arn=self.arn("source-server", server_id),
                account_id=self.account_id,
                region=self.region_name,
                machine=machine,
                added_at=now,
                replication_state=replication_state,
                tags=dict(tags or {}),
                launch_configuration=configuration,
                snapshots=_snapshots(server_id, snapshots, now),
                staging_account_id=staging_account_id,
            )
            self.initialized = True
            return server_id

    def _check_new_server(
        self, source_server_id: str | None, configuration: Mapping[str, Any], state: str
    ) -> None:
        """Raise for what add_source_server refuses, before anything is drawn or changed."""
        if source_server_id in self.servers:
            raise ValueError(f"source server {source_server_id} exists already")
        if state not in REPLICATION_STATES:
            raise ValueError(f"unknown replication state: {state}")
        unknown = set(configuration) - set(UPDATABLE)
        if unknown:
            raise ValueError(f"not in UpdateLaunchConfiguration: {sorted(unknown)}")
        self.check_quota("source_servers", len(self.servers) + 1, "SourceServer")
        if state in REPLICATING_STATES:
            replicating = sum(server.replicating for server in self.servers.values())
            self.check_quota("replicating_servers", replicating + 1, "SourceServer")

    def check_quota(self, quota: str, wanted: int, resource_type: str) -> None:
        """Raise ServiceQuotaExceededException if `wanted` is above the quota of that name."""
        limit = getattr(self.quotas, quota)
        if wanted > limit:
            raise ServiceQuotaExceededException(
                f"The quota {quota} of {limit} would be exceeded: {wanted}.",
                QUOTA_CODES[quota],
                resource_type,
                self.account_id,
            )

    def plan_launch(self, source_server_id: str, *launches: Launch) -> None:
        """Say how the server fares in its next jobs: one each, and the last one for good.

        Replaces an earlier plan. Raises KeyError for an unknown server, ValueError for none.
        """
        if not launches:
            raise ValueError("no launch given")
        self.planned_launches[self.servers[source_server_id].source_server_id] = deque(launches)

    def plan_next_job(self, plan: JobPlan) -> None:
        """Make the next StartRecovery's job an odd one; several calls queue up."""
        self.planned_jobs.append(plan)

    def take_launch(self, source_server_id: str) -> Launch:
        """The server's next planned launch."""
        planned = self.planned_launches.get(source_server_id)
        if not planned:
            return Launch()
        return planned[0] if len(planned) == 1 else planned.popleft()

    def snapshot(self) -> dict[str, Any]:
        """The whole state at this moment as plain JSON, for comparison.

        Effects only, no count of reads: two systems may read differently and do the same.
        """
        with self.lock:
            now = self.settle()
            state = {
                "account": self.account_id,
                "region": self.region_name,
                "initialized": self.initialized,
                "quotas": asdict(self.quotas),
                "sourceServers": {
                    key: server.to_dict(now, self.last_launch(server))
                    for key, server in sorted(self.servers.items())
                },
                "launchConfigurations": {
                    key: dict(server.launch_configuration)
                    for key, server in sorted(self.servers.items())
                },
                "recoverySnapshots": {
                    key: [item.to_dict() for item in server.snapshots]
                    for key, server in sorted(self.servers.items())
                },
                "jobs": [job.snapshot(now) for job in self.jobs.values()],
                "recoveryInstances": {
                    key: instance.to_dict(self.ec2)
                    for key, instance in sorted(self.recovery_instances.items())
                },
                "effects": dict(sorted(self.effects.items())),
            }
            return deepcopy(state)

    def last_launch(self, server: SourceServer) -> dict[str, Any] | None:
        """Shape LifeCycleLastLaunch of the server's last LAUNCH job, or None."""
        job = self.jobs.get(server.last_job_id or "")
        if job is None:
            return None
        return {
            "initiated": {
                "apiCallDateTime": iso(job.created_at),
                "jobID": job.job_id,
                "type": "DRILL" if job.params["isDrill"] else "RECOVERY",
            },
            "status": job.participant(server.source_server_id).status(self.now),
        }


def _snapshots(source_server_id: str, count: int, now: float) -> list[RecoverySnapshot]:
    """`count` snapshots up to now, oldest first."""
    return [
        RecoverySnapshot(
            new_id("pit"), source_server_id, now - ago * SNAPSHOT_INTERVAL, (new_id("snap"),)
        )
        for ago in reversed(range(count))
    ]

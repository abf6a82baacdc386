"""Source servers, their launch configurations and recovery snapshots."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .utils import iso

REPLICATING_STATES = frozenset(
    {"INITIATING", "INITIAL_SYNC", "BACKLOG", "CREATING_SNAPSHOT", "CONTINUOUS", "RESCAN"}
)
REPLICATION_STATES = REPLICATING_STATES | {"STOPPED", "PAUSED", "STALLED", "DISCONNECTED"}
DISK_BYTES = 8 * 1024**3
RAM_BYTES = 8 * 1024**3
AGENT_VERSION = "5.4.0"
UPDATABLE = (
    "name",
    "launchDisposition",
    "targetInstanceTypeRightSizingMethod",
    "copyPrivateIp",
    "copyTags",
    "licensing",
    "postLaunchEnabled",
    "launchIntoInstanceProperties",
    "recoveryMode",
)
"""What UpdateLaunchConfiguration takes; the template's id is not among it."""


def default_launch_configuration(source_server_id: str, hostname: str) -> dict[str, Any]:
    """The configuration of a new server, shaped as GetLaunchConfiguration's answer.

    The values are the console's defaults as far as known (assumed).
    """
    return {
        "sourceServerID": source_server_id,
        "name": hostname,
        "launchDisposition": "STARTED",
        "targetInstanceTypeRightSizingMethod": "BASIC",
        "copyPrivateIp": False,
        "copyTags": False,
        "licensing": {"osByol": True},
        "postLaunchEnabled": False,
    }


@dataclass(frozen=True)
class RecoverySnapshot:
    """A point in time of one server; `at` is when it was taken, in epoch seconds."""

    snapshot_id: str
    source_server_id: str
    at: float
    ebs_snapshots: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Shape RecoverySnapshot of botocore's model."""
        return {
            "snapshotID": self.snapshot_id,
            "sourceServerID": self.source_server_id,
            "expectedTimestamp": iso(self.at),
            "timestamp": iso(self.at),
            "ebsSnapshots": list(self.ebs_snapshots),
        }


@dataclass(frozen=True)
class Machine:
    """What the agent reports about the server it runs on."""

    hostname: str
    mac_address: str
    private_ip: str
    instance_type: str
    os_name: str
    aws_instance_id: str | None = None
    vmware_uuid: str | None = None

    @property
    def hardware_ids(self) -> set[str]:
        """What the filter hardwareId matches: EC2 instance id, VMware uuid or MAC address."""
        known = (self.aws_instance_id, self.vmware_uuid, self.mac_address)
        return {hardware_id for hardware_id in known if hardware_id}

    def identification_hints(self) -> dict[str, Any]:
        """Shape IdentificationHints; unknown members are left out."""
        hints = {
            "fqdn": self.hostname,
            "hostname": self.hostname,
            "vmWareUuid": self.vmware_uuid,
            "awsInstanceID": self.aws_instance_id,
        }
        return {name: value for name, value in hints.items() if value is not None}

    def to_dict(self, updated_at: float) -> dict[str, Any]:
        """Shape SourceProperties."""
        return {
            "lastUpdatedDateTime": iso(updated_at),
            "recommendedInstanceType": self.instance_type,
            "identificationHints": self.identification_hints(),
            "networkInterfaces": [
                {"macAddress": self.mac_address, "ips": [self.private_ip], "isPrimary": True}
            ],
            "disks": [{"deviceName": "/dev/sda1", "bytes": DISK_BYTES}],
            "cpus": [{"cores": 2, "modelName": "Intel(R) Xeon(R)"}],
            "ramBytes": RAM_BYTES,
            "os": {"fullString": self.os_name},
            "supportsNitroInstances": True,
        }


@dataclass
class SourceServer:
    """One protected server; times in epoch seconds."""

    source_server_id: str
    arn: str
    account_id: str
    region: str
    machine: Machine
    added_at: float
    replication_state: str
    tags: dict[str, str]
    launch_configuration: dict[str, Any]
    snapshots: list[RecoverySnapshot] = field(default_factory=list)
    staging_account_id: str | None = None
    recovery_instance_id: str | None = None
    last_job_id: str | None = None

    @property
    def replicating(self) -> bool:
        """Whether it counts against the quota of replicating servers."""
        return self.replication_state in REPLICATING_STATES

    def _replication_info(self) -> dict[str, Any]:
        """Shape DataReplicationInfo: no lag, everything replicated."""
        info: dict[str, Any] = {
            "dataReplicationState": self.replication_state,
            "replicatedDisks": [
                {
                    "deviceName": "/dev/sda1",
                    "totalStorageBytes": DISK_BYTES,
                    "replicatedStorageBytes": DISK_BYTES,
                    "rescannedStorageBytes": 0,
                    "backloggedStorageBytes": 0,
                    "volumeStatus": "REGULAR",
                }
            ],
            "stagingAvailabilityZone": f"{self.region}a",
        }
        if self.replicating:
            info["lagDuration"] = "PT0S"
        return info

    def to_dict(self, now: float, last_launch: Mapping[str, Any] | None) -> dict[str, Any]:
        """Shape SourceServer; `last_launch` has the shape LifeCycleLastLaunch."""
        life_cycle: dict[str, Any] = {
            "addedToServiceDateTime": iso(self.added_at),
            "firstByteDateTime": iso(self.added_at),
            "elapsedReplicationDuration": f"PT{max(0, int(now - self.added_at))}S",
            "lastSeenByServiceDateTime": iso(now),
        }
        if last_launch:
            life_cycle["lastLaunch"] = dict(last_launch)
        staging: dict[str, Any] = {"status": "NOT_EXTENDED"}
        if self.staging_account_id:
            staging = {"status": "EXTENDED", "stagingAccountID": self.staging_account_id}
        server: dict[str, Any] = {
            "sourceServerID": self.source_server_id,
            "arn": self.arn,
            "tags": dict(self.tags),
            "lastLaunchResult": _launch_result(last_launch),
            "dataReplicationInfo": self._replication_info(),
            "lifeCycle": life_cycle,
            "sourceProperties": self.machine.to_dict(self.added_at),
            "stagingArea": staging,
            "replicationDirection": "FAILOVER",
            "agentVersion": AGENT_VERSION,
        }
        if self.recovery_instance_id:
            server["recoveryInstanceId"] = self.recovery_instance_id
        if self.machine.aws_instance_id:
            server["sourceCloudProperties"] = {
                "originAccountID": self.staging_account_id or self.account_id,
                "originRegion": self.region,
                "originAvailabilityZone": f"{self.region}a",
            }
        return server


def _launch_result(last_launch: Mapping[str, Any] | None) -> str:
    """LastLaunchResult from the status of the last launch.

    A launch that was terminated later had succeeded (assumed).
    """
    if last_launch is None:
        return "NOT_STARTED"
    results = {"LAUNCHED": "SUCCEEDED", "TERMINATED": "SUCCEEDED", "FAILED": "FAILED"}
    return results.get(str(last_launch["status"]), "PENDING")

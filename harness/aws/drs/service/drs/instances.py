"""Recovery instances: what DRS keeps about an EC2 instance that it launched."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .launch import find_instance, instance_state
from .servers import AGENT_VERSION, Machine
from .utils import iso

if TYPE_CHECKING:
    from moto.ec2.models import EC2Backend


@dataclass
class RecoveryInstance:
    """One launched instance; its id in DRS is its id in EC2. Times in epoch seconds."""

    instance_id: str
    arn: str
    job_id: str
    source_server_id: str
    machine: Machine
    is_drill: bool
    launched_at: float
    point_in_time: float
    tags: dict[str, str]
    replication_state: str = "NOT_STARTED"

    def _properties(self, ec2: "EC2Backend") -> dict[str, Any]:
        """Shape RecoveryInstanceProperties, with the addresses that EC2 gave."""
        instance = find_instance(ec2, self.instance_id)
        nics = list(instance.nics.values()) if instance else []
        return {
            "lastUpdatedDateTime": iso(self.launched_at),
            "identificationHints": {
                "hostname": self.machine.hostname,
                "awsInstanceID": self.instance_id,
            },
            "networkInterfaces": [
                {
                    "macAddress": nic.mac_address,
                    "ips": [nic.private_ip_address],
                    "isPrimary": index == 0,
                }
                for index, nic in enumerate(nics)
            ],
        }

    def to_dict(self, ec2: "EC2Backend") -> dict[str, Any]:
        """Shape RecoveryInstance; the EC2 state is EC2's own of this moment."""
        return {
            "ec2InstanceID": self.instance_id,
            "ec2InstanceState": instance_state(ec2, self.instance_id),
            "jobID": self.job_id,
            "recoveryInstanceID": self.instance_id,
            "sourceServerID": self.source_server_id,
            "arn": self.arn,
            "tags": dict(self.tags),
            "failback": {"state": "FAILBACK_NOT_STARTED"},
            "dataReplicationInfo": {"dataReplicationState": self.replication_state},
            "recoveryInstanceProperties": self._properties(ec2),
            "pointInTimeSnapshotDateTime": iso(self.point_in_time),
            "isDrill": self.is_drill,
            "originEnvironment": "AWS" if self.machine.aws_instance_id else "ON_PREMISES",
            "agentVersion": AGENT_VERSION,
        }

"""The EC2 side: launch templates, and the real instances of moto's EC2 in the same account."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.backends import get_backend
from moto.ec2.utils import filter_iam_instance_profiles

from .utils import new_id, own_stream

if TYPE_CHECKING:
    from moto.ec2.models import EC2Backend
    from moto.ec2.models.instances import Instance

MANAGED_TAGS = {"AWSElasticDisasterRecoveryManaged": "drs.amazonaws.com"}
"""The tag on what DRS makes (condition key in AWSElasticDisasterRecoveryServiceRolePolicy)."""
SERVER_TAG = "AWSElasticDisasterRecoverySourceServerID"


class LaunchError(Exception):
    """EC2 refused; the message becomes the log's rawError."""


@dataclass(frozen=True)
class LaunchRequest:
    """Everything a launch uses, captured when its job is created.

    So the result does not depend on what the template or the configuration become later.
    `template_data` is None if the configured template does not exist.
    """

    seed: int
    instance_type: str
    tags: dict[str, str]
    template_data: dict[str, Any] | None
    stopped: bool

    def to_dict(self) -> dict[str, Any]:
        """For snapshots; without the seed, which says nothing about the request."""
        return {
            "instanceType": self.instance_type,
            "tags": dict(self.tags),
            "templateData": deepcopy(self.template_data),
            "stopped": self.stopped,
        }


def ec2_backend(account_id: str, region: str) -> "EC2Backend":
    """moto's EC2 of that account and region."""
    return get_backend("ec2")[account_id][region]


def create_launch_template(
    ec2: "EC2Backend", source_server_id: str, hostname: str, instance_type: str
) -> str:
    """Create the server's launch template, as DRS does when a server is added; its id.

    The template's name is assumed.
    """
    tags = {**MANAGED_TAGS, SERVER_TAG: source_server_id, "Name": hostname}
    template = ec2.create_launch_template(
        f"created-and-used-by-DRS-{source_server_id}",
        "Created by AWS Elastic Disaster Recovery",
        {"InstanceType": instance_type},
        {"launch-template": tags},
    )
    return template.id


def template_data(ec2: "EC2Backend", template_id: str | None) -> dict[str, Any] | None:
    """A copy of the default version's data; {} without a template, None if it is gone."""
    if template_id is None:
        return {}
    template = ec2.launch_templates.get(template_id)
    return deepcopy(template.default_version().data) if template else None


def launch_request(
    ec2: "EC2Backend",
    configuration: dict[str, Any],
    recommended_type: str,
    own_tags: dict[str, str],
    source_tags: dict[str, str],
    seed: int,
) -> LaunchRequest:
    """Capture a launch: right-sizing overrides the template's instance type, as AWS documents.

    copyPrivateIp is not carried out: source addresses here lie in no subnet of the account.
    """
    data = template_data(ec2, configuration.get("ec2LaunchTemplateID"))
    instance_type = recommended_type
    if configuration.get("targetInstanceTypeRightSizingMethod") == "NONE" and data:
        instance_type = data.get("InstanceType") or recommended_type
    copied = source_tags if configuration.get("copyTags") else {}
    return LaunchRequest(
        seed=seed,
        instance_type=instance_type,
        tags={**copied, **own_tags},
        template_data=data,
        stopped=configuration.get("launchDisposition") == "STOPPED",
    )


def run_instance(ec2: "EC2Backend", request: LaunchRequest, at: float) -> str:
    """Create the instance as if at `at` (epoch seconds); its id. Raises LaunchError.

    All ids come from the request's own stream. The image is a fresh id: moto asks for no AMI.
    """
    data = request.template_data
    if data is None:
        raise LaunchError("The launch template of the source server does not exist.")
    known = set(ec2.reservations)
    nics = deepcopy(data.get("NetworkInterfaces") or [])
    # EC2 shows the primary interface's groups as the instance's; moto does for these alone.
    groups = [*(data.get("SecurityGroupIds") or []), *(nics[0].pop("Groups", []) if nics else [])]
    try:
        profile = _check_profile(ec2, data.get("IamInstanceProfile") or {})
        with own_stream(request.seed):
            reservation = ec2.run_instances(
                data.get("ImageId") or new_id("ami"),
                1,
                None,
                list(data.get("SecurityGroups") or []),
                instance_type=request.instance_type,
                is_instance_type_default=True,
                region_name=ec2.region_name,
                nics=nics,
                subnet_id=None if nics else _default_subnet(ec2),
                security_group_ids=groups,
                key_name=data.get("KeyName"),
                tags={"instance": dict(request.tags)},
            )
            instance = reservation.instances[0]
            if profile:
                ec2.associate_iam_instance_profile(instance.id, iam_instance_profile_arn=profile)
            if request.stopped:
                ec2.stop_instances([instance.id])
    except Exception as error:  # moto raises bare Exception for a bad private address
        for reservation_id in set(ec2.reservations) - known:
            del ec2.reservations[reservation_id]
        raise LaunchError(getattr(error, "message", None) or str(error)) from error
    _backdate(instance, at)
    return instance.id


def _default_subnet(ec2: "EC2Backend") -> str | None:
    """Where an instance goes whose template names no network: the first default subnet."""
    subnets = ec2.get_default_subnets()
    return subnets[min(subnets)].id if subnets else None


def _check_profile(ec2: "EC2Backend", wanted: dict[str, str]) -> str | None:
    """The ARN of the template's instance profile, if it names one. Raises moto's error."""
    if not wanted.get("Arn") and not wanted.get("Name"):
        return None
    profile = filter_iam_instance_profiles(
        ec2.account_id, ec2.partition, wanted.get("Arn"), wanted.get("Name")
    )
    return str(profile.arn)


def _backdate(instance: "Instance", at: float) -> None:
    """A late read must not change what EC2 says about the time of the launch."""
    when = datetime.fromtimestamp(at, UTC).replace(tzinfo=None)
    instance.launch_time = when
    for nic in instance.nics.values():
        nic.attach_time = when
    for device in instance.block_device_mapping.values():
        device.attach_time = when


def find_instance(ec2: "EC2Backend", instance_id: str) -> "Instance | None":
    """The instance in EC2, or None."""
    found = (item for item in ec2.all_instances() if item.id == instance_id)
    return next(found, None)


def terminate_instance(ec2: "EC2Backend", instance_id: str) -> None:
    """Terminate it unless it is gone. Raises LaunchError if EC2 refuses (protection)."""
    instance = find_instance(ec2, instance_id)
    if instance is None or instance.state == "terminated":
        return
    try:
        ec2.terminate_instances([instance_id])
    except Exception as error:  # moto's EC2 errors share no base class that is public
        raise LaunchError(getattr(error, "message", None) or str(error)) from error


def instance_state(ec2: "EC2Backend", instance_id: str) -> str:
    """EC2InstanceState of DRS's model: EC2's name in capitals, or NOT_FOUND."""
    instance = find_instance(ec2, instance_id)
    return instance.state.upper() if instance else "NOT_FOUND"

"""Both trees' templates, resource by resource: added, removed, changed, replaced, renamed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.rollout.references import Resource

# The properties whose change makes CloudFormation create the resource anew and delete the old one
# (AWS CloudFormation template reference, "Update requires: Replacement", of each property).
REPLACING = {
    "AWS::DynamoDB::Table": (
        *("TableName", "KeySchema", "LocalSecondaryIndexes", "ImportSourceSpecification"),
    ),
    "AWS::Events::Rule": ("Name",),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", "Path", "Description"),
    "AWS::IAM::Role": ("RoleName", "Path"),
    "AWS::Lambda::Alias": ("Name", "FunctionName"),
    "AWS::Lambda::Function": ("FunctionName", "PackageType"),
    "AWS::Lambda::LayerVersion": (
        *("LayerName", "Content", "CompatibleRuntimes", "CompatibleArchitectures"),
        *("Description", "LicenseInfo"),
    ),
    "AWS::Lambda::Permission": (
        *("FunctionName", "Action", "Principal", "SourceArn", "SourceAccount"),
        *("EventSourceToken", "FunctionUrlAuthType", "PrincipalOrgID"),
    ),
    "AWS::Lambda::Version": ("FunctionName", "Description", "CodeSha256"),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::SNS::Topic": ("TopicName", "FifoTopic"),
    "AWS::SQS::Queue": ("QueueName", "FifoQueue"),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", "StateMachineType"),
}
TABLE = "AWS::DynamoDB::Table"
MACHINE = "AWS::StepFunctions::StateMachine"


@dataclass(frozen=True)
class Change:
    """One resource that differs. `what` is added, removed, changed, replaced or renamed; of a
    replaced one `properties` are those for which it is, of a renamed one `old` is its logical id
    before. `retained` says that it is not deleted with its place in the stack.
    """

    what: str
    kind: str
    address: str
    place: str
    properties: tuple[str, ...] = ()
    old: str = ""
    retained: bool = False

    @property
    def told(self) -> str:
        """The change in words."""
        names = f": {', '.join(self.properties)}" if self.properties else ""
        was = f" (was {self.old})" if self.old else ""
        return f"{self.what} {self.kind} {self.address.rpartition('/')[2]}{was}{names}"


def changes(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> list[Change]:
    """What the stack update changes, in the order of the templates."""
    renamed = dict(_renamed(old, new))
    found = []
    for address, resource in new.items():
        before = old.get(address)
        if address in renamed:
            found.append(_change("renamed", resource, old=renamed[address].logical_id))
        elif before is None or before.kind != resource.kind:
            found.append(_change("added", resource))
        else:
            found += _changed(before, resource)
    gone = set(old) - set(new) - {resource.address for resource in renamed.values()}
    found += [_change("removed", old[address]) for address in old if address in gone]
    return found


def _renamed(
    old: Mapping[str, Resource], new: Mapping[str, Resource]
) -> Iterator[tuple[str, Resource]]:
    """New addresses of resources that keep their physical name: it is taken when they are made."""
    for address, resource in new.items():
        name = _explicit_name(resource)
        if address in old or name is None:
            continue
        for other in old.values():
            gone = other.address not in new and other.kind == resource.kind
            if gone and _explicit_name(other) == name:
                yield address, other


def _explicit_name(resource: Resource) -> str | None:
    for key in REPLACING.get(resource.kind, ()):
        if key.endswith("Name") and not (
            resource.kind.endswith("Permission") or key == "LayerName"
        ):
            value = resource.value(key)
            return value if isinstance(value, str) else None
    return None


def _changed(old: Resource, new: Resource) -> Iterator[Change]:
    keys = dict.fromkeys((*_properties(old), *_properties(new)))
    differing = [key for key in keys if _differs(old, new, key)]
    if old.kind == "AWS::CloudFormation::Stack":
        differing = [key for key in differing if key != "Parameters"]  # seen in what is inside
    if not differing:
        return
    replacing = tuple(key for key in differing if _replaces(old, new, key))
    yield _change(
        "replaced" if replacing else "changed", new, properties=replacing or tuple(differing)
    )


def _replaces(old: Resource, new: Resource, key: str) -> bool:
    if old.kind == TABLE and key == "AttributeDefinitions":
        # An attribute may be added or removed; one that is edited replaces the table.
        kinds = [
            {a["AttributeName"]: a["AttributeType"] for a in side.value(key) or ()}
            for side in (old, new)
        ]
        return any(kinds[1].get(name, kind) != kind for name, kind in kinds[0].items())
    return key in REPLACING.get(old.kind, ())


def _differs(old: Resource, new: Resource, key: str) -> bool:
    return bool(old.value(key) != new.value(key))


def _properties(resource: Resource) -> tuple[str, ...]:
    return tuple(resource.definition.get("Properties", {}))


def _change(
    what: str, resource: Resource, *, properties: tuple[str, ...] = (), old: str = ""
) -> Change:
    policies = {resource.definition.get(k) for k in ("DeletionPolicy", "UpdateReplacePolicy")}
    return Change(
        what,
        resource.kind,
        resource.address,
        resource.place,
        properties,
        old,
        bool(policies & {"Retain", "RetainExceptOnCreate"}),
    )

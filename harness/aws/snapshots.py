"""The state that the account is in, as plain data that two sides can be compared by."""

from __future__ import annotations

from typing import Any

from boto3.dynamodb.types import TypeDeserializer
from moto.core.base_backend import BackendDict
from moto.dynamodb.models import dynamodb_backends
from moto.ec2.models import ec2_backends

from harness.aws.drs import drs_backends
from harness.aws.places import HUB, REGION

_deserialize = TypeDeserializer().deserialize


def snapshot_tables(names: list[str]) -> dict[str, list[Any]]:
    """The items of each table, in order of their keys; numbers are Decimal as boto3 gives them."""
    backend = dynamodb_backends[HUB][REGION]
    tables = {}
    for name in names:
        table = backend.tables[name]
        items = [
            {key: _deserialize(value) for key, value in item.to_json()["Attributes"].items()}
            for item in table.all_items()
        ]
        keys = [key["AttributeName"] for key in table.schema]
        tables[name] = sorted(items, key=lambda item: [str(item.get(key)) for key in keys])
    return tables


def snapshot_drs() -> dict[str, Any]:
    """All of DRS, by "account/region"."""
    return {place: backend.snapshot() for place, backend in _in_use(drs_backends)}


def snapshot_ec2() -> dict[str, Any]:
    """Instances and launch templates, by "account/region"."""
    found = {}
    for place, backend in _in_use(ec2_backends):
        instances = {
            instance.id: {
                "state": instance.state,
                "type": instance.instance_type,
                "tags": {tag["key"]: tag["value"] for tag in instance.get_tags()},
            }
            for instance in backend.all_instances()
        }
        templates = {
            template.id: {
                "name": template.name,
                "default": template.default_version_number,
                "versions": [version.data for version in template.versions],
            }
            for template in backend.launch_templates.values()
        }
        if instances or templates:
            found[place] = {"instances": instances, "launchTemplates": templates}
    return found


def _in_use(backends: BackendDict[Any]) -> list[tuple[str, Any]]:
    return sorted(
        (f"{account}/{region}", backend)
        for account, regions in list(backends.items())
        for region, backend in list(regions.items())
    )

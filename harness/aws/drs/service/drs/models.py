"""DRSBackend: the operations on servers, launch configurations and tags.

The operations on jobs and on recovery instances are in the two classes beneath it, the
scenario API is in `seeding`, the passing of time in `engine`.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from moto.core.base_backend import BackendDict

from .engine import Page, operation
from .exceptions import ResourceNotFoundException, ValidationException
from .instance_operations import InstanceOperations
from .servers import UPDATABLE, SourceServer
from .utils import time_range

MAX_TAGS = 50
"""Per resource (TagResource's documentation)."""


class DRSBackend(InstanceOperations):
    """DRS of one account and region; answers are dicts of the shapes in botocore's model.

    Every operation raises UninitializedAccountException until the account is initialised,
    but for InitializeService and the three on tags, which do not model it.
    """

    @operation(effect=True, initialized=False)
    def initialize_service(self) -> None:
        """Idempotent."""
        self.initialized = True

    @operation()
    def describe_source_servers(
        self,
        filters: Mapping[str, Any] | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> Page:
        """In the order of adding; an empty filter list means all. Raises ValidationException."""
        wanted = filters or {}
        ids, staging = wanted.get("sourceServerIDs"), wanted.get("stagingAccountIDs")
        hardware_id = wanted.get("hardwareId")
        servers = [
            server
            for server in self.servers.values()
            if (not ids or server.source_server_id in ids)
            and (not staging or (server.staging_account_id or self.account_id) in staging)
            and (not hardware_id or hardware_id in server.machine.hardware_ids)
        ]
        page, token = self.page(
            servers, lambda server: server.source_server_id, "servers", filters, max_results,
            next_token,
        )  # fmt: skip
        return [item.to_dict(self.now, self.last_launch(item)) for item in page], token

    @operation()
    def describe_recovery_snapshots(
        self,
        source_server_id: str,
        filters: Mapping[str, Any] | None = None,
        order: str | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> Page:
        """Newest first unless order is ASC (assumed). An unknown server is a
        ValidationException, the only error modelled that fits (assumed)."""
        if source_server_id not in self.servers:
            raise ValidationException(f"Source server {source_server_id} does not exist.")
        after, before = time_range(filters, "fromDateTime", "toDateTime")
        items = [
            item for item in self.servers[source_server_id].snapshots if after <= item.at <= before
        ]
        items.sort(key=lambda item: item.at, reverse=order != "ASC")
        request = [source_server_id, filters, order]
        page, token = self.page(
            items, lambda item: item.snapshot_id, "snapshots", request, max_results, next_token
        )
        return [item.to_dict() for item in page], token

    def _source_server(self, source_server_id: str) -> SourceServer:
        """Raises ResourceNotFoundException."""
        if source_server_id not in self.servers:
            raise ResourceNotFoundException("SourceServer", source_server_id)
        return self.servers[source_server_id]

    @operation()
    def get_launch_configuration(self, source_server_id: str) -> dict[str, Any]:
        """Raises ResourceNotFoundException."""
        return deepcopy(self._source_server(source_server_id).launch_configuration)

    @operation(effect=True)
    def update_launch_configuration(
        self, source_server_id: str, settings: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Set what is given and leave the rest. Raises ResourceNotFoundException."""
        configuration = self._source_server(source_server_id).launch_configuration
        configuration.update(
            {name: deepcopy(settings[name]) for name in UPDATABLE if name in settings}
        )
        return deepcopy(configuration)

    def _tags(self, arn: str) -> dict[str, str]:
        """The tags of the resource, to be changed in place. Raises ResourceNotFoundException."""
        for resources in (self.servers, self.jobs, self.recovery_instances):
            for resource in resources.values():
                if resource.arn == arn:
                    found: dict[str, str] = resource.tags
                    return found
        raise ResourceNotFoundException("Resource", arn)

    @operation(effect=True, initialized=False)
    def tag_resource(self, resource_arn: str, tags: Mapping[str, str]) -> None:
        """Raises ResourceNotFoundException and ValidationException (aws: keys, over 50)."""
        current = self._tags(resource_arn)
        if any(key.lower().startswith("aws:") for key in tags):
            raise ValidationException("Tag keys must not start with aws:")
        if len({*current, *tags}) > MAX_TAGS:
            raise ValidationException(f"A resource has at most {MAX_TAGS} tags.")
        current.update(tags)

    @operation(effect=True, initialized=False)
    def untag_resource(self, resource_arn: str, tag_keys: Sequence[str]) -> None:
        """Raises ResourceNotFoundException; keys that are not there are ignored."""
        current = self._tags(resource_arn)
        for key in tag_keys:
            current.pop(key, None)

    @operation(initialized=False)
    def list_tags_for_resource(self, resource_arn: str) -> dict[str, str]:
        """Raises ResourceNotFoundException."""
        return dict(self._tags(resource_arn))


drs_backends = BackendDict(DRSBackend, "drs")

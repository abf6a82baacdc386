"""Turns requests into calls of the backend, and its answers into results to serialise."""

from typing import Any, cast

from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.core.utils import get_service_model

from .engine import Page
from .models import DRSBackend, drs_backends
from .validation import check_request


class DRSResponse(BaseResponse):
    """Handler of every DRS request."""

    def __init__(self) -> None:
        super().__init__(service_name="drs")
        self.automated_parameter_parsing = True

    @property
    def backend(self) -> DRSBackend:
        """The backend of the caller's account and region."""
        return drs_backends[self.current_account][self.region]

    def _checked(self) -> dict[str, Any]:
        """The request's parameters, path included. Raises ValidationException."""
        params = {**(self.uri_match or {}), **cast(dict[str, Any], self.params)}
        model = get_service_model("drs").operation_model(self._get_action())
        check_request(model, params)
        return params

    @staticmethod
    def _paged(page: Page) -> ActionResult:
        items, token = page
        return ActionResult({"items": items, "nextToken": token})

    def initialize_service(self) -> ActionResult:
        """Answers 204 without a body."""
        self.backend.initialize_service()
        return EmptyResult()

    def describe_source_servers(self) -> ActionResult:
        params = self._checked()
        return self._paged(
            self.backend.describe_source_servers(
                params.get("filters"), params.get("maxResults"), params.get("nextToken")
            )
        )

    def describe_recovery_snapshots(self) -> ActionResult:
        params = self._checked()
        return self._paged(
            self.backend.describe_recovery_snapshots(
                params.get("sourceServerID", ""),
                params.get("filters"),
                params.get("order"),
                params.get("maxResults"),
                params.get("nextToken"),
            )
        )

    def get_launch_configuration(self) -> ActionResult:
        params = self._checked()
        return ActionResult(self.backend.get_launch_configuration(params.get("sourceServerID", "")))

    def update_launch_configuration(self) -> ActionResult:
        params = self._checked()
        settings = {name: value for name, value in params.items() if value is not None}
        return ActionResult(
            self.backend.update_launch_configuration(params.get("sourceServerID", ""), settings)
        )

    def start_recovery(self) -> ActionResult:
        params = self._checked()
        job = self.backend.start_recovery(
            params.get("sourceServers") or [], bool(params.get("isDrill")), params.get("tags")
        )
        return ActionResult({"job": job})

    def describe_jobs(self) -> ActionResult:
        params = self._checked()
        return self._paged(
            self.backend.describe_jobs(
                params.get("filters"), params.get("maxResults"), params.get("nextToken")
            )
        )

    def describe_job_log_items(self) -> ActionResult:
        params = self._checked()
        return self._paged(
            self.backend.describe_job_log_items(
                params["jobID"], params.get("maxResults"), params.get("nextToken")
            )
        )

    def describe_recovery_instances(self) -> ActionResult:
        params = self._checked()
        return self._paged(
            self.backend.describe_recovery_instances(
                params.get("filters"), params.get("maxResults"), params.get("nextToken")
            )
        )

    def terminate_recovery_instances(self) -> ActionResult:
        params = self._checked()
        job = self.backend.terminate_recovery_instances(params.get("recoveryInstanceIDs") or [])
        return ActionResult({"job": job})

    def disconnect_recovery_instance(self) -> ActionResult:
        self.backend.disconnect_recovery_instance(self._checked().get("recoveryInstanceID", ""))
        return EmptyResult()

    def delete_recovery_instance(self) -> ActionResult:
        self.backend.delete_recovery_instance(self._checked().get("recoveryInstanceID", ""))
        return EmptyResult()

    def tag_resource(self) -> ActionResult:
        params = self._checked()
        self.backend.tag_resource(params["resourceArn"], params["tags"])
        return EmptyResult()

    def untag_resource(self) -> ActionResult:
        params = self._checked()
        self.backend.untag_resource(params["resourceArn"], params["tagKeys"])
        return EmptyResult()

    def list_tags_for_resource(self) -> ActionResult:
        params = self._checked()
        return ActionResult({"tags": self.backend.list_tags_for_resource(params["resourceArn"])})

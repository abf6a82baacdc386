"""The state of one account and region, and the effects of jobs that time brings about."""

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from functools import wraps
from heapq import heappop, heappush
from math import isfinite
from threading import RLock
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from moto.core.base_backend import BaseBackend

from harness.plans import JobPlan, JobTiming, Launch, Quotas

from .exceptions import UninitializedAccountException, ValidationException
from .instances import RecoveryInstance
from .jobs import Job, Participant
from .launch import LaunchError, ec2_backend, run_instance, terminate_instance
from .servers import SourceServer
from .utils import InvalidTokenError, paginate

if TYPE_CHECKING:
    from moto.ec2.models import EC2Backend

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
E = TypeVar("E", bound="Engine")
Page = tuple[list[dict[str, Any]], str | None]
"""The items of one page, and the token of the next."""

CLEANUP, LAUNCH, TERMINATE = 0, 1, 2
DEFAULT_PAGE_SIZE = 100
"""Items in an answer without maxResults; AWS documents none (assumed)."""


def operation(
    *, effect: bool = False, initialized: bool = True
) -> Callable[[Callable[Concatenate[E, P], R]], Callable[Concatenate[E, P], R]]:
    """Mark a method as an API operation of the name in camel case.

    It runs under the backend's lock, after the account's check and after time's effects, and
    counts in `calls`; with `effect`, its successes count in `effects`.
    """

    def decorate(method: Callable[Concatenate[E, P], R]) -> Callable[Concatenate[E, P], R]:
        name = "".join(part.capitalize() for part in method.__name__.split("_"))

        @wraps(method)
        def call(self: E, *args: P.args, **kwargs: P.kwargs) -> R:
            with self.lock:
                self.calls[name] += 1
                if initialized and not self.initialized:
                    raise UninitializedAccountException()
                self.settle()
                result = method(self, *args, **kwargs)
                if effect:
                    self.effects[name] += 1
                return result

        return call  # type: ignore[return-value] # wraps() names the argument self, P does not

    return decorate


class Engine(BaseBackend):
    """Holds everything and carries out what is due.

    Public settings: `job_defaults`, `quotas`, `page_size`. `calls` counts every API call per
    operation, `effects` the ones that changed something, and what was done in EC2.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.lock = RLock()
        self.initialized = False
        self.now = 0.0
        self.job_defaults = JobTiming()
        self.quotas = Quotas()
        self.page_size = DEFAULT_PAGE_SIZE
        self.servers: dict[str, SourceServer] = {}
        self.jobs: dict[str, Job] = {}
        self.recovery_instances: dict[str, RecoveryInstance] = {}
        self.calls: Counter[str] = Counter()
        self.effects: Counter[str] = Counter()
        self.planned_launches: dict[str, deque[Launch]] = {}
        self.planned_jobs: deque[JobPlan] = deque()
        # (due, job's sequence, server's index, kind, job id): that order makes the effects of
        # one late read the same as those of many early ones.
        self._due: list[tuple[float, int, int, int, str]] = []

    @property
    def ec2(self) -> "EC2Backend":
        """moto's EC2 of the same account and region; looked up each time, as it may be reset."""
        return ec2_backend(self.account_id, self.region_name)

    def arn(self, resource: str, resource_id: str) -> str:
        """An ARN such as arn:aws:drs:us-east-1:123456789012:job/drsjob-..."""
        account = f"{self.region_name}:{self.account_id}"
        return f"arn:{self.partition}:drs:{account}:{resource}/{resource_id}"

    def schedule(self, job: Job) -> None:
        """Queue what the job will do to EC2."""
        for index, server in enumerate(job.participants):
            if job.type == "TERMINATE":
                self._push(server.ends_at, job, index, TERMINATE)
                continue
            if server.replaces:
                self._push(server.starts_at, job, index, CLEANUP)
            if server.outcome != "FAILED":
                self._push(server.ends_at, job, index, LAUNCH)

    def _push(self, due: float, job: Job, index: int, kind: int) -> None:
        if isfinite(due):
            heappush(self._due, (due, job.sequence, index, kind, job.job_id))

    def settle(self) -> float:
        """Carry out every effect that is due by now, in order; returns now in epoch seconds."""
        with self.lock:
            self.now = time.time()
            while self._due and self._due[0][0] <= self.now:
                due, _, index, kind, job_id = heappop(self._due)
                job = self.jobs[job_id]
                server = job.participants[index]
                if kind == CLEANUP:
                    self._cleanup(server, due)
                elif kind == LAUNCH:
                    self._launch(job, server, due)
                else:
                    self._terminate(server, due)
            return self.now

    def _cleanup(self, server: Participant, due: float) -> None:
        """Remove the server's previous instance; one that EC2 protects stays in EC2 alone."""
        instance = self.recovery_instances.get(server.replaces or "")
        if instance is None:
            return
        try:
            terminate_instance(self.ec2, instance.instance_id)
            self.effects["EC2.TerminateInstances"] += 1
        except LaunchError:
            self.effects["EC2.TerminateInstances.refused"] += 1
        self._retire(instance, due)

    def _launch(self, job: Job, server: Participant, due: float) -> None:
        """Create the instance in EC2 and in DRS; a refusal of EC2's fails the launch."""
        assert server.request is not None
        try:
            server.instance_id = run_instance(self.ec2, server.request, due)
        except LaunchError as error:
            server.outcome, server.error = "FAILED", str(error)
            return
        self.effects["EC2.RunInstances"] += 1
        if server.outcome == "TERMINATED":
            terminate_instance(self.ec2, server.instance_id)
            self.effects["EC2.TerminateInstances"] += 1
            return
        source = self.servers[server.source_server_id]
        source.recovery_instance_id = server.instance_id
        points = {item.snapshot_id: item.at for item in source.snapshots}
        self.recovery_instances[server.instance_id] = RecoveryInstance(
            instance_id=server.instance_id,
            arn=self.arn("recovery-instance", server.instance_id),
            job_id=job.job_id,
            source_server_id=source.source_server_id,
            machine=source.machine,
            is_drill=bool(job.params["isDrill"]),
            launched_at=due,
            point_in_time=points.get(server.snapshot_id or "", job.created_at),
            tags=dict(server.request.tags),
        )

    def _terminate(self, server: Participant, due: float) -> None:
        """Terminate in EC2, forget in DRS, and mark the launch that made the instance."""
        instance = self.recovery_instances.get(server.instance_id or "")
        if instance is None:
            return
        try:
            terminate_instance(self.ec2, instance.instance_id)
        except LaunchError as error:
            server.outcome, server.error = "FAILED", str(error)
            return
        self.effects["EC2.TerminateInstances"] += 1
        self._retire(instance, due)

    def _retire(self, instance: RecoveryInstance, due: float) -> None:
        """Mark the launch that made the instance TERMINATED from `due` on, and forget it."""
        launched = self.jobs[instance.job_id].participant(instance.source_server_id)
        launched.terminated_at = due
        self.forget_instance(instance.instance_id)

    def forget_instance(self, instance_id: str) -> None:
        """Drop the recovery instance from DRS, and from its source server."""
        instance = self.recovery_instances.pop(instance_id)
        source = self.servers[instance.source_server_id]
        if source.recovery_instance_id == instance_id:
            source.recovery_instance_id = None

    def page(
        self,
        items: Sequence[T],
        key: Callable[[T], str],
        name: str,
        request: Any,
        max_results: int | None,
        next_token: str | None,
    ) -> tuple[list[T], str | None]:
        """One page. Raises ValidationException for a token that is not this request's."""
        try:
            return paginate(
                items,
                key,
                operation=name,
                request=request,
                limit=max_results or self.page_size,
                next_token=next_token,
            )
        except InvalidTokenError as error:
            raise ValidationException("The nextToken is invalid.") from error

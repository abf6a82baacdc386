"""What a scenario can set of DRS: how jobs pass their time, how servers end, and the quotas.

All durations are seconds of `time.time()`, so they follow a virtual clock.
"""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["LAUNCHED", "FAILED", "TERMINATED"]


def _require_durations(plan: object, names: tuple[str, ...]) -> None:
    """Raise ValueError for a negative duration among the fields `names`."""
    for name in names:
        seconds = getattr(plan, name)
        if seconds is not None and seconds < 0:
            raise ValueError(f"{name} must not be negative: {seconds}")


@dataclass(frozen=True)
class JobTiming:
    """How long a job and its servers stay in each state; the lengths are assumed, not AWS's.

    PENDING for `job_pending_seconds`, then each server PENDING for `server_pending_seconds`
    and IN_PROGRESS for `launch_seconds` (`terminate_seconds` in a TERMINATE job); the job is
    COMPLETED `end_seconds` after its last server.
    """

    job_pending_seconds: float = 10.0
    server_pending_seconds: float = 20.0
    launch_seconds: float = 300.0
    terminate_seconds: float = 60.0
    end_seconds: float = 5.0

    def __post_init__(self) -> None:
        _require_durations(self, tuple(self.__dataclass_fields__))


@dataclass(frozen=True)
class Launch:
    """How one server fares in its job; None takes the job's timing.

    `pending_seconds` counts from the job's start. `error` is the log's rawError of a FAILED
    launch. TERMINATED means that the instance ran and was terminated at once.
    """

    outcome: Outcome = "LAUNCHED"
    pending_seconds: float | None = None
    launch_seconds: float | None = None
    error: str | None = None

    def __post_init__(self) -> None:
        if self.outcome not in ("LAUNCHED", "FAILED", "TERMINATED"):
            raise ValueError(f"unknown outcome: {self.outcome}")
        _require_durations(self, ("pending_seconds", "launch_seconds"))


@dataclass(frozen=True, kw_only=True)
class JobPlan:
    """An odd job, for the next StartRecovery.

    servers: "hidden" launches them but never shows participating servers; "none" shows them
        PENDING, launches nothing and completes without any.
    stuck_in: the job never leaves that state; its servers get no further than PENDING in a
        PENDING job and IN_PROGRESS in a STARTED one.
    vanishes_after_seconds: from then on DescribeJobs omits the job (0: it was never there);
        its servers and its log go on.
    timing: replaces the backend's `job_defaults`.
    """

    servers: Literal["shown", "hidden", "none"] = "shown"
    stuck_in: Literal["PENDING", "STARTED"] | None = None
    vanishes_after_seconds: float | None = None
    timing: JobTiming | None = None

    def __post_init__(self) -> None:
        if self.servers not in ("shown", "hidden", "none"):
            raise ValueError(f"unknown servers: {self.servers}")
        if self.stuck_in not in (None, "PENDING", "STARTED"):
            raise ValueError(f"unknown stuck_in: {self.stuck_in}")
        _require_durations(self, ("vanishes_after_seconds",))


@dataclass(frozen=True)
class Quotas:
    """Service quotas per account and region (AWS General Reference, DRS endpoints and quotas)."""

    source_servers: int = 4000
    replicating_servers: int = 300
    concurrent_jobs: int = 20
    servers_per_job: int = 100
    servers_in_all_jobs: int = 500

    def __post_init__(self) -> None:
        _require_durations(self, tuple(self.__dataclass_fields__))

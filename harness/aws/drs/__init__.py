"""AWS Elastic Disaster Recovery for moto: importing this package registers the service.

After the import, plain `moto.mock_aws()` (and moto's server) answers `boto3.client("drs")`.
Seed scenarios through `drs_backends[account][region]`; look a backend up again after each reset.
"""

from typing import TYPE_CHECKING

from harness.plans import JobPlan, JobTiming, Launch, Quotas

from . import register as _registration

_registration.register()

if TYPE_CHECKING:
    from .service.drs.models import DRSBackend, drs_backends
else:
    # Under this name only: a second copy would have a second, empty set of backends.
    from moto.drs.models import DRSBackend, drs_backends

__all__ = ["DRSBackend", "JobPlan", "JobTiming", "Launch", "Quotas", "drs_backends"]

"""What botocore knows of AWS's services, read once."""

from __future__ import annotations

from contextlib import suppress
from functools import cache

import botocore.session
from botocore import xform_name
from botocore.exceptions import DataNotFoundError, UnknownServiceError

# IAM's name of a service, where botocore's model does not have it.
_IAM = {"cloudwatch": "cloudwatch", "resourcegroupstaggingapi": "tag"}

_SESSION = botocore.session.Session()


@cache
def available_services() -> frozenset[str]:
    """Every service that boto3 makes clients of."""
    return frozenset(_SESSION.get_available_services())


@cache
def operations_of(service: str) -> frozenset[str]:
    """The methods of a service's client, and its waiters. Raises UnknownServiceError."""
    found = set(_SESSION.get_service_model(service).operation_names)
    with suppress(DataNotFoundError, UnknownServiceError):  # a service without waiters
        found |= set(_SESSION.get_waiter_model(service).waiter_names)
    return frozenset(map(xform_name, found))


@cache
def iam_prefix(service: str) -> str:
    """What stands before the colon of a service's actions. Raises UnknownServiceError."""
    return _IAM.get(service) or str(_SESSION.get_service_model(service).signing_name)


@cache
def iam_prefixes(service: str) -> frozenset[str]:
    """What may stand there, in lower case: botocore's model does not say which of its names IAM
    takes. Raises UnknownServiceError.
    """
    endpoint = _SESSION.get_service_model(service).endpoint_prefix
    return frozenset(name.lower() for name in (service, iam_prefix(service), endpoint))

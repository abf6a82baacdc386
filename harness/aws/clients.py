"""The harness's own clients, kept for the process. Their calls are never recorded."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.model import ServiceModel


@lru_cache(maxsize=1)
def session() -> boto3.Session:
    """The session of the hub account."""
    return boto3.Session("FOOBARKEY", "FOOBARSECRET", region_name="us-east-1")


@lru_cache(maxsize=64)
def client(service: str, region: str = "us-east-1", config: Config | None = None) -> Any:
    """A client of the hub account."""
    return session().client(service, region_name=region, config=config)


@lru_cache(maxsize=64)
def service_model(service: str) -> ServiceModel:
    """botocore's model of a service. Raises UnknownServiceError."""
    return botocore.session.get_session().get_service_model(service)


@lru_cache(maxsize=64)
def members_of(operation: str) -> frozenset[str]:
    """Every member of the answers to an operation ("drs.DescribeJobs"), however deep."""
    service, _, name = operation.partition(".")
    found: set[str] = set()
    waiting = [service_model(service).operation_model(name).output_shape]
    seen: set[str] = set()
    while waiting:
        shape = waiting.pop()
        if shape is None or shape.name in seen:
            continue
        seen.add(shape.name)
        members = dict(getattr(shape, "members", {}))
        found |= members.keys()
        waiting += members.values()
        waiting += [getattr(shape, part, None) for part in ("member", "value")]
    return frozenset(found)

from __future__ import annotations

import pytest
from botocore.exceptions import UnknownServiceError

from drs_refactor.services import (
    available_services,
    iam_prefix,
    iam_prefixes,
    operations_of,
)


@pytest.mark.parametrize(
    ("service", "prefix"),
    [
        ("glue", "glue"),
        ("stepfunctions", "states"),
        ("cloudwatch", "cloudwatch"),
        ("sesv2", "ses"),
        ("elbv2", "elasticloadbalancing"),
        ("efs", "elasticfilesystem"),
        ("opensearch", "es"),
        ("resourcegroupstaggingapi", "tag"),
    ],
)
def test_what_iam_calls_a_service(service: str, prefix: str) -> None:
    assert iam_prefix(service) == prefix
    assert prefix in iam_prefixes(service)


def test_iam_may_take_the_name_of_the_endpoint() -> None:
    assert iam_prefixes("sesv2") == {"ses", "sesv2", "email"}


def test_operations_are_the_client_s_methods_and_its_waiters() -> None:
    assert {"start_recovery", "describe_jobs"} <= operations_of("drs")
    assert "instance_running" in operations_of("ec2")


def test_a_service_that_is_not_there() -> None:
    assert "drs" in available_services()
    assert "dr5" not in available_services()
    with pytest.raises(UnknownServiceError, match="dr5"):
        operations_of("dr5")

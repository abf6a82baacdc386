"""Requests are checked against the model where the operation has a ValidationException."""

from typing import Any

import pytest

from tests.harness.aws.drs.conftest import Refused, World


@pytest.mark.parametrize(
    ("operation", "params", "field"),
    [
        ("describe_jobs", {"filters": {"jobIDs": ["drsjob-" + "-" * 17]}}, "filters.jobIDs[0]"),
        ("describe_jobs", {"filters": {"fromDate": "yesterday, at the hour"}}, "filters.fromDate"),
        ("describe_source_servers", {"filters": {"hardwareId": "x" * 257}}, "filters.hardwareId"),
        (
            "describe_source_servers",
            {"filters": {"sourceServerIDs": ["s-" + "0" * 17] * 201}},
            "filters.sourceServerIDs",
        ),
        (
            "update_launch_configuration",
            {"sourceServerID": "s-" + "0" * 17, "launchDisposition": "MAYBE"},
            "launchDisposition",
        ),
        ("describe_job_log_items", {"jobID": "drsjob-" + "!" * 17}, "jobID"),
    ],
)
def test_what_the_model_forbids(
    world: World, refused: Refused, operation: str, params: dict[str, Any], field: str
) -> None:
    world.drs.initialize_service()
    code, status, answer = refused(getattr(world.drs, operation), **params)
    assert (code, status) == ("ValidationException", 400)
    assert answer["reason"] == "fieldValidationFailed"
    assert field in {entry["name"] for entry in answer["fieldList"]}


def test_operations_without_the_error_do_not_raise_it(world: World, refused: Refused) -> None:
    world.drs.initialize_service()
    strange = "s-no-such-server-at-all"
    get = refused(world.drs.get_launch_configuration, sourceServerID=strange)
    assert get[:2] == ("ResourceNotFoundException", 404)
    start = refused(world.drs.start_recovery, sourceServers=[{"sourceServerID": strange}])
    assert start[:2] == ("ConflictException", 409)


def test_a_date_that_fits_the_pattern_and_is_none(world: World, refused: Refused) -> None:
    world.drs.initialize_service()
    filters = {"fromDate": "2026-02-31T00:00:00Z"}
    assert refused(world.drs.describe_jobs, filters=filters)[:2] == ("ValidationException", 400)

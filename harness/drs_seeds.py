"""What is in DRS before anything happens: of a scenario, or of a served account."""

from __future__ import annotations

from moto.core.exceptions import ServiceException

from harness.aws.drs import DRSBackend, drs_backends
from harness.aws.places import HUB
from harness.checked import Mistake, Place
from harness.scenario import Scenario


def seed_drs(seeds: Scenario) -> None:
    """Put its servers, jobs and quotas there. Raises Mistake for what DRS refuses."""
    for number, server in enumerate(seeds.servers):
        place: Place = ("servers", number)
        backend = _backend(server.account, server.region, (*place, "region"))
        backend.job_defaults, backend.quotas = seeds.timing, seeds.quotas
        for server_id in server.ids:
            try:
                backend.add_source_server(
                    server_id,
                    hostname=server.hostname or server_id,
                    tags=dict(server.tags),
                    with_launch_template=server.template,
                )
            except ServiceException as error:
                what = f"{server_id}: {error.message.rstrip('.')}"
                raise Mistake(what, place, "Raise it in `quotas`") from error
            if server.launch is not None:
                backend.plan_launch(server_id, server.launch)
    for number, region in enumerate(seeds.initialized):
        _backend(HUB, region, ("initialized", number)).initialize_service()
    for number, job in enumerate(seeds.jobs):
        _backend(job.account, job.region, ("jobs", number, "region")).plan_next_job(job)


def _backend(account: str, region: str, place: Place) -> DRSBackend:
    try:
        return drs_backends[account][region]
    except KeyError:
        raise Mistake(
            f"DRS is not in region {region!r}", place, "Write it as in us-east-1"
        ) from None

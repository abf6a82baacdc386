"""`serve`: the fake AWS account, DRS included, for any AWS client."""

from __future__ import annotations

import argparse
from pathlib import Path

from harness.aws.places import HUB, REGION
from harness.aws.server import listen, seed, until_told, url_of
from harness.scenario import Scenario

NAME = "serve"
HELP = "serve the fake AWS account, DRS included, to the AWS CLI, boto3 and any other client"
EXAMPLE = "drs-refactor serve --seed servers.yaml"

HOST, PORT = "127.0.0.1", 5000
"""Where moto's own server listens."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=int, default=PORT, metavar="N", help=f"{PORT}; 0 takes a free one"
    )
    parser.add_argument("--host", default=HOST, metavar="H", help=f"address to listen at; {HOST}")
    parser.add_argument(
        "--seed",
        type=Path,
        metavar="FILE",
        help="source servers and how their jobs go, in the format of scenarios; else it is empty",
    )


def run(options: argparse.Namespace) -> int:
    with listen(options.host, options.port) as server, until_told(server):
        seeds = seed(options.seed) if options.seed is not None else None
        url = url_of(server)
        print(f"the fake AWS account is at {url} (any credentials do; Ctrl-C ends it); try")
        print(f"    {_try(url, seeds)}", flush=True)
        server.serve_forever()
    return 0


def _try(url: str, seeds: Scenario | None) -> str:
    """A command that answers with what is there; DRS refuses others before it is initialized."""
    regions = [one.region for one in seeds.servers if one.account == HUB] if seeds else []
    regions += seeds.initialized if seeds else ()
    aws = f"aws --endpoint-url {url} --region {(regions or [REGION])[0]} drs"
    look = f"{aws} describe-source-servers"
    return look if regions else f"{aws} initialize-service && {look}"

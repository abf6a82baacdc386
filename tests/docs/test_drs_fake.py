"""docs/drs-fake.md says what is so: its code is run, its numbers and names are looked up.

Where the AWS CLI is not installed, a few lines of boto3 stand in for the `aws` of the page: they
read the same words and make the same calls.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import urllib.request
from dataclasses import asdict
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore import xform_name
from moto import mock_aws

from drs_refactor.__main__ import parser
from harness.aws.drs import JobTiming
from tests.drs_refactor.commands.test_serve import client, serving

# By the name under which it is registered: the package cannot be imported a second time.
from moto.drs.responses import DRSResponse  # isort: skip

SHOWN_URL = "http://127.0.0.1:5000"
STAND_IN = """
import json, sys
import boto3, jmespath
from botocore import xform_name
_, url, service, operation, *options = sys.argv[1:]
given = dict(zip(options[::2], options[1::2]))
query = given.pop("--query", "@")
client = boto3.client(service, endpoint_url=url)
name = client.meta.method_to_api_mapping[operation.replace("-", "_")]
members = client.meta.service_model.operation_model(name).input_shape.members
full = {"--" + xform_name(member, "-"): member for member in members}
parameters = {full[key]: [dict([value.split("=")])] for key, value in given.items()}
answer = getattr(client, operation.replace("-", "_"))(**parameters)
print(json.dumps(jmespath.search(query, answer)))
"""


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs/drs-fake.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def run(command: list[str], **environment: str) -> str:
    """What it prints; without the settings of who runs the tests."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    kept = {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_PAGER": "",
        "AWS_DEFAULT_OUTPUT": "json",
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
        "NO_PROXY": "127.0.0.1",
    }
    done = subprocess.run(
        command,
        env={**own, **kept, **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def cli_is_there() -> bool:
    """One that runs: a version manager's placeholder does not."""
    try:
        return (
            subprocess.run(["aws", "--version"], check=False, capture_output=True).returncode == 0
        )
    except OSError:
        return False


def check_python(code: str) -> None:
    """It prints what its comments say."""
    shown = re.findall(r"^ *print\(.*\)  # (.+)$", code, re.MULTILINE)
    assert shown
    assert run([sys.executable, "-c", code]).splitlines() == shown


def documents(text: str) -> list[Any]:
    """JSON documents, one after the other."""
    found = []
    while text := text.strip():
        document, end = json.JSONDecoder().raw_decode(text)
        found.append(document)
        text = text[end:]
    return found


def test_one_import_and_plain_moto(page: str) -> None:
    check_python(blocks(page, "python")[0])


def test_the_served_account_answers_as_shown(page: str, tmp_path: Path) -> None:
    serve, commands = blocks(page, "sh")
    code = blocks(page, "python")[1]
    assert SHOWN_URL in commands
    assert SHOWN_URL in code
    (tmp_path / "servers.yaml").write_text(*blocks(page, "yaml"), encoding="utf-8")
    program, _, *options = shlex.split(serve)
    assert (program, options) == ("drs-refactor", ["--seed", "servers.yaml"])
    with serving(tmp_path, "--seed", str(tmp_path / "servers.yaml")) as (url, _):
        if not cli_is_there():
            (tmp_path / "aws").write_text(f"#!{sys.executable}\n{STAND_IN}", encoding="utf-8")
            (tmp_path / "aws").chmod(0o755)
        path = os.pathsep.join((str(tmp_path), os.environ["PATH"]))
        told = run(["sh", "-ec", commands.replace(SHOWN_URL, url)], PATH=path)
        started, results = documents(told)
        assert started["job"]["type"] == "LAUNCH"
        assert results == ["SUCCEEDED", "NOT_STARTED"]
        check_python(code.replace(SHOWN_URL, url))

        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        direct.open(f"{url}/moto-api/reset", data=b"").close()
        drs = client(url, "drs")
        with pytest.raises(drs.exceptions.UninitializedAccountException):
            drs.describe_source_servers()


def test_it_listens_where_the_page_says(page: str) -> None:
    options = parser(["serve"]).parse_args(["serve"])
    assert f"http://{options.host}:{options.port}" == SHOWN_URL
    assert f"at {options.host}, port {options.port} " in page


def test_the_operations_are_those_that_are_there(page: str) -> None:
    model = botocore.session.get_session().get_service_model("drs")
    there = {name for name in model.operation_names if hasattr(DRSResponse, xform_name(name))}
    told = re.search(r"^(\d+) of (\d+) operations.*?: ([^.]+)\.", page, re.MULTILINE | re.DOTALL)
    assert told is not None
    assert (int(told[1]), int(told[2])) == (len(there), len(model.operation_names))
    assert sorted(re.split(r",\s", told[3])) == sorted(there)


def test_a_launch_takes_what_the_page_says(page: str) -> None:
    times = JobTiming()
    assert times.terminate_seconds == 60  # of another kind of job
    assert f"a launch takes {sum(asdict(times).values()) - 60:g} otherwise" in page


def test_what_is_not_there_is_refused_in_a_process_too() -> None:
    with mock_aws(), pytest.raises(NotImplementedError, match="describe_source_networks"):
        boto3.session.Session().client("drs", "us-east-1").describe_source_networks()

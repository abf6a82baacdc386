"""Arguments that no JSON carries: refused with a line to copy, or made anew by their owner."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codemods.odd_tree import (
    CONFIG,
    PLANNER_PATH,
    WORKER_PATH,
    OddTree,
    answer,
    module,
    same_as_before,
)

CLIENT = """\
GREETING = "hello"


class Client:
    def __init__(self, region):
        self.region = region

    def greet(self, x):
        return f"{GREETING} {x} from {self.region}"


def work(client, x, flag=True):
    return client.greet(x), flag


def lambda_handler(event, context):
    return work(Client("here"), event["x"])[0]
"""
ANEW = """\
payload = { region = "client.region", x = "x", flag = "flag" }
made_anew = { client = "Client(region)" }
"""


def test_made_anew_from_the_payload_and_the_sources_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = 'GREETING = "bye"\n\n\ndef lambda_handler(event, context):\n    return GREETING\n'
    tree = OddTree(tmp_path / "t", CLIENT, worker, config=CONFIG + ANEW)
    new = same_as_before(tree, monkeypatch, ("you", 3), ({},))
    assert 'region = event["region"]' in new[WORKER_PATH]
    request = {"action": "work", "region": "there", "x": 1, "flag": False}
    given = answer(new[WORKER_PATH], request)[0]
    assert given == {"action": "work", "result": ("hello 1 from there", False)}


def test_an_argument_that_is_not_needed_crosses_as_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planner = (
        "def work(x, context):\n    return x + 1\n\n\n"
        "def lambda_handler(event, context):\n    return work(event['x'], context)\n"
    )
    config = CONFIG + "made_anew = { context = 'None' }\n"
    new = same_as_before(OddTree(tmp_path / "t", planner, config=config), monkeypatch)
    assert '{"x": x}' in new[PLANNER_PATH]


def test_no_parameters_at_all(tmp_path: Path) -> None:
    planner = (
        "def work():\n    return 1\n\n\ndef lambda_handler(event, context):\n    return work()\n"
    )
    new = OddTree(tmp_path / "t", planner).migrated()
    assert "    result = work()\n" in new[WORKER_PATH]
    assert module(new[WORKER_PATH])["lambda_handler"]({"action": "work"}, None)["result"] == 1


@pytest.mark.parametrize(
    ("planner", "config", "line", "told"),
    [
        (
            CLIENT,
            "",
            13,
            "client of work cannot cross as JSON: its attribute 'greet' is used: "
            "Say what its owner takes for it: made_anew = { client = '…' }",
        ),
        (
            "import boto3\n\n\ndef work(x, c):\n    return use(x, c)\n\n\n"
            "def lambda_handler(event, context):\n"
            '    return work(event["x"], boto3.client("glue"))\n',
            'payload = { x = "x", c = "c" }\n',
            9,
            "c of work cannot cross as JSON: it is given a client: Say what its owner takes for "
            "it: made_anew = { c = \"boto3.client('glue')\" }, and take it out of the payload",
        ),
    ],
)
def test_refused_with_a_line_to_copy(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    planner: str,
    config: str,
    line: int,
    told: str,
) -> None:
    tree = OddTree(tmp_path / "t", planner, config=CONFIG + config)
    refusal = tree.refusal(capsys)
    assert f"{PLANNER_PATH}:{line}: {told}" in refusal.replace(". ", ": ")
    assert "(migration.toml, line 9)" in refusal


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ("made_anew = { client = 'Client(there)' }\n", "has 'there'"),
        ("made_anew = { client = 'Client(' }\n", "no Python expression"),
        ("made_anew = { other = '1' }\n", "'other', which is made anew, is no parameter"),
        (
            "payload = { x = 'x', client = '1', flag = 'flag' }\nmade_anew = { client = '1' }\n",
            "'client' is sent in the payload, and made anew",
        ),
        (
            "payload = { r = '1', x = 'x', flag = 'flag' }\nmade_anew = { client = 'Client(2)' }\n",
            "'r' in the payload is for no parameter",
        ),
    ],
)
def test_rules_that_cannot_be_followed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], config: str, told: str
) -> None:
    assert told in OddTree(tmp_path / "t", CLIENT, config=CONFIG + config).refusal(capsys)

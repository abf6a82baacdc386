"""Arguments that no JSON carries: refused with a line to copy, or made anew by their owner."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.migrate import migrate
from drs_refactor.migration import load
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


def moved(tmp_path: Path, work: str, call: str = "work(x)") -> OddTree:
    planner = (
        f"{work}\n\n\ndef lambda_handler(event, context):\n    x = event['x']\n    return {call}\n"
    )
    return OddTree(tmp_path / "t", planner)


@pytest.mark.parametrize(
    ("work", "call", "told"),
    [
        (
            "def work(x):\n    x.append(1)",
            "work(x) or x",
            'work changes x, and its caller would not see that. Say so: mutates = "x"',
        ),
        ("def work(y, x=None):\n    x['a'] = y", "work(1, x=event['x'])", "work changes x"),
        ("def work(x):\n    return {x}", "work(x)", "work gives what JSON lacks"),
        ("def work(x):\n    return set(x)", "work(x)", "Let it return a list"),
        ("NO = object()\n\n\ndef work(x, y=NO):\n    return x", "work(x)", "the default of y of"),
        ("def work(x, *, y=frozenset()):\n    return x", "work(x)", "the default of y of"),
    ],
)
def test_what_would_be_lost_on_the_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], work: str, call: str, told: str
) -> None:
    assert told in moved(tmp_path, work, call).refusal(capsys)


@pytest.mark.parametrize(
    ("work", "call"),
    [
        ("def work(x):\n    x = list(x)\n    x.append(1)\n    return x", "work(x)"),
        ("def work(x):\n    x.append(1)\n    return x", "work([1])"),
        ("def work(x):\n    def inner():\n        return {x}\n    return len(inner())", "work(x)"),
        ("def work(x, y=None):\n    return x", "work(x)"),
    ],
)
def test_what_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: str, call: str
) -> None:
    same_as_before(moved(tmp_path, work, call), monkeypatch)


@pytest.mark.parametrize(
    ("work", "told"),
    [
        ("def work(x):\n    return x, 2", "3: work gives a tuple, which arrives as a list"),
        ("def work(x):\n    return {1: x}", "3: work gives a dictionary whose keys arrive as text"),
    ],
)
def test_what_arrives_as_something_else_is_told(tmp_path: Path, work: str, told: str) -> None:
    tree = moved(tmp_path, f"# The work.\n{work}")
    assert f"{PLANNER_PATH}:{told}" in migrate(tree.root, load(tree.config)).plan.mentions


def test_exceptions_come_back_as_what_the_caller_catches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planner = (
        "class Base(Exception):\n    pass\n\n\nclass Late(Base):\n    pass\n\n\n"
        "def work(x):\n    if x > 2:\n        raise Late('too late')\n    raise KeyError(x)\n\n\n"
        "def lambda_handler(event, context):\n    try:\n        return work(event['x'])\n"
        "    except Base as error:\n        return [type(error).__name__, str(error)]\n"
        "    except KeyError as error:\n        return str(error)\n"
    )
    same_as_before(OddTree(tmp_path / "t", planner), monkeypatch, (1, 3))

from __future__ import annotations

import pickle
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from harness.compute.cues import Cues, copy_of, given, target
from harness.compute.results import Exchange, Tape, TapeStep


def exchange(name: str, outcome: Any = None, function: str = "f", kind: str = "answer") -> Exchange:
    return Exchange(function, name, kind, pickle.dumps(outcome or {}))


def tape(*exchanges: Exchange) -> Tape:
    return Tape("s", "legacy", (TapeStep(0.0, "Poll", "f", "{}", None, None, exchanges),))


def test_answers_come_in_order_and_fresh() -> None:
    cues = Cues(tape(exchange("drs.A", {"list": []}), exchange("drs.B")))
    for _ in range(2):
        cues.prepare()
        _, answer = cues.next(1, "f", "drs.A")
        assert answer == {"list": []}
        answer["list"].append("changed by the tree")
        cues.next(1, "f", "drs.B")
        cues.end(1)
        assert not cues.diverged


@pytest.mark.parametrize(
    ("function", "name", "told"),
    [
        ("f", "drs.B", "step 1 (Poll): f asked for drs.B, not f's drs.A"),
        ("g", "drs.A", "step 1 (Poll): g asked for drs.A, not f's drs.A"),
    ],
)
def test_another_call_diverges(function: str, name: str, told: str) -> None:
    cues = Cues(tape(exchange("drs.A"), exchange("drs.B")))
    cues.prepare()
    with pytest.raises(LookupError):
        cues.next(1, function, name)
    assert cues.diverged == told


def test_one_call_more_or_less_diverges() -> None:
    cues = Cues(tape(exchange("drs.A")))
    cues.prepare()
    cues.end(1)
    assert cues.diverged == "step 1 (Poll): nobody asked for f's drs.A"
    cues.prepare()
    assert not cues.diverged
    cues.next(1, "f", "drs.A")
    with pytest.raises(LookupError, match="which the recording has not"):
        cues.next(1, "f", "drs.A")


def test_what_warm_code_keeps_is_asked_no_more() -> None:
    cues = Cues(tape(exchange("sts.Once"), exchange("drs.A"), exchange("sts.Last")))
    cues.prepare(learns=True)
    cues.next(1, "f", "drs.A")
    cues.end(1)
    assert cues.calls == 1
    cues.prepare()
    cues.next(1, "f", "drs.A")
    cues.end(1)
    assert not cues.diverged


def test_bodies_can_be_read_each_time() -> None:
    one = Exchange("f", "lambda.Invoke", "answer", pickle.dumps({}), (("Payload", b"[1]"),))
    assert [copy_of(one)["Payload"].read() for _ in range(2)] == [b"[1]", b"[1]"]


def test_errors_are_of_the_clients_own_classes() -> None:
    class Missing(ClientError):
        pass

    client = SimpleNamespace(exceptions=SimpleNamespace(from_code={"Gone": Missing}.get))
    refused = exchange("drs.A", ({"Error": {"Code": "Gone"}}, "A"), kind="client error")
    with pytest.raises(Missing, match="Gone"):
        given(refused, copy_of(refused), client)
    late = exchange("drs.A", ReadTimeoutError(endpoint_url="https://drs"), kind="error")
    with pytest.raises(ReadTimeoutError, match="https://drs"):
        given(late, copy_of(late), client)


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("poll-dev", "poll"),
        ("arn:aws:lambda:eu-1:1:function:poll-dev", "poll"),
        ("arn:aws:lambda:eu-1:1:function:poll-dev:live", "poll"),
        ("1:function:poll-dev", "poll"),
        ("poll", ""),
        ("poll-dev-2", ""),
    ],
)
def test_functions_by_all_their_names(asked: str, key: str) -> None:
    names = {"poll": ("poll-dev", "arn:aws:lambda:eu-1:1:function:poll-dev")}
    assert target(names, asked) == key

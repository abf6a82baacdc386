from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codemods.signatures import Signature, check_payload, keys_of, payload_of, unwrapped_key
from drs_refactor.errors import InputError
from tests.codemods.fake_lambda import move

THREE = Signature("def work(a, b=1, *, c):", ("a", "b", "c"), frozenset("c"), frozenset("b"))


def test_each_parameter_crosses_under_its_own_name_by_default() -> None:
    assert payload_of(move(), THREE) == {"a": "a", "b": "b", "c": "c"}


@pytest.mark.parametrize(
    ("payload", "keys"),
    [
        ({"c": "c", "b": "b", "a": "a"}, {"a": "a", "b": "b", "c": "c"}),
        ({"x": "c", "y": "b", "z": "a"}, {"a": "z", "b": "y", "c": "x"}),
        ({"c": "c", "made": "a or 1"}, {"a": "made", "c": "c"}),
    ],
)
def test_the_key_that_a_parameter_takes(payload: dict[str, str], keys: dict[str, str]) -> None:
    assert keys_of(move(payload=payload), THREE) == keys
    check_payload(move(payload=payload), THREE, Path("m.toml"))


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"payload": {"a": "a"}}, "nothing in the payload is for 'c'"),
        ({"payload": {"a": "a", "b": "b", "c": "c", "d": "1"}}, "'d' in the payload is for no"),
        ({"payload": {"a": "b", "b": "a", "c": "c"}}, "payload key 'a' is also a parameter"),
        ({"mutates": "state"}, "'state', which it mutates"),
    ],
)
def test_payloads_that_cannot_make_the_call(changes: dict[str, Any], what: str) -> None:
    with pytest.raises(InputError, match=what) as caught:
        check_payload(move(**changes), THREE, Path("m.toml"))
    assert caught.value.place == "m.toml:7"


def test_parameters_with_names_that_stubs_use_are_refused() -> None:
    signature = Signature("def work(action):", ("action",))
    with pytest.raises(InputError, match="the payload key 'action' is taken"):
        check_payload(move(), signature, Path("m.toml"))


@pytest.mark.parametrize(
    ("expression", "key"),
    [
        ("event.get('application', event)", "application"),
        ('event.get("a b", event)', "a b"),
        ("event.get('application')", None),
        ("event.get('application', {})", None),
        ("event.get('application', other)", None),
        ("other.get('application', other)", None),
        ("event.get(key, event)", None),
        ("event.pop('application', event)", None),
        ("event['application']", None),
        ("event", None),
    ],
)
def test_what_a_payload_takes_out_of_its_parameter(expression: str, key: str | None) -> None:
    assert unwrapped_key(expression, "event") == key

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.fuzzing.mutations import INVOCATIONS, _retyped, closed, mutate, opened

BODY = {"planId": "plan-1", "waves": [{"n": 1}]}
DATA: dict[str, Any] = {
    "tables": {"T": [{"id": "1", "region": "us-east-1", "tags": {"a": "b"}}]},
    "start": {"input": {"Plan": {"waves": [1, 2]}}},
    "invoke": [
        {"function": "f", "event": {"path": "/x", "body": json.dumps(BODY)}, "seconds": 1.0},
        {"function": "g", "event": {"a": None}},
    ],
    "servers": [{"id": "s-1"}],
    "timing": {"launch_seconds": 1},
}
KEPT = {"T": frozenset({"id"})}


@settings(max_examples=150, deadline=None, database=None)
@given(st.data(), st.integers(1, 6))
def test_only_what_a_tree_reads_is_changed(data: st.DataObject, times: int) -> None:
    before = copy.deepcopy(DATA)
    changed = mutate(data.draw, DATA, KEPT, times)
    assert before == DATA
    assert changed["servers"] == DATA["servers"]
    assert changed["timing"] == DATA["timing"]
    assert [item["id"] for item in changed["tables"]["T"]] == ["1"]
    assert 1 <= len(changed["invoke"]) <= INVOCATIONS
    for invocation in changed["invoke"]:
        assert invocation["function"] in ("f", "g")
        assert "event" in invocation
    json.dumps(changed, allow_nan=False)


def test_every_kind_of_place_is_changed_sometime() -> None:
    seen: set[str] = set()

    @settings(max_examples=300, deadline=None, database=None)
    @given(st.data())
    def look(data: st.DataObject) -> None:
        changed = mutate(data.draw, DATA, KEPT, 1)
        if changed["start"] != DATA["start"]:
            seen.add("input")
        if changed["tables"] != DATA["tables"]:
            seen.add("item")
        if [i.get("seconds") for i in changed["invoke"]] != [1.0, None]:
            seen.add("moment or number")
        event = changed["invoke"][0]["event"]
        body = event.get("body") if isinstance(event, dict) else None
        if isinstance(body, str) and body.startswith("{") and json.loads(body) != BODY:
            seen.add("text that is JSON")

    look()
    assert seen == {"input", "item", "moment or number", "text that is JSON"}


def test_opened_and_closed() -> None:
    value = {"body": json.dumps(BODY), "other": ["{no json", "{}", 1]}
    assert opened(value)["body"] == {"$json": BODY}
    assert closed(opened(value)) == value


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (True, "true"),
        (3, "3"),
        (4, 4.0),
        (1.5, "1.5"),
        ("12", 12),
        ("x", ["x"]),
        ("²", ["²"]),
        ([7, 8], 7),
        ([], {}),
        ({"a": 1}, [1]),
        (None, ""),
    ],
)
def test_the_same_thing_as_another_type(value: Any, other: Any) -> None:
    found = _retyped(value)
    assert (found, type(found)) == (other, type(other))

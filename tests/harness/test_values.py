from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from harness.values import MISSING, frozen_copy, to_json


def test_a_frozen_copy_is_not_reached_by_later_changes() -> None:
    state: dict[str, Any] = {"waves": [{"ids": ["a"]}]}
    copy = frozen_copy(state)
    state["waves"][0]["ids"].append("b")
    assert copy == {"waves": [{"ids": ["a"]}]}


def test_an_unknown_object_becomes_its_type_not_its_address() -> None:
    assert frozen_copy({"client": object()}) == {"client": "<object>"}


@pytest.mark.parametrize(
    "value",
    [
        Decimal("1.50"),
        datetime(2026, 1, 5, tzinfo=UTC),
        b"\x00\xff",
        (1, 2),
        frozenset({1}),
        MISSING,
    ],
)
def test_what_json_lacks_is_tagged(value: Any) -> None:
    written = json.dumps(to_json(value))
    assert "$type" in written or "$missing" in written


def test_decimal_keeps_its_digits() -> None:
    assert to_json(Decimal("1.50")) == {"$type": "Decimal", "value": "1.50"}

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from harness.clock import EPOCH
from harness.clock_readings import READING, without_clock
from harness.recording import Error

NOW = int(EPOCH.timestamp())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (NOW + 30, READING),
        (Decimal(NOW), READING),
        (NOW * 1000 + 123, READING),
        (NOW + 0.25, READING),
        (31_536_000, 31_536_000),
        (True, True),
        (None, None),
        (5, 5),
        ("2026-01-05T09:00:30.120000+00:00", READING),
        ("2026-01-05T09:00:30Z", READING),
        (f"job at {NOW + 1}", f"job at {READING}"),
        ("s-1767603600aa", "s-1767603600aa"),
        ("123456789012", "123456789012"),
        ("PT123S", READING),
        ("P1DT2H", READING),
        ("P", "P"),
        ("PLAN", "PLAN"),
        (datetime(2026, 1, 5, tzinfo=UTC), READING),
        ({"duration_seconds": 30, "n": 30}, {"duration_seconds": READING, "n": 30}),
        ([1, (2, NOW)], [1, [2, READING]]),
        (Error("E", f"at {NOW}"), {"type": "E", "message": f"at {READING}"}),
    ],
)
def test_readings_of_the_clock(value: Any, expected: Any) -> None:
    assert without_clock(value) == expected

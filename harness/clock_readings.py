"""Values without their clock readings, for comparisons of runs that do not keep the same time.

A reading is a point in the run's virtual time, as epoch seconds, milliseconds or an ISO 8601 text,
wherever it stands, also within a text; a length of time as ISO 8601 writes it; and what stands
under a key that names one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from harness.clock import EPOCH

READING = "<clock>"

_LENGTH = re.compile(r"duration|elapsed|total_wait|totalWait", re.IGNORECASE)
_DAY = EPOCH - timedelta(days=1)
_END = EPOCH + timedelta(days=800)
_EPOCH_TEXT = re.compile(r"(?<![\w.])(1[78]\d{8})(\d{3})?(\.\d+)?(?![\w.])")
_ISO_LENGTH = re.compile(r"P(?=[\dT])(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")
_ISO_TEXT = re.compile(r"20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")


def without_clock(value: Any, key: str = "") -> Any:
    """A copy of plain data, or of dataclasses of it, with READING for each clock reading."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        return READING if _LENGTH.search(key) or _is_point(float(value)) else value
    if isinstance(value, str):
        if _ISO_LENGTH.fullmatch(value):
            return READING
        return _ISO_TEXT.sub(READING, _EPOCH_TEXT.sub(READING, value))
    if isinstance(value, Mapping):
        return {name: without_clock(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_clock(item, key) for item in value]
    if isinstance(value, datetime):
        return READING
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: without_clock(getattr(value, f.name), f.name) for f in fields(value)}
    return value


def _is_point(number: float) -> bool:
    """True for a time between the eve of every run and two years later, in seconds or in ms."""
    return any(_DAY.timestamp() <= number / unit <= _END.timestamp() for unit in (1, 1000))

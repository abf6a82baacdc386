"""Reads latency.toml. Every mistake is an InputError with the line of the key."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from botocore import xform_name

from drs_refactor.services import available_services, operations_of
from drs_refactor.toml_keys import Keys, read
from harness.bench.latency import Distribution, Entry, Latencies, Prices

SHIPPED = Path(__file__).parent / "latency.toml"
NAME = "latency.toml"
_RANGE = "Write range = [lowest, highest], around p50"
_SETTINGS = ("settings", "price")
_COLD = re.compile(r"lambda\.cold\.[1-9][0-9]*", re.ASCII)
_KEYS = ("p50", "p95", "samples", "source", "range", "per_item", "items")


def latencies(own: Path | None = None) -> Latencies:
    """The shipped model, with the entries, settings and prices of a file of one's own over it.

    Raises InputError for unknown names, negative times, empty distributions and the like.
    """
    shipped = read(SHIPPED, NAME, "")
    entries = dict(_entries(shipped))
    tops = [shipped]
    if own is not None:
        top = read(own, NAME, "Name one with --latency FILE")
        for name, entry in _entries(top, known=entries):
            entries[name] = entry
        tops.append(top)
    settings = _merged(tops, "settings", ("idle", "concurrency"))
    if settings["concurrency"] < 1 or settings["concurrency"] % 1:
        top = next(top for top in reversed(tops) if "concurrency" in top.table.get("settings", {}))
        raise top.fail(
            f"'concurrency' must be a whole number from 1 on: {settings['concurrency']:g}",
            "settings",
            "concurrency",
            mend="AWS's default is 1000",
        )
    price = _merged(tops, "price", ("source", "gb_second", "request", "transition"))
    source = price.pop("source")
    where = ("as shipped",) if own is None else ("as shipped", own.name)
    return Latencies(
        entries, settings["idle"], int(settings["concurrency"]), Prices(**price, source=source),
        where,
    )  # fmt: skip


def _merged(tops: list[Keys], name: str, allowed: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for top in tops:
        keys = top.table_of(name, f"[{name}]", {})
        keys.allow(*allowed)
        for key in keys.table:
            found[key] = keys.get(key, str) if key == "source" else _number(keys, key)
    return found


def _entries(top: Keys, known: Mapping[str, Entry] | None = None) -> Iterator[tuple[str, Entry]]:
    for key in top.table:
        if key not in _SETTINGS:
            yield from _below(top.table_of(key, f"[{key}]"), key, known)


def _below(keys: Keys, name: str, known: Mapping[str, Entry] | None) -> Iterator[tuple[str, Entry]]:
    inner = [key for key, value in keys.table.items() if isinstance(value, dict)]
    if not inner or set(keys.table) & set(_KEYS):
        _check_name(keys, name, known)
        yield name, _entry(keys, name)
        return
    keys.allow(*inner)
    for key in inner:
        yield from _below(keys.table_of(key, f"[{name}.{key}]"), f"{name}.{key}", known)


def _check_name(keys: Keys, name: str, known: Mapping[str, Entry] | None) -> None:
    """Operations by botocore's models; all else as in the shipped file."""
    kind, *parts = name.split(".")
    if kind == "call" and len(parts) == 2:
        service, operation = parts
        if service not in available_services():
            raise keys.fail(
                f"botocore knows no service {service!r}", mend="Name it as boto3.client() does"
            )
        if operation != "default" and not _is_operation(service, operation):
            raise keys.fail(
                f"{service} has no operation {operation!r}",
                mend="Name it as AWS's API reference does: call.drs.StartRecovery",
            )
    elif _COLD.fullmatch(name):
        return
    elif known is not None and name not in known:
        raise keys.fail(
            f"there is nothing like {name!r}", mend=f"Known: {', '.join(sorted(known))}"
        )


def _is_operation(service: str, operation: str) -> bool:
    return operation != xform_name(operation) and xform_name(operation) in operations_of(service)


def _entry(keys: Keys, name: str) -> Entry:
    keys.allow(*_KEYS)
    source = keys.get("source", str)
    if not source.strip():
        raise keys.fail(f"{keys.name} has an empty source", "source", mend='Write "assumed"')
    low, high = _range(keys)
    entry = Entry(
        name, _distribution(keys), source, low, high,
        _number(keys, "per_item", 0.0), keys.get("items", str, ""),
    )  # fmt: skip
    if bool(entry.items) != ("per_item" in keys.table):
        raise keys.fail(
            f"{keys.name} has one of 'per_item' and 'items'", mend="Give both, or neither"
        )
    if low is not None and high is not None and not low <= entry.seconds.p50 <= high:
        raise keys.fail(
            f"{keys.name}: p50 = {entry.seconds.p50:g} is outside its range", "range", mend=_RANGE
        )
    if entry.assumed and entry.high is None:
        raise keys.fail(
            f"{keys.name} is assumed and has no range", mend="Add range = [lowest, highest]"
        )
    return entry


def _distribution(keys: Keys) -> Distribution:
    if "samples" in keys.table:
        samples = keys.get("samples", list)
        if not samples:
            raise keys.fail(f"{keys.name} has no sample", "samples", mend="Give at least one")
        if {"p50", "p95"} & set(keys.table):
            raise keys.fail(
                f"{keys.name} has samples and quantiles", "samples", mend="Give one of the two"
            )
        ordered = tuple(sorted(_seconds(keys, "samples", sample) for sample in samples))
        return Distribution(ordered[len(ordered) // 2], samples=ordered)
    p50 = _number(keys, "p50")
    p95 = _number(keys, "p95") if "p95" in keys.table else None
    if p95 is not None and (p95 < p50 or p50 == 0 < p95):
        raise keys.fail(
            f"{keys.name}: p95 = {p95:g} does not go with p50 = {p50:g}",
            "p95",
            mend="p95 is the greater of the two, and 0 goes with 0 only",
        )
    return Distribution(p50, p95)


def _range(keys: Keys) -> tuple[float | None, float | None]:
    if "range" not in keys.table:
        return None, None
    values = keys.get("range", list)
    if len(values) != 2:
        raise keys.fail("'range' must be two numbers", "range", mend=_RANGE)
    low, high = (_seconds(keys, "range", value) for value in values)
    if low > high:
        raise keys.fail(f"'range' ends below its begin: {low:g} to {high:g}", "range", mend=_RANGE)
    return low, high


def _number(keys: Keys, key: str, default: float | None = None) -> float:
    if key not in keys.table:
        if default is None:
            raise keys.fail(f"{keys.name} has no {key!r}", mend=f"Add {key} = …")
        return default
    return _seconds(keys, key, keys.table[key])


def _seconds(keys: Keys, key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise keys.fail(f"{key!r} must be a number", key, mend="Times are in seconds")
    if value < 0:
        raise keys.fail(
            f"{key!r} must not be negative: {value:g}", key, mend="Times are in seconds"
        )
    return float(value)

"""Courses of mixed versions in replay files: `parts` are new at first, then `switches`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from drs_refactor.errors import InputError
from harness.rollout.results import Course, Switch
from harness.switches import Moment

KEY = "parts"
"""A case that has it is one of mixed versions."""


def as_case(course: Course) -> dict[str, Any]:
    """What a case says of a course, as JSON types."""
    switches = [
        {
            ("invocation" if switch.moment.inside else "step"): switch.moment.number,
            KEY: sorted(switch.new),
        }
        for switch in course.switches
    ]
    return {KEY: sorted(course.start), "switches": switches}


def from_case(case: Mapping[str, Any], parts: Collection[str], path: Path) -> Course:
    """The course of a case. Raises InputError for what is not understood, or is no part of these
    trees.
    """
    switches = case.get("switches", [])
    if not isinstance(switches, list):
        raise InputError("`switches` must be a list", path=path)
    return Course(_new(case, parts, path), tuple(_switch(given, parts, path) for given in switches))


def _switch(given: Any, parts: Collection[str], path: Path) -> Switch:
    for key in ("step", "invocation"):
        number = given.get(key) if isinstance(given, dict) else None
        if isinstance(number, int) and number > 0:
            return Switch(Moment(number, key == "invocation"), _new(given, parts, path))
    raise InputError(
        f"this is no switch: {given!r:.80}",
        path=path,
        mend='Write {"step": 3, "parts": [...]} or {"invocation": 1, "parts": [...]}',
    )


def _new(given: Mapping[str, Any], parts: Collection[str], path: Path) -> frozenset[str]:
    names = given.get(KEY)
    if not isinstance(names, list):
        raise InputError("`parts` must be a list", path=path)
    for name in names:
        if name not in parts:
            raise InputError(
                f"the two trees do not differ in {name!r}",
                path=path,
                mend=f"Known: {', '.join(parts)}",
            )
    return frozenset(names)

"""A plan as SARIF 2.1.0, so that code review shows it where it applies.

The format is OASIS's: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from codemods.migrate import Migrated
from drs_refactor.documents import relative

RULES = {
    "divergence": "The refactored tree does something else than legacy here.",
    "fault": "The refactored tree takes a fault otherwise than legacy.",
    "look-at": "A person must look at this: the move does not change it.",
    "left-behind": "A use of a service that should be gone.",
    "split-state": "State of a module that both sides of the move have now, each its own.",
    "differs": "A name of moved code means something else than it did.",
    "clash": "A name with two meanings: the older one has an alias now.",
}
_LEVELS = {
    "divergence": "error",
    "fault": "error",
    "left-behind": "error",
    "differs": "error",
    "split-state": "warning",
}
_LINK = re.compile(r"\[(?=[^]]*\]\()")
"""The bracket that would begin an embedded link (3.11.6 of the format)."""
_PLACE = re.compile(r"(?P<path>[^\s:]+):(?P<line>\d+)(?:\s\([^)]*\))?:?\s(?P<text>.*)", re.S)


def sarif(result: Migrated, output: Path) -> dict[str, Any]:
    """The log of one move. Places are in the source tree, of what is left in the output; a finding
    without one has none.
    """
    return log(list(results(result, output)))


def log(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The log of one run with these results."""
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "drs-refactor",
                        "version": version("drs-refactor"),
                        "rules": [
                            {"id": rule, "shortDescription": {"text": text}}
                            for rule, text in RULES.items()
                        ],
                    }
                },
                "results": found,
            }
        ],
    }


def results(result: Migrated, output: Path) -> Iterator[dict[str, Any]]:
    """What a reviewer must see of a move."""
    for resolution in result.plan.resolutions:
        if resolution.outcome == "aliased":
            yield finding("clash", resolution.detail, result.source)
    for mention in result.plan.mentions:
        yield finding("look-at", mention, result.source)
    for left in result.service_calls_left:
        yield finding("left-behind", left, output)
    for state in result.proof.split:
        yield finding("split-state", str(state), result.source)
    for proved in result.proof.proved:
        for problem in proved.problems():
            yield finding("differs", problem, result.source)


def finding(rule: str, said: str, tree: Path) -> dict[str, Any]:
    """One result; `said` begins with its place, relative to the tree, if it has one."""
    found = _PLACE.match(said)
    result: dict[str, Any] = {
        "ruleId": rule,
        "level": _LEVELS.get(rule, "note"),
        "message": {"text": _LINK.sub(r"\\[", said if found is None else found["text"])},
    }
    if found is not None:
        uri = quote(f"{relative(tree)}/{found['path']}")
        place = {"artifactLocation": {"uri": uri}, "region": {"startLine": int(found["line"])}}
        result["locations"] = [{"physicalLocation": place}]
    return result

"""Reads [[allowances]] of migration.toml: differences that are declared, each with its scope.

A scope that covers everything is a mistake: what it excused would never be seen again.
"""

from __future__ import annotations

import re

from drs_refactor.model import Allowance
from drs_refactor.toml_keys import Keys

KINDS = (
    "permission",
    "late",
    "calls",
    "exception",
    "state",
    "step",
    "execution",
    "table",
    "drs",
    "ec2",
    "logs",
    "network",
    "deployment",
)
"""What is compared: the kinds of a divergence, in the order in which causes are looked for. The
last is of the templates, not of any scenario.
"""
NEVER = ("permission", "late", "network", "exception")


def allowance(keys: Keys) -> Allowance:
    """One allowance. Raises InputError for what is missing or too broad."""
    keys.allow("name", "reason", "kind", "path", "scenarios", "at_most", "legacy", "refactored")
    for key in ("name", "reason", "path"):
        if not keys.get(key, str).strip():
            raise keys.fail(f"{key!r} is empty", key, mend="Say it in a few words")
    kind = keys.get("kind", str)
    if kind not in KINDS:
        raise keys.fail(f"there is no kind {kind!r}", "kind", mend=f"Known: {', '.join(KINDS)}")
    if kind in NEVER:
        raise keys.fail(
            f"a difference of kind {kind!r} cannot be allowed", "kind", mend="Mend its cause"
        )
    path = keys.get("path", str)
    patterns = [keys.get(key, str, "") for key in ("legacy", "refactored")]
    for key, pattern in zip(("legacy", "refactored"), patterns, strict=True):
        try:
            re.compile(pattern)
        except re.error as error:
            raise keys.fail(f"{key!r} is no regular expression: {error}", key) from None
    if not re.search(r"[A-Za-z]{3}", path) and not any(patterns):
        raise keys.fail(
            f"path = {path!r} hides every difference of kind {kind!r}",
            "path",
            mend="Name the path as verify prints it; * stands for any text in it",
        )
    scenarios = keys.strings("scenarios")
    if not scenarios:
        raise keys.fail(
            "'scenarios' names no scenario", "scenarios", mend='Name them; ["*"] means all'
        )
    at_most = keys.get("at_most", int)
    if at_most < 1:
        raise keys.fail("'at_most' must be 1 or more", "at_most")
    return Allowance(
        keys.get("name", str),
        keys.get("reason", str),
        kind,
        path,
        scenarios,
        at_most,
        keys.line,
        *patterns,
    )

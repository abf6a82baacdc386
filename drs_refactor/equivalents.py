"""Reads equivalent-mutants.toml: mutants that change nothing that anybody could notice, and why.

    [[equivalent]]
    reason = "no moved function deletes a key of the state"
    mutants = ["089ae8e736cf query-handler start_wave_recovery: state.clear()"]

The first word is the mutant's key, as `mutants` prints it; the rest is for readers.
"""

from __future__ import annotations

import re
from pathlib import Path

from drs_refactor.toml_keys import read

NAME = "equivalent-mutants.toml"
"""The file's name, beside migration.toml."""


def equivalents(path: Path) -> dict[str, str]:
    """The reasons by mutant. Raises InputError for what cannot be read, is empty or there twice."""
    top = read(path, NAME, "Name it with --equivalent FILE")
    top.allow("equivalent")
    found: dict[str, str] = {}
    for keys in top.tables("equivalent", []):
        keys.allow("reason", "mutants")
        reason = " ".join(keys.get("reason", str).split())
        if len(reason) < 10:
            raise keys.fail("'reason' says nothing", "reason", mend="Say why nobody can notice it")
        for told in keys.strings("mutants"):
            key = told.partition(" ")[0]
            if not re.fullmatch(r"[0-9a-f]{12}", key):
                raise keys.fail(
                    f"{key!r} is no mutant's key",
                    "mutants",
                    mend="Copy it from what mutants prints",
                )
            if key in found:
                raise keys.fail(f"mutant {key} stands twice", "mutants", mend="Take one out")
            found[key] = reason
    return found


def reasons_of(path: Path) -> dict[str, str]:
    """The same; nothing where there is no such file."""
    return equivalents(path) if path.is_file() else {}

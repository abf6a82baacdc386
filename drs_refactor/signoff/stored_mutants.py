"""The results of `mutants`, which take a quarter of an hour: kept as a document, and taken only
where they are of exactly these trees.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drs_refactor.errors import InputError
from drs_refactor.signoff.digests import together
from drs_refactor.signoff.evidence import Signed
from harness.mutants.results import FAMILIES

KEYS = {"verdict", "families", "survivors", "facets", "operators", "planted", "untouched"}
"""Of the document, what a sign-off shows."""

_MEND = "Run: drs-refactor mutants --json FILE"


def identity(signed: Signed) -> dict[str, str]:
    """What a document says of the trees that it is of: one digest each."""
    return {
        "legacy": together(signed.legacy),
        "refactored": together(signed.refactored),
        "configuration": together(signed.configuration),
        "tool": signed.tool,
    }


def stored(path: Path, signed: Signed) -> Mapping[str, Any]:
    """The document. Raises InputError where there is none, or it is of other trees."""
    if not path.is_file():
        raise InputError("there are no results of mutants", path=path, mend=_MEND)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        known = {name: document["digests"][name] for name in identity(signed)}
        whole = document.keys() >= KEYS and document["families"].keys() >= set(FAMILIES)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise InputError("these are no results of mutants", path=path, mend=_MEND) from error
    if not whole:
        raise InputError("parts of these results are missing", path=path, mend=_MEND)
    for name, digest in identity(signed).items():
        if name != "tool" and known[name] != digest:
            raise InputError(f"these results are of another {name}", path=path, mend=_MEND)
    if document.get("sampled") or not isinstance(document["verdict"], str):
        raise InputError("these are results of some of the mutants", path=path, mend=_MEND)
    result: Mapping[str, Any] = document
    return result

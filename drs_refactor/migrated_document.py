"""A move as a JSON document: the plan and its proof."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from codemods.migrate import Migrated
from codemods.tree_files import Difference
from drs_refactor.documents import relative


def document(
    result: Migrated, source: Path, output: Path, difference: Difference | None
) -> dict[str, Any]:
    """The document of `migrate`; `difference` is where the output is not as a fresh run writes."""
    return {
        "verdict": "divergent" if difference else "identical",
        "source": relative(source),
        "output": relative(output),
        "difference": str(difference) if difference else None,
        "moved": [
            {
                "function": m.function,
                "name": m.name,
                "source": m.source,
                "destination": m.destination,
                "verbatim": m.verbatim,
                "copy": m.copy,
                "lines": m.lines,
            }
            for m in result.moved
        ],
        "not_the_same": result.proof.differing,
        "split_state": [str(state) for state in result.proof.split],
        "drs_calls_left": list(result.service_calls_left),
        "resolutions": [
            {
                "name": r.name,
                "destination": r.destination,
                "outcome": r.outcome,
                "detail": r.detail,
            }
            for r in result.plan.resolutions
        ],
        "removed": {key: list(names) for key, names in result.plan.removed.items()},
        "mentions": list(result.plan.mentions),
        "templates": list(result.plan.template_changes),
    }

"""With what it was found out."""

from __future__ import annotations

from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.page import Code, Items, Section, Table
from drs_refactor.signoff.stored_mutants import identity
from harness.reports.text import runtime


def versions(evidence: Evidence) -> Section:
    """The runtime that was simulated, packages, seeds, and the trees by their digests."""
    run = evidence.verification
    lines = tuple(f"{line[0].upper()}{line[1:]}." for line in runtime(run)) if run else ()
    rows = [(name, Code(number)) for name, number in evidence.versions.items()]
    rows += [("seed of all draws", Code(str(evidence.seed)))]
    rows += [
        (f"SHA-256 of {name}", Code(digest)) for name, digest in identity(evidence.signed).items()
    ]
    table = Table(("what", "which"), tuple(rows))
    return Section("versions", "Versions", "", (table, Items(lines)) if lines else (table,))

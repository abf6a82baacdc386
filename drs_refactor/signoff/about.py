"""What all sections share."""

from __future__ import annotations

from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.page import Paragraph

SHOWN = 12
"""Findings of one kind that are shown in full; all are in the JSON."""


def missing(evidence: Evidence, part: str) -> Paragraph:
    """That there is nothing to tell of a part, and why."""
    return Paragraph(f"{part} is missing: {evidence.missing.get(part, 'it was not run')}.")

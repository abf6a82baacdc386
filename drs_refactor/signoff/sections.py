"""The page that a release manager reads: the answer, why, what was not checked; the evidence."""

from __future__ import annotations

from drs_refactor.signoff.about_behaviour import behaviour
from drs_refactor.signoff.about_harness import power
from drs_refactor.signoff.about_move import changed, moved
from drs_refactor.signoff.about_rollout import rollout
from drs_refactor.signoff.about_time import cost, times
from drs_refactor.signoff.about_versions import versions
from drs_refactor.signoff.decision import Decision
from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.page import Link, Page

SECTIONS = {
    "migrate": "moved",
    "verify": "behaviour",
    "faults": "behaviour",
    "fuzz": "behaviour",
    "bench": "time",
    "rollback": "rollout",
    "mutants": "power",
}
"""Where the evidence of each part stands."""


def title(evidence: Evidence, what: str = "Sign-off") -> str:
    """A sample's page says that it is one, so that nobody takes it for a release's."""
    names = f"{evidence.trees.refactored.name} against {evidence.trees.legacy.name}"
    return f"{what} of a sample tree: {names}" if evidence.sample else f"{what}: {names}"


def page(evidence: Evidence, decision: Decision) -> Page:
    """The whole page."""
    parts = [part for part, verdict in evidence.verdicts.items() if verdict == "not run"]
    notices = (
        (f"A partial run, which cannot say yes: without {', '.join(parts)}.",)
        if decision.partial
        else ()
    )
    return Page(
        title(evidence),
        decision.answer,
        decision.line,
        tuple(
            (Link(one.part, f"#{SECTIONS[one.part]}"), f" {one.verdict}: {one.words}.")
            for one in decision.reasons
        ),
        decision.not_checked,
        (
            moved(evidence),
            changed(evidence),
            behaviour(evidence),
            power(evidence),
            times(evidence),
            rollout(evidence),
            cost(evidence),
            versions(evidence),
        ),
        notices,
    )

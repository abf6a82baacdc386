"""The same evidence for machines: JSON, JUnit XML, SARIF."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from xml.etree import ElementTree

from drs_refactor.documents import both_trees
from drs_refactor.migrated_document import document
from drs_refactor.sarif import finding, log, results
from drs_refactor.signoff.decision import NO, YES, Decision
from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.stored_mutants import identity
from harness.reports import bench_document, documents, faults, fuzz, rollout_document
from harness.reports.fuzz import Saved

VERSION = 1
"""Of the document. Another one is read by another version of this tool."""

_MUTANTS = ("verdict", "families", "survivors", "facets", "operators", "planted", "untouched")


def as_json(evidence: Evidence, decision: Decision, title: str) -> dict[str, Any]:
    """The document that schema.json describes."""
    trees = evidence.trees
    return {
        "version": VERSION,
        "title": title,
        "released": decision.answer,
        "verdict": verdict(decision),
        "partial": decision.partial,
        "reasons": [vars(reason) for reason in decision.reasons],
        "not_checked": list(decision.not_checked),
        "trees": both_trees(trees.legacy, trees.refactored),
        "digests": identity(evidence.signed),
        "seed": evidence.seed,
        "versions": dict(evidence.versions),
        "missing": dict(evidence.missing),
        "parts": dict(_parts(evidence)),
    }


def verdict(decision: Decision) -> str:
    """In the words of every other document: the worst of the parts."""
    if decision.answer == YES:
        return "identical"
    worst = decision.reasons[0].verdict
    if decision.answer == NO:
        return worst
    return worst if worst in ("invalid", "inconclusive") else "inconclusive"


def _parts(evidence: Evidence) -> Iterator[tuple[str, dict[str, Any]]]:
    names = both_trees(evidence.trees.legacy, evidence.trees.refactored)
    versions, replays, e = dict(evidence.versions), evidence.replays, evidence
    if e.migrated is not None:
        yield "migrate", document(e.migrated, e.trees.legacy, e.trees.refactored, e.difference)
    if e.verification is not None:
        yield "verify", documents.as_json(e.verification, names, versions)
    if e.faults is not None:
        yield "faults", faults.as_json(e.faults, replays.faults, names, versions)
    if e.fuzz is not None:
        saved = [Saved(replay, "") for replay in replays.fuzz]
        yield "fuzz", fuzz.as_json(e.fuzz, saved, names, versions)
    if e.bench is not None:
        yield "bench", bench_document.as_json(e.bench, names, versions)
    if e.rollout is not None:
        told = rollout_document.as_json(e.rollout, replays.rollback, names, versions)
        yield "rollback", told | {"flown": [asdict(one) for one in e.flown]}
    if e.mutants is not None:
        yield "mutants", {key: e.mutants[key] for key in _MUTANTS}


def as_junit(evidence: Evidence, decision: Decision) -> bytes:
    """A case for each part and each scenario. What says neither yes nor no is an error."""
    root = ElementTree.Element("testsuites", name="drs-refactor signoff")
    suite = ElementTree.SubElement(root, "testsuite", name="parts")
    counts = {"failure": 0, "error": 0}
    for reason in decision.reasons:
        case = ElementTree.SubElement(suite, "testcase", classname="signoff", name=reason.part)
        if reason.verdict in ("identical", "within"):
            continue
        bad = reason.verdict in ("divergent", "over", "faster")
        kind = "failure" if bad else "error"
        counts[kind] += 1
        ElementTree.SubElement(case, kind, message=reason.verdict).text = reason.words
    suite.set("tests", str(len(decision.reasons)))
    suite.set("failures", str(counts["failure"]))
    suite.set("errors", str(counts["error"]))
    if evidence.verification is not None:
        root.append(documents.junit_suite(evidence.verification, evidence.replays.verify))
    return documents.written(root)


def as_sarif(evidence: Evidence) -> dict[str, Any]:
    """What has a place in the source: of the move, and of each difference its suspects."""
    return log(list(_findings(evidence)))


def _findings(evidence: Evidence) -> Iterator[dict[str, Any]]:
    refactored = evidence.trees.refactored
    if evidence.migrated is not None:
        yield from results(evidence.migrated, refactored)
    for result in evidence.verification.results if evidence.verification else ():
        for found in result.findings[:1]:
            one = found.divergence
            what = f"{result.name}: {one.kind} {one.path} is not as in legacy"
            places = [suspect.place for suspect in result.suspects] or [one.refactored_place]
            for place in places:
                yield finding("divergence", f"{place}: {what}" if place else what, refactored)
    for one in evidence.verification.elsewhere.divergences if evidence.verification else ():
        what = f"{one.kind}: {one.path} is not as it should be"
        place = one.refactored_place
        yield finding("divergence", f"{place}: {what}" if place else what, refactored)
    for struck in evidence.faults.divergent if evidence.faults else ():
        strike = struck.strike
        kinds = ", ".join(fault.kind for fault in strike.faults)
        what = f"{struck.scenario.name}: {struck.verdict} under {kinds}"
        yield finding("fault", f"{strike.site} {what}" if strike.site else what, refactored)

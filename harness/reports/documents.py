"""Results as JSON and JUnit XML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from harness.comparison import Divergence
from harness.elsewhere import NAME, Elsewhere
from harness.reached import Reached
from harness.reports.text import divergences, elsewhere
from harness.reports.xml import plain
from harness.results import ScenarioResult, Verification
from harness.values import to_json


def as_json(verification: Verification, trees: dict[str, str], versions: dict[str, str]) -> Any:
    """The document of `verify --json`. Paths are relative to where it was run."""
    return {
        "verdict": verification.verdict,
        "trees": trees,
        "versions": versions,
        "control": verification.control,
        "interrupted": verification.interrupted,
        "permissions_not_checked": [function for function, _ in verification.unchecked],
        "runtimes": dict(verification.runtimes),
        "retries": [
            {"function": function, "service": service, "way": way}
            for function, service, way in verification.retries
        ],
        "allowances": [to_json(allowance) for allowance in verification.allowances],
        "scenarios": [_scenario(result) for result in verification.results],
        "deployments": _elsewhere(verification.elsewhere),
        "coverage": [_function(function) for function in verification.reached],
        "seconds": round(verification.seconds, 3),
    }


def _function(function: Reached) -> dict[str, Any]:
    return {
        "side": function.side,
        "path": function.path,
        "function": function.function,
        "lines": function.lines,
        "missing_lines": list(function.missing_lines),
        "branches": function.branches,
        "missing_branches": [list(branch) for branch in function.missing_branches],
    }


def _scenario(result: ScenarioResult) -> dict[str, Any]:
    return {
        "name": result.name,
        "shows": result.shows,
        "verdict": result.verdict,
        "steps": result.steps,
        "calls": result.calls,
        "virtual_seconds": result.virtual_seconds,
        "seconds": round(result.seconds, 3),
        "problem": result.problem,
        "look_at": [to_json(suspect) for suspect in result.suspects],
        "divergences": [
            _divergence(finding.divergence) | {"containers": finding.containers}
            for finding in result.findings
        ],
    }


def _divergence(found: Divergence) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "step": found.step,
        "path": found.path,
        "legacy": to_json(found.legacy),
        "refactored": to_json(found.refactored),
        "legacy_place": found.legacy_place,
        "refactored_place": found.refactored_place,
    }


def _elsewhere(found: Elsewhere) -> dict[str, Any]:
    return {
        "read": list(found.read),
        "left_out": list(found.left_out),
        "divergences": [_divergence(one) for one in found.divergences],
        "widened": list(found.widened),
    }


def as_junit(verification: Verification, replays: Mapping[str, str]) -> bytes:
    """One test case a scenario; a divergent one fails with what the text report says. One more
    where the templates differ in other deployments.
    """
    return written(junit_suite(verification, replays))


def junit_suite(verification: Verification, replays: Mapping[str, str]) -> ElementTree.Element:
    """The same, to stand beside others."""
    results = verification.results
    others = verification.elsewhere
    failed = sum(result.verdict != "identical" for result in results) + bool(others.divergences)
    suite = ElementTree.Element(
        "testsuite",
        name="drs-refactor verify",
        tests=str(len(results) + bool(others.divergences)),
        failures=str(failed),
        errors="0",
        time=f"{verification.seconds:.3f}",
    )
    for result in results:
        case = ElementTree.SubElement(
            suite, "testcase", classname="verify", name=result.name, time=f"{result.seconds:.3f}"
        )
        if result.verdict != "identical":
            message = result.verdict
            failure = ElementTree.SubElement(case, "failure", message=message)
            failure.text = "\n".join(divergences(result, replays.get(result.name, "")))
    if others.divergences:
        case = ElementTree.SubElement(suite, "testcase", classname="verify", name=NAME)
        failure = ElementTree.SubElement(case, "failure", message="divergent")
        failure.text = "\n".join(elsewhere(others))
    return suite


def written(root: ElementTree.Element) -> bytes:
    """An XML file's bytes, without what XML cannot hold."""
    for element in root.iter():
        element.text = plain(element.text or "") or None
        element.attrib = {name: plain(value) for name, value in element.items()}
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"

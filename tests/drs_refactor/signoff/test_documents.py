from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

from drs_refactor.sarif import RULES
from drs_refactor.signoff.decision import decide
from drs_refactor.signoff.documents import as_json, as_junit, as_sarif, verdict
from drs_refactor.signoff.evidence import PARTS, Evidence
from harness.comparison import Divergence
from harness.reports.xml import plain as holdable
from harness.results import Finding
from tests.drs_refactor.signoff.support import (
    RESULT,
    VERDICTS,
    WORDS,
    WithNames,
    squeezed,
    turned,
    verification,
)

SCHEMA = json.loads((files("drs_refactor.signoff") / "assets/schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
KEYS = (
    *("version", "title", "released", "verdict", "partial", "reasons", "not_checked", "trees"),
    *("digests", "seed", "versions", "missing", "parts"),
)


def document(evidence: Evidence) -> dict[str, Any]:
    """As it is read back from the file."""
    found: dict[str, Any] = json.loads(
        json.dumps(as_json(evidence, decide(evidence), "title"), default=str)
    )
    return found


def junit(evidence: Evidence) -> ElementTree.Element:
    return ElementTree.fromstring(as_junit(evidence, decide(evidence)))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(SCHEMA["required"]) == set(KEYS)


def test_the_document_has_the_keys_that_others_rely_on(evidence: Evidence) -> None:
    found = document(evidence)
    assert tuple(found) == KEYS
    assert (found["version"], found["released"], found["verdict"]) == (1, "yes", "identical")
    assert (found["partial"], found["seed"], found["missing"]) == (False, 11, {})
    assert found["trees"] == {"legacy": "legacy", "refactored": "refactored"}
    assert tuple(found["parts"]) == PARTS
    assert [one["part"] for one in found["reasons"]] == list(PARTS)


def test_good_and_crowded_documents_are_valid(evidence: Evidence, crowded: Evidence) -> None:
    for one in (evidence, crowded):
        VALIDATOR.validate(document(one))
    parts = document(crowded)["parts"]
    assert parts["verify"]["scenarios"][0]["divergences"][0]["legacy"] is True
    assert parts["verify"]["scenarios"][0]["divergences"][0]["refactored"] == {"$missing": True}
    assert parts["faults"]["faults"]["divergences"]
    assert parts["fuzz"]["divergences"][0]["replay"] == "drs-refactor replay fuzz.json"
    assert parts["rollback"]["unsafe"][1]["effects"] == ["a lost"]
    assert parts["rollback"]["flown"][0]["steps"][1]["items"][0]["path"] == "$.status"
    assert parts["rollback"]["never"][0]["replay"] == "drs-refactor replay lost.json"
    assert parts["mutants"]["survivors"]


@pytest.mark.parametrize(
    ("part", "verdict"),
    [(part, one) for part, found in VERDICTS.items() for one in (*found, "not run")],
)
def test_documents_of_every_verdict_are_valid(evidence: Evidence, part: str, verdict: str) -> None:
    found = document(turned(evidence, part, verdict))
    VALIDATOR.validate(found)
    assert (part in found["parts"]) == (verdict != "not run")
    assert found["missing"] == ({part: "it was not asked for"} if verdict == "not run" else {})


def _at(place: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(found: dict[str, Any]) -> None:
        *above, key = [int(k) if k.isdecimal() else k for k in place.split("/")]
        holder: Any = found
        for step in above:
            holder = holder[step]
        if value is None:
            del holder[key]
        else:
            holder[key] = value

    return change


DIVERGENCES = "parts/verify/scenarios/0/divergences"


@pytest.mark.parametrize(
    "change",
    [
        *(_at(key, None) for key in KEYS),
        _at("version", 2),
        _at("released", "maybe"),
        _at("released", "yes"),
        _at("released", "not decided"),
        _at("verdict", "identical"),
        _at("verdict", "fine"),
        _at("partial", "no"),
        _at("reasons", []),
        _at("reasons/0/part", "other"),
        _at("reasons/0/verdict", "fine"),
        _at("reasons/0/words", None),
        _at("not_checked", []),
        _at("digests/legacy", "abc"),
        _at("digests/tool", None),
        _at("trees/refactored", None),
        _at("seed", "11"),
        _at("missing", {"other": "why"}),
        _at("parts/other", {}),
        _at("parts/migrate/moved/0/verbatim", "yes"),
        *(
            _at(f"parts/migrate/moved/0/{key}", None)
            for key in ("function", "source", "destination", "verbatim")
        ),
        _at("parts/migrate/drs_calls_left", None),
        _at("parts/migrate/resolutions", None),
        _at("parts/verify/scenarios", None),
        _at("parts/verify/scenarios/0/name", None),
        _at("parts/verify/scenarios/0/verdict", "fine"),
        *(_at(f"{DIVERGENCES}/0/{key}", None) for key in ("kind", "step", "path")),
        *(_at(f"{DIVERGENCES}/0/{key}", None) for key in ("legacy", "refactored")),
        _at(f"{DIVERGENCES}/0/step", -1),
        _at(DIVERGENCES, None),
        _at("parts/fuzz/examples", None),
        _at("parts/fuzz/seed", None),
        _at("parts/fuzz/divergences", None),
        *(
            _at(f"parts/bench/levels/execution/{key}", None)
            for key in ("ratio", "low", "high", "verdict")
        ),
        _at("parts/bench/levels", {}),
        _at("parts/bench/gates", None),
        _at("parts/rollback/deploy_orders", [1]),
        _at("parts/rollback/rollback_orders", None),
        _at("parts/rollback/unsafe", None),
        *(_at(f"parts/mutants/families/{key}", None) for key in ("move", "ordinary")),
        *(
            _at(f"parts/mutants/families/move/{key}", None)
            for key in ("mutants", "killed", "equivalent", "survived")
        ),
        _at("parts/mutants/survivors", None),
    ],
)
def test_a_broken_document_is_not_valid(
    crowded: Evidence, change: Callable[[dict[str, Any]], None]
) -> None:
    found = document(crowded)
    broken = copy.deepcopy(found)
    change(broken)
    assert VALIDATOR.is_valid(found)
    assert not VALIDATOR.is_valid(broken)


@pytest.mark.parametrize("part", PARTS)
def test_a_document_that_says_yes_has_every_part(evidence: Evidence, part: str) -> None:
    found = document(evidence)
    del found["parts"][part]
    assert not VALIDATOR.is_valid(found)


def test_its_verdict_is_the_worst_of_the_parts(evidence: Evidence) -> None:
    def of(found: Evidence) -> str:
        return verdict(decide(found))

    assert of(evidence) == "identical"
    assert of(turned(evidence, "bench", "faster")) == "faster"
    assert of(turned(turned(evidence, "verify", "invalid"), "mutants", "over")) == "over"
    assert of(turned(evidence, "fuzz", "invalid")) == "invalid"
    assert of(turned(evidence, "fuzz", "inconclusive")) == "inconclusive"
    assert of(turned(evidence, "fuzz", "not run")) == "inconclusive"


@pytest.mark.parametrize("words", WORDS)
def test_names_are_data_in_every_document(with_names: WithNames, words: str) -> None:
    found = with_names(words)
    VALIDATOR.validate(document(found))
    name = document(found)["parts"]["verify"]["scenarios"][0]["name"]
    assert name == f"tags {words}"
    suites = junit(found)
    right = junit(with_names("word"))
    assert [one.tag for one in suites.iter()] == [one.tag for one in right.iter()]
    names = [case.get("name", "") for case in suites.iter("testcase")]
    assert squeezed(f"tags {holdable(words)}") in map(squeezed, names)
    texts = squeezed("".join(suites.itertext()))
    assert squeezed(holdable(words)) in texts
    log = json.loads(json.dumps(as_sarif(found)))
    messages = [one["message"]["text"] for one in log["runs"][0]["results"]]
    assert any(words in message.replace(r"\[", "[") for message in messages)
    assert not any(re.search(r"(?<!\\)\[[^]]*\]\(", message) for message in messages)


def test_junit_has_a_case_for_each_part_and_each_scenario(
    evidence: Evidence, crowded: Evidence
) -> None:
    parts, scenarios = junit(evidence)
    counts = [(s.get("tests"), s.get("failures"), s.get("errors")) for s in (parts, scenarios)]
    assert counts == [("7", "0", "0"), ("1", "0", "0")]
    assert [case.get("name") for case in parts] == list(PARTS)
    assert not list(parts.iter("failure"))
    parts, scenarios = junit(crowded)
    counts = [(s.get("tests"), s.get("failures"), s.get("errors")) for s in (parts, scenarios)]
    assert counts == [("7", "6", "1"), ("3", "1", "0")]
    for suite in (parts, scenarios):
        assert suite.get("failures") == str(len(list(suite.iter("failure"))))
        assert suite.get("errors") == str(len(list(suite.iter("error"))))
        assert suite.get("tests") == str(len(list(suite.iter("testcase"))))
    error = next(parts.iter("error"))
    assert error.get("message") == "invalid"
    assert (error.text or "").endswith("a run lost")
    told = next(scenarios.iter("failure")).text or ""
    assert "replay: drs-refactor replay tags.json" in told


def test_junit_without_scenarios(evidence: Evidence) -> None:
    [parts] = junit(turned(evidence, "verify", "not run"))
    assert (parts.get("failures"), parts.get("errors")) == ("0", "1")
    [error] = parts.iter("error")
    assert (error.get("message"), error.text) == ("not run", "it was not asked for")


@pytest.mark.parametrize("wrong", ["\x00", "\x1b[31m", "\x0b", "\ufffe", "\ud800"])
def test_junit_leaves_out_what_xml_cannot_hold(evidence: Evidence, wrong: str) -> None:
    finding = Finding(Divergence("logs", 0, f"logs {wrong}", "a", "b"), "warm")
    bad = replace(
        RESULT, name=f"s {wrong}", verdict="divergent", problem=wrong, findings=(finding,)
    )
    found = replace(evidence, verification=verification(bad, verdict="divergent"))
    suites = junit(found)
    [case] = suites[1]
    assert case.get("name") == f"s {holdable(wrong)}"
    failure = case.find("failure")
    assert failure is not None
    assert "\ufffd" in (failure.text or "")


def test_sarif_has_the_form_of_2_1_0(crowded: Evidence) -> None:
    log = json.loads(json.dumps(as_sarif(crowded)))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "drs-refactor"
    rules = {rule["id"] for rule in driver["rules"]}
    assert rules == set(RULES)
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
    for one in run["results"]:
        assert one["ruleId"] in rules
        assert one["level"] in {"none", "note", "warning", "error"}
        assert one["message"]["text"]
        for location in one.get("locations", []):
            place = location["physicalLocation"]
            uri = place["artifactLocation"]["uri"]
            assert uri.startswith(("legacy/", "refactored/"))
            assert place["region"]["startLine"] >= 1
    assert {one["ruleId"] for one in run["results"]} == {
        *("clash", "look-at", "left-behind", "split-state", "differs", "divergence", "fault"),
    }


def test_sarif_leads_to_the_suspects_of_a_divergence(crowded: Evidence) -> None:
    results = as_sarif(crowded)["runs"][0]["results"]
    by_rule = {one["ruleId"]: one for one in results}
    for rule, text in (
        ("divergence", "tags: calls calls[2].isDrill is not as in legacy"),
        ("fault", "start drill: divergent under lost"),
    ):
        one = by_rule[rule]
        assert one["level"] == "error"
        assert one["message"]["text"] == text
        place = one["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "refactored/worker.py"
        assert place["region"]["startLine"] == 6


def test_a_divergence_without_a_suspect_is_at_its_own_place(evidence: Evidence) -> None:
    def of(place: str) -> dict[str, Any]:
        finding = Finding(Divergence("state", 1, "x", 1, 2, "", place), "warm")
        bad = replace(RESULT, verdict="divergent", findings=(finding, finding))
        found = replace(evidence, verification=verification(bad, verdict="divergent"))
        [one] = as_sarif(found)["runs"][0]["results"]
        result: dict[str, Any] = one
        return result

    assert of("")["message"]["text"] == "drill: state x is not as in legacy"
    assert "locations" not in of("")
    at = of("worker.py:2 start")["locations"][0]["physicalLocation"]
    assert (at["artifactLocation"]["uri"], at["region"]["startLine"]) == ("refactored/worker.py", 2)


def test_good_evidence_has_no_findings(evidence: Evidence) -> None:
    assert as_sarif(evidence)["runs"][0]["results"] == []

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from drs_refactor.errors import InputError
from drs_refactor.signoff.decision import decide
from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.manifest import (
    PREDICATE,
    content,
    differences,
    read,
    signed_in,
    statement,
)
from tests.drs_refactor.signoff.support import LEGACY, REFACTORED, TOOL, VERDICTS, turned

DOCUMENTS = {"signoff.html": b"<html>", "pictures/x.svg": b"<svg>"}
LIMITED = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
Path_ = tuple[str | int, ...]


@pytest.fixture
def manifest(evidence: Evidence, tmp_path: Path) -> dict[str, Any]:
    return statement(evidence, decide(evidence), tmp_path / "reports", DOCUMENTS)


def stored(folder: Path, found: object) -> Path:
    path = folder / "manifest.json"
    path.write_text(found if isinstance(found, str) else json.dumps(found))
    return path


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read(path)
    assert "\n" not in str(caught.value)
    assert caught.value.mend
    assert caught.value.path == path
    return caught.value.what


def test_it_is_an_in_toto_statement(manifest: dict[str, Any]) -> None:
    assert list(manifest) == ["_type", "subject", "predicateType", "predicate"]
    assert manifest["_type"] == "https://in-toto.io/Statement/v1"
    assert manifest["predicateType"] == PREDICATE == "urn:drs-refactor:signoff:1"
    trees = {"legacy": LEGACY, "refactored": REFACTORED}
    assert manifest["subject"] == [
        {
            "name": f"{side}/{path}",
            "digest": {"sha256": hashlib.sha256(text.encode()).hexdigest()},
        }
        for side, files in trees.items()
        for path, text in sorted(files.items())
    ]


def test_the_predicate_says_what_was_found_and_with_what(
    manifest: dict[str, Any], evidence: Evidence, tmp_path: Path
) -> None:
    predicate = manifest["predicate"]
    assert (predicate["released"], predicate["partial"], predicate["seed"]) == ("yes", False, 11)
    assert predicate["verdicts"] == {part: found[0] for part, found in VERDICTS.items()}
    assert predicate["trees"] == {
        "legacy": "../legacy",
        "refactored": "../refactored",
        "config": "../migration.toml",
    }
    assert predicate["tool"] == {
        "name": "drs-refactor",
        "version": "0.1.0",
        "digest": {"sha256": TOOL},
    }
    assert [one["name"] for one in predicate["configuration"]] == ["migration.toml"]
    assert predicate["reports"] == [
        {"name": name, "digest": {"sha256": hashlib.sha256(DOCUMENTS[name]).hexdigest()}}
        for name in sorted(DOCUMENTS)
    ]
    assert predicate["content"] == {"sha256": content(manifest)}
    assert str(tmp_path) not in json.dumps(manifest)
    other = turned(evidence, "verify", "divergent")
    found = statement(other, decide(other), tmp_path, {})["predicate"]
    assert (found["released"], found["verdicts"]["verify"]) == ("no", "divergent")


def test_it_is_read_as_it_was_written(
    manifest: dict[str, Any], evidence: Evidence, tmp_path: Path
) -> None:
    found = read(stored(tmp_path, manifest))
    assert found == manifest
    assert signed_in(found) == evidence.signed
    assert list(differences(signed_in(found), evidence.signed)) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "this is not valid JSON"),
        ("{", "this is not valid JSON"),
        pytest.param("[" * 10_000, "this is not valid JSON", id="too deep"),
        ("[]", "this is no manifest"),
        ("null", "this is no manifest"),
        ("{}", "this is no manifest"),
        ('{"predicateType": 1}', "this is no manifest"),
        (f'{{"_type": "x", "predicateType": "{PREDICATE}"}}', "this is no manifest"),
    ],
)
def test_what_is_none_is_refused(tmp_path: Path, text: str, what: str) -> None:
    assert refusal(stored(tmp_path, text)) == what


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.json") == "cannot be read: No such file or directory"
    assert refusal(tmp_path) == "cannot be read: Is a directory"
    (tmp_path / "binary.json").write_bytes(b"\xff\x00")
    assert refusal(tmp_path / "binary.json") == "this is not valid JSON"


def test_another_version_is_refused(manifest: dict[str, Any], tmp_path: Path) -> None:
    newer = {**manifest, "predicateType": "urn:drs-refactor:signoff:2"}
    path = stored(tmp_path, newer)
    assert refusal(path) == "it is of another version: urn:drs-refactor:signoff:2"
    with pytest.raises(InputError, match=f"This one reads {PREDICATE}"):
        read(path)


def test_missing_parts_are_refused(manifest: dict[str, Any], tmp_path: Path) -> None:
    del manifest["predicate"]["content"]
    assert refusal(stored(tmp_path, manifest)) == "parts of it are missing"
    assert refusal(stored(tmp_path, {**manifest, "predicate": 3})) == "parts of it are missing"
    del manifest["predicate"]
    assert refusal(stored(tmp_path, manifest)) == "parts of it are missing"


@pytest.mark.parametrize(
    "place",
    [
        ("subject",),
        ("subject", 0, "digest"),
        *(("predicate", key) for key in ("released", "partial", "configuration", "reports")),
        *(("predicate", "trees", key) for key in ("legacy", "refactored", "config")),
        ("predicate", "tool", "digest", "sha256"),
        ("predicate", "reports", 0, "name"),
        ("predicate", "reports", 0, "digest", "sha256"),
    ],
)
def test_missing_parts_are_refused_whatever_its_digest_says(
    manifest: dict[str, Any], tmp_path: Path, place: Path_
) -> None:
    *above, key = place
    _at(manifest, tuple(above)).pop(key)
    manifest["predicate"]["content"] = {"sha256": content(manifest)}
    assert refusal(stored(tmp_path, manifest)) == "parts of it are missing"


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("predicate", "released"), "no"),
        (("predicate", "partial"), True),
        (("predicate", "seed"), 12),
        (("predicate", "seed"), 11.0),
        (("predicate", "verdicts", "verify"), "divergent"),
        (("predicate", "trees", "legacy"), "../elsewhere"),
        (("predicate", "content", "sha256"), "0" * 64),
        (("subject", 0, "digest", "sha256"), "0" * 64),
        (("subject", 0, "name"), "legacy/other.py"),
    ],
)
def test_edits_are_refused(
    manifest: dict[str, Any], tmp_path: Path, place: Path_, value: object
) -> None:
    *above, key = place
    _at(manifest, tuple(above))[key] = value
    assert refusal(stored(tmp_path, manifest)) == "it was edited after it was written"


def _at(found: Any, place: Path_) -> Any:
    for key in place:
        found = found[key]
    return found


def _places(found: Any, place: Path_ = ()) -> Iterator[Path_]:
    """The way to every value of a document."""
    keys = found if isinstance(found, dict) else range(len(found))
    for key in keys:
        yield (*place, key)
        if isinstance(found[key], dict | list):
            yield from _places(found[key], (*place, key))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 99) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=3,
)


@LIMITED
@given(st.data())
def test_any_value_that_is_changed_is_noticed(
    manifest: dict[str, Any], tmp_path: Path, data: st.DataObject
) -> None:
    places = list(_places(manifest))
    *above, key = data.draw(st.sampled_from(places))
    changed = copy.deepcopy(manifest)
    holder = _at(changed, tuple(above))
    how = data.draw(st.sampled_from(("set", "drop", "add")))
    if how == "drop":
        del holder[key]
    elif how == "add" and isinstance(holder, list):
        holder.insert(key, data.draw(VALUES))
    else:
        name = data.draw(st.text(max_size=4)) if how == "add" else key
        holder[name] = data.draw(VALUES)
    assume(json.dumps(changed, sort_keys=True) != json.dumps(manifest, sort_keys=True))
    _is_noticed(stored(tmp_path, changed), manifest)


@LIMITED
@given(st.integers(0), st.binary(max_size=2), st.integers(0, 2))
@example(0, b"", 0)
def test_any_byte_that_is_changed_is_noticed(
    manifest: dict[str, Any], tmp_path: Path, at: int, new: bytes, gone: int
) -> None:
    path = stored(tmp_path, json.dumps(manifest, indent=2))
    data = path.read_bytes()
    at %= len(data)
    path.write_bytes(data[:at] + new + data[at + gone :])
    _is_noticed(path, manifest)


def _is_noticed(path: Path, manifest: dict[str, Any]) -> None:
    """Refused; or what it says is what it said."""
    try:
        found = read(path)
    except InputError:
        return
    assert content(found) == content(manifest)
    assert found["predicate"]["content"]["sha256"] == content(manifest)
    assert signed_in(found) == signed_in(manifest)


def test_differences_are_told_by_tree_and_file(evidence: Evidence) -> None:
    was = evidence.signed
    now = type(was)(
        {**was.legacy, "worker.py": "0"},
        {"planner.py": was.refactored["planner.py"], "x.py": "0"},
        {},
        "another",
    )
    assert list(differences(was, now)) == [
        "legacy/worker.py is another",
        "refactored/worker.py is missing",
        "refactored/x.py is new",
        "migration.toml is missing",
    ]

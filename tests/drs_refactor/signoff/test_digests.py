from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import codemods
from drs_refactor.errors import InputError
from drs_refactor.migration import load
from drs_refactor.signoff import digests
from drs_refactor.signoff.digests import changes, of_configuration, of_file, of_tree, together
from drs_refactor.signoff.evidence import Evidence
from tests.drs_refactor.signoff.support import CONFIG, LEGACY

of_tool = digests.of_tool
"""The real one, which these tests' fixture takes away."""


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_every_file_of_a_tree_by_its_path(evidence: Evidence) -> None:
    legacy = evidence.trees.legacy
    (legacy / "deep").mkdir()
    (legacy / "deep/x.txt").write_text("x")
    (legacy / "__pycache__").mkdir()
    (legacy / "__pycache__/y.pyc").write_text("y")
    wanted = {path: sha(text) for path, text in LEGACY.items()}
    assert of_tree(legacy) == {**wanted, "deep/x.txt": sha("x")}


def test_a_link_is_where_it_leads(evidence: Evidence) -> None:
    legacy = evidence.trees.legacy
    (legacy / "link.py").symlink_to("worker.py")
    assert of_tree(legacy)["link.py"] == sha("worker.py")


def test_a_tree_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such folder"):
        of_tree(tmp_path / "none")
    with pytest.raises(InputError, match="there is no file in this tree"):
        of_tree(tmp_path)
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        of_file(tmp_path)


def test_the_configuration_is_what_verdicts_depend_on(evidence: Evidence, tmp_path: Path) -> None:
    assert of_configuration(load(evidence.trees.config)) == {"migration.toml": sha(CONFIG)}
    (tmp_path / "cases").mkdir()
    for name in ("latency.toml", "equivalent-mutants.toml", "cases/a.yaml", "cases/b.txt"):
        (tmp_path / name).write_text(name)
    config = CONFIG + '\n[scenarios]\nfiles = ["cases/*.yaml"]\n'
    evidence.trees.config.write_text(config)
    names = ("latency.toml", "equivalent-mutants.toml", "cases/a.yaml")
    wanted = {"migration.toml": sha(config), **{name: sha(name) for name in names}}
    assert of_configuration(load(evidence.trees.config)) == wanted


def test_the_tool_is_all_of_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("codemods", "drs_refactor", "harness"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "a.py").write_text("1")
        monkeypatch.setattr(getattr(digests, package), "__path__", [str(tmp_path / package)])
    assert codemods.__path__ == [str(tmp_path / "codemods")]
    first = of_tool()
    assert of_tool() == first
    for package in ("codemods", "drs_refactor", "harness"):
        (tmp_path / package / "b.toml").write_text("2")
        assert of_tool() != first
        (tmp_path / package / "b.toml").unlink()
    assert of_tool() == first


def test_one_digest_of_many_knows_names_and_contents() -> None:
    one = together({"a": "1", "b": "2"})
    assert together({"b": "2", "a": "1"}) == one
    assert len({one, together({"a": "2", "b": "1"}), together({"a": "1"}), together({})}) == 4


def test_changes_are_told_file_by_file() -> None:
    was, now = {"a": "1", "b": "2", "c": "3"}, {"b": "2", "c": "4", "d": "5"}
    assert list(changes(was, now)) == ["a is missing", "c is another", "d is new"]
    assert list(changes(was, was)) == []

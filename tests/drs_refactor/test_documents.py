from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from drs_refactor import documents
from drs_refactor.errors import InputError


def test_versions_are_of_what_results_depend_on() -> None:
    found = documents.versions()
    assert set(found) == {"python", *documents.PACKAGES}
    assert all(found.values())


def test_paths_are_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert documents.relative(tmp_path / "a/b") == "a/b"
    assert documents.relative(Path("c")) == "c"
    assert documents.relative(tmp_path.parent) == ".."


def test_a_document_is_written_in_a_folder_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "deep/er/x.json"
    documents.write_json(path, {"é": Path("p")})
    assert path.read_text() == '{\n  "é": "p"\n}\n'
    documents.write_json(None, {})


def test_half_a_surrogate_pair_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    documents.write_json(path, {"name": "a\udc80b"})
    assert json.loads(path.read_text()) == {"name": "a\udc80b"}


def test_a_document_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written: Is a directory") as caught:
        documents.write(tmp_path, "x")
    assert caught.value.path == tmp_path


def test_the_document_of_a_refusal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    error = InputError("no\nway", path="a.py", line=3, mend="Try")
    documents.refused(tmp_path / "x.json", error)
    assert json.loads((tmp_path / "x.json").read_text()) == {
        "verdict": "refused",
        "what": "no way",
        "where": "a.py:3",
        "mend": "Try",
    }
    documents.refused(None, error)
    documents.refused(tmp_path, error)
    assert capsys.readouterr().err.count("\n") == 1


def test_errors_are_one_line(tmp_path: Path) -> None:
    assert str(InputError("what", path="f", line=2, mend="Mend")) == "f:2: what. Mend"
    assert str(InputError("what")) == "what"
    (tmp_path / "f").touch()
    inside = InputError("what", path="f", line=2).within(tmp_path)
    assert inside.place == f"{tmp_path / 'f'}:2"
    assert InputError("what", path="g").within(tmp_path).place == "g"
    assert InputError("what").within(tmp_path).place == ""
    assert InputError("what", path=os.sep).within(tmp_path).place == os.sep

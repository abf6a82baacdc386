from __future__ import annotations

import json
from pathlib import Path

import pytest

from drs_refactor.__main__ import main
from tests.codemods.small_tree import PATHS
from tests.codemods.support import Tree


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    tree = Tree(tmp_path)
    tree.written()
    monkeypatch.chdir(tmp_path)
    return tree


def test_a_proof_that_holds(written: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["proof", "--json", "proof.json"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].startswith("start_batch in fn/worker/index.py: text verbatim, code same; ")
    assert shown[-1] == "identical: 5 functions, legacy → refactored"
    document = json.loads(Path("proof.json").read_text())
    assert (document["verdict"], document["differences"]) == ("identical", [])
    assert {"name": "LIMIT", "bound": "same"}.items() <= document["functions"][0]["names"][
        0
    ].items()


def test_a_proof_that_does_not(written: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    path = written.output / PATHS["worker"]
    path.write_text(path.read_text().replace("LIMIT = 3", "LIMIT = 4"))
    assert main(["proof"]) == 1
    shown = capsys.readouterr().out
    assert "differs: start_batch in fn/worker/index.py: LIMIT means fn/worker/index.py:" in shown
    assert shown.endswith("divergent: 5 functions, legacy → refactored\n")


def test_a_tree_that_is_not_there(written: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["proof", "--refactored", "nowhere"]) == 2
    assert capsys.readouterr().err.count("\n") == 1

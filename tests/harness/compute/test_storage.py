from __future__ import annotations

from pathlib import Path

from harness.compute.storage import next_run


def test_runs_are_numbered_as_pytest_benchmark_does(tmp_path: Path) -> None:
    first = next_run(tmp_path)
    assert first.name == "0001_tree-code.json"
    assert first.parent.parent == tmp_path
    assert not first.parent.exists()
    first.parent.mkdir()
    first.touch()
    (first.parent / "0007_other.json").touch()
    (first.parent / "notes.json").touch()
    assert next_run(tmp_path).name == "0008_tree-code.json"

"""A tree of another service, with other names and habits, goes through the same code."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from drs_refactor.__main__ import main

pytestmark = [pytest.mark.equivalence, pytest.mark.usefixtures("in_process")]


@pytest.fixture
def folder(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tree of crawlers, migrated by what `init` wrote and the two edits that it asks for."""
    shutil.copytree(root / "tests/samples", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    assert main(["init", "--source", "crawlers"]) == 0
    config = tmp_path / "migration.toml"
    text = config.read_text()
    for old, new in (
        ('# files = ["scenarios/*.yaml"]', 'files = ["crawlers.yaml"]'),
        ('function = "states"\n', 'function = "states"\naction = "crawler_states"\n'),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    config.write_text(text)
    assert main(["migrate"]) == 0
    return tmp_path


def test_it_is_identical(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify"]) == 0
    assert "identical: 5 identical of 5 scenarios" in capsys.readouterr().out


def test_and_could_have_diverged(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "crawlers-refactored/src/catalog/app.py"
    text = path.read_text()
    assert text.count("run['reason'] = str(e)") == 1
    path.write_text(text.replace("run['reason'] = str(e)", "run['reason'] = repr(e)"))
    assert main(["verify"]) == 1
    assert "src/catalog/app.py" in capsys.readouterr().out

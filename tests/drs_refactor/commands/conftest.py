"""What the tests of commands share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def checkout(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with both trees in it, to run commands from and to spoil."""
    for name in ("legacy", "refactored"):
        shutil.copytree(root / name, tmp_path / name)
    shutil.copy(root / "migration.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path

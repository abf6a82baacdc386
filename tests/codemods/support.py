"""The small tree on disk, and ways to change and migrate it."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.migrate import Migrated, migrate
from codemods.syntax.source import SourceFile, Statement, parse
from codemods.tree_files import replace_tree
from drs_refactor.errors import InputError
from drs_refactor.migration import load
from tests.codemods.small_tree import CONFIG, PATHS, PLANNER, READER, TEMPLATE, WORKER


class Tree:
    """The small tree on disk: change it, then `migrate` it."""

    def __init__(self, folder: Path) -> None:
        self.root, self.output = folder / "legacy", folder / "refactored"
        self.config = folder / "migration.toml"
        self._result: Migrated | None = None
        self.config.write_text(CONFIG)
        for key, text in zip(PATHS, (PLANNER, WORKER, READER, TEMPLATE), strict=True):
            self.write(key, text)
        (self.root / "fn/shared").mkdir()
        (self.root / "fn/shared/common.py").write_text("def shared():\n    return 1\n")

    def path(self, key: str) -> Path:
        return self.root / PATHS[key]

    def write(self, key: str, text: str | bytes) -> None:
        self.path(key).parent.mkdir(parents=True, exist_ok=True)
        self.path(key).write_bytes(text.encode() if isinstance(text, str) else text)
        self.changed()

    def text(self, key: str) -> str:
        return self.path(key).read_bytes().decode()

    def change(self, key: str, old: str, new: str) -> None:
        """Replace text that stands in the file exactly once."""
        text = self.text(key)
        assert text.count(old) == 1, (old, text.count(old))
        self.write(key, text.replace(old, new))

    def configure(self, old: str, new: str) -> None:
        text = self.config.read_text()
        assert text.count(old) >= 1, old
        self.config.write_text(text.replace(old, new, 1))
        self.changed()

    def changed(self) -> None:
        self._result = None

    def migrate(self) -> Migrated:
        if self._result is None:
            self._result = migrate(self.root, load(self.config))
        return self._result

    def new(self, key: str) -> str:
        """One file of the new tree."""
        return self.migrate().wanted[PATHS[key]].decode()

    def written(self) -> Migrated:
        result = self.migrate()
        replace_tree(self.root, self.output, result.wanted)
        return result

    def refusal(self) -> InputError:
        """The refusal of the migration; one line, and nothing written."""
        with pytest.raises(InputError) as caught:
            self.migrate()
        assert "\n" not in str(caught.value)
        assert not self.output.exists()
        return caught.value

    def line(self, key: str, text: str) -> int:
        """The line on which a text first stands."""
        before, found, _ = self.text(key).partition(text)
        assert found
        return before.count("\n") + 1


def parsed(text: str) -> SourceFile:
    return parse(text.encode(), "index.py")


def statement(text: str, number: int = -1) -> Statement:
    return parsed(text).statements[number]

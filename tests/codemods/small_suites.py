"""People's tests beside the small tree, and what a migration makes of them."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path

from codemods.migrate import Migrated
from codemods.suites.patched_names import Rewritten, rewrite
from drs_refactor.migration import load
from tests.codemods.support import Tree


class Suites:
    """A folder of tests: write some, then look at their new text and at what is listed."""

    def __init__(self, tree: Tree, folder: Path) -> None:
        self.tree, self.folder = tree, folder

    def write(self, text: str, name: str = "test_it.py") -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(textwrap.dedent(text).lstrip("\n").encode())

    def rewritten(self) -> Rewritten:
        result: Migrated = self.tree.migrate()
        return rewrite([self.folder], result, load(self.tree.config), self.tree.output)

    def new(self, name: str = "test_it.py") -> str:
        path = self.folder / name
        return self.rewritten().after.get(path, path.read_bytes().decode())

    def notes(self) -> list[str]:
        """What is listed, without the folder."""
        where = Path(os.path.relpath(self.folder)).as_posix() + "/"
        return [note.removeprefix(where) for note in self.rewritten().notes]

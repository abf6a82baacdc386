"""The moves as codemods of LibCST: `python -m libcst.tool codemod`, for one file at a time.

What they give for a file is what the whole plan gives it. Writing file by file would leave a tree
half moved: they are for looking, with -u; `drs-refactor migrate` writes.
"""

from __future__ import annotations

import argparse
from functools import lru_cache
from pathlib import Path

import libcst as cst
from libcst.codemod import CodemodCommand, CodemodContext, SkipFile

from codemods.migrate import Migrated, migrate
from codemods.suites.patched_names import rewrite
from drs_refactor.migration import load
from drs_refactor.model import Migration


class _Command(CodemodCommand):
    """One file's part of a migration. Raises InputError for a move that would be unsafe."""

    def __init__(
        self, context: CodemodContext, config: str = "migration.toml", source: str | None = None
    ) -> None:
        super().__init__(context)
        self._config, self._source = Path(config), source

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        arg_parser.add_argument("--config", default="migration.toml", metavar="FILE")
        arg_parser.add_argument("--source", metavar="DIR", help="the tree before")

    def _plan(self) -> tuple[Migrated, Migration]:
        return _migrated(self._config, self._source)

    def _path(self) -> Path:
        if self.context.filename is None:
            raise SkipFile("this codemod needs a file's name: what moves where depends on it")
        return Path(self.context.filename).resolve()


class MoveFunctions(_Command):
    """A handler as it is after the move."""

    DESCRIPTION = (
        "Moves functions between Lambda handlers as migration.toml says: this file's part. "
        "Use -u to look at it; `drs-refactor migrate` writes all files together."
    )

    def transform_module_impl(self, tree: cst.Module) -> cst.Module:
        path = self._path()
        result, _ = self._plan()
        for relative, text in result.plan.texts.items():
            if (result.source / relative).resolve() == path:
                return cst.parse_module(text.encode())
        raise SkipFile(f"nothing moves into or out of this file, says {self._config}")


class FollowMoves(_Command):
    """A file of unit tests as it is after the move."""

    DESCRIPTION = (
        "Takes unit tests to the modules where moved functions live: this file's part. What is "
        "not certain is a warning. Use -u to look; `drs-refactor migrate --tests DIR` writes."
    )

    def __init__(
        self,
        context: CodemodContext,
        config: str = "migration.toml",
        source: str | None = None,
        tests: str | None = None,
    ) -> None:
        super().__init__(context, config, source)
        self._tests = tests

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        _Command.add_args(arg_parser)
        arg_parser.add_argument(
            "--tests", metavar="DIR", help="all of the tests; the file's own folder if not given"
        )

    def transform_module_impl(self, tree: cst.Module) -> cst.Module:
        path = self._path()
        result, migration = self._plan()
        folder = Path(self._tests) if self._tests else path.parent
        found = rewrite([folder], result, migration, migration.refactored)
        for note in found.notes:
            if Path(note.partition(":")[0]).resolve() == path:
                self.warn(f"look at {note}")
        for other, text in found.after.items():
            if other.resolve() == path:
                return cst.parse_module(text.encode())
        return tree


@lru_cache(maxsize=4)
def _migrated(config: Path, source: str | None) -> tuple[Migrated, Migration]:
    """Once for all files of a run: it does the whole move, in memory."""
    migration = load(config)
    return migrate(Path(source) if source else migration.legacy, migration), migration

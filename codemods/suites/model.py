"""Test files as they speak of a tree's modules: which names each test patches, and which it reads.

A *unit* is what runs as one: a test, or what tests share (a fixture, a helper, `setUp`, a class's
decorators, the top level).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath

import libcst as cst

from codemods.suites.held_modules import Folder, Held
from codemods.syntax.source import SourceFile

PATCH, READ = "patch", "read"
Span = tuple[int, int]


@dataclass(frozen=True)
class Bound:
    """A local name for a module, or for the `attribute` that is imported from one.

    `kind` is import, from, call (import_module) or folder; `span` is the alias, or the string.
    """

    name: str
    held: Held
    kind: str
    file: str
    span: Span
    statement: Span = (0, 0)
    module: Span = (0, 0)
    attribute: str = ""
    sole: bool = True
    fixture: bool = False


@dataclass(frozen=True)
class Use:
    """A test names something of a module: `module` and `name_span` are where it spells both.
    Without a name it speaks of the module as a whole.
    """

    held: Held
    name: str
    kind: str
    place: int
    module: Span | None = None
    name_span: Span | None = None
    bound: Bound | None = None


@dataclass
class Unit:
    """What runs as one. `unsure` says what of it cannot be followed: where, of what module, why."""

    file: str
    name: str
    owner: str
    words: frozenset[str]
    shared: bool
    everywhere: bool
    place: int
    uses: list[Use] = field(default_factory=list)
    locals: dict[str, Bound | None] = field(default_factory=dict)
    gives: Bound | None = None
    unsure: list[tuple[int, Held, str]] = field(default_factory=list)


@dataclass
class Suite:
    """One file of tests and what was found in it."""

    source: SourceFile
    units: list[Unit] = field(default_factory=list)
    bound: dict[str, Bound] = field(default_factory=dict)
    folders: list[Folder] = field(default_factory=list)
    registered: dict[str, Held] = field(default_factory=dict)
    values: dict[str, cst.BaseExpression] = field(default_factory=dict)
    imported: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    @property
    def path(self) -> str:
        return self.source.relative

    @property
    def is_conftest(self) -> bool:
        return PurePosixPath(self.path).name == "conftest.py"

    def sees(self, other: Suite) -> bool:
        """True for itself, and for a conftest.py of its folder or above."""
        folder = PurePosixPath(other.path).parent
        above = PurePosixPath(self.path).parents
        return other is self or (other.is_conftest and folder in above)

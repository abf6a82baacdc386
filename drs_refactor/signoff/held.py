"""Whether what is about to be released is what was signed: on another day, perhaps by others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drs_refactor.migration import load
from drs_refactor.signoff import digests
from drs_refactor.signoff.decision import YES
from drs_refactor.signoff.evidence import signed
from drs_refactor.signoff.manifest import differences, signed_in
from harness.results import Trees

DEFAULT = Path("migration.toml")


@dataclass(frozen=True)
class Held:
    """The answer: what it says about the release, each file that differs, and other remarks."""

    released: str
    partial: bool
    changes: tuple[str, ...]
    edited: tuple[str, ...]
    remarks: tuple[str, ...]
    files: int

    @property
    def differs(self) -> bool:
        return bool(self.changes or self.edited) or self.released != YES

    @property
    def lines(self) -> tuple[str, ...]:
        """In words; the answer last."""
        last = f"these are the trees that were signed: {self.files} files"
        if self.changes:
            last = f"these are NOT the trees that were signed: {len(self.changes)} files differ"
        elif self.edited:
            last = f"the trees are those that were signed, but {len(self.edited)} reports are not"
        if self.released != YES:
            last += f"; and they were not released: the answer was {self.released}"
        return (*self.changes, *self.edited, *self.remarks, last)

    def as_json(self) -> dict[str, Any]:
        """The document of `signoff --verify`."""
        return {
            "verdict": "divergent" if self.differs else "identical",
            "released": self.released,
            "changes": list(self.changes),
            "reports": list(self.edited),
            "remarks": list(self.remarks),
        }


def held(
    found: Mapping[str, Any],
    folder: Path,
    config: Path = DEFAULT,
    legacy: Path | None = None,
    refactored: Path | None = None,
) -> Held:
    """Compare. The trees are those that the manifest in `folder` names, or others that are given.
    Raises InputError for trees that are not there.
    """
    predicate = found["predicate"]
    trees = predicate["trees"]
    if config == DEFAULT:
        config = folder / trees["config"]
    then = signed_in(found)
    now = signed(
        load(config),
        Trees(
            config,
            legacy or folder / trees["legacy"],
            refactored or folder / trees["refactored"],
        ),
    )
    return Held(
        predicate["released"],
        predicate["partial"],
        tuple(differences(then, now)),
        tuple(_edited(predicate["reports"], folder)),
        ("this is another version of the tool than that which signed",)
        if now.tool != then.tool
        else (),
        len(then.legacy) + len(then.refactored),
    )


def _edited(reports: list[Mapping[str, Any]], folder: Path) -> list[str]:
    """Reports beside the manifest that are not those that were written with it."""
    told = []
    for one in reports:
        path = folder / one["name"]
        if not path.is_file():
            told.append(f"the report {one['name']} is missing")
        elif digests.of_file(path) != one["digest"]["sha256"]:
            told.append(f"the report {one['name']} is not the one that was written")
    return told

"""All documents of a sign-off, and writing them: all or none."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from errno import EISDIR
from pathlib import Path

from drs_refactor.documents import both_trees
from drs_refactor.errors import InputError
from drs_refactor.signoff.about_rollout import PAGE as ROLLBACK
from drs_refactor.signoff.about_rollout import rollback_page
from drs_refactor.signoff.decision import Decision
from drs_refactor.signoff.documents import as_json, as_junit, as_sarif
from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.html import html
from drs_refactor.signoff.manifest import NAME as MANIFEST
from drs_refactor.signoff.manifest import statement
from drs_refactor.signoff.markdown import markdown
from drs_refactor.signoff.page import Page, pictures
from drs_refactor.signoff.sections import page, title
from harness.reports import bench_markdown
from harness.reports import markdown as verify_markdown

PICTURES = "pictures"
"""The folder of the pictures that Markdown shows."""

FIRST = "signoff.html"


def reports(evidence: Evidence, decision: Decision, folder: Path) -> dict[str, bytes]:
    """Every document by its name in `folder`, the manifest last."""
    found = {name: _bytes(text) for name, text in _texts(evidence, decision)}
    found["signoff.xml"] = as_junit(evidence, decision)
    manifest = statement(evidence, decision, folder, found)
    return {**found, MANIFEST: _bytes(_json(manifest))}


def _texts(evidence: Evidence, decision: Decision) -> Iterator[tuple[str, str]]:
    first = page(evidence, decision)
    rollback = rollback_page(evidence, title(evidence, "Rollback"))
    for name, shown in ((FIRST, first), (ROLLBACK, rollback)):
        yield name, html(shown)
        yield f"{Path(name).stem}.md", markdown(shown, PICTURES)
        for drawn, svg in _drawn(shown):
            yield f"{PICTURES}/{drawn}", svg
    yield "signoff.json", _json(as_json(evidence, decision, first.title))
    yield "signoff.sarif", _json(as_sarif(evidence))
    names = both_trees(evidence.trees.legacy, evidence.trees.refactored)
    versions = dict(evidence.versions)
    if evidence.verification is not None:
        replays = dict(evidence.replays.verify)
        yield "verify.md", verify_markdown.report(evidence.verification, names, versions, replays)
    if evidence.bench is not None:
        for name, picture in bench_markdown.pictures(evidence.bench).items():
            yield f"{PICTURES}/{name}", picture
        yield "benchmark.md", bench_markdown.report(evidence.bench, names, versions, PICTURES)


def _bytes(text: str) -> bytes:
    """As UTF-8; half of a pair, which that cannot hold, by its number, as JSON has it too."""
    return text.encode("utf-8", "backslashreplace")


def _drawn(shown: Page) -> Sequence[tuple[str, str]]:
    return [
        (picture.name, picture.svg)
        for section in shown.sections
        for picture in pictures(section.blocks)
    ]


def _json(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n"


def write_all(folder: Path, documents: Mapping[str, bytes]) -> None:
    """Write all of them, or none: each beside its place first, then all into their places, and back
    if that fails. Raises InputError for a folder that cannot be written.
    """
    beside: list[tuple[Path, Path]] = []
    with ExitStack() as undo:
        try:
            for name, data in documents.items():
                place = folder / name
                _make(place.parent, undo)
                handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
                beside.append((Path(temporary), place))
                undo.callback(Path(temporary).unlink, missing_ok=True)
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                Path(temporary).chmod(0o644)
            old = [_put(temporary, place, undo) for temporary, place in beside]
        except OSError as error:
            raise InputError(
                f"cannot be written: {error.strerror}",
                path=folder,
                mend="Name another with --output",
            ) from error
        undo.pop_all()
    for path in old:
        path.unlink(missing_ok=True)


def _make(folder: Path, undo: ExitStack) -> None:
    """Make a folder and those above it."""
    if not folder.exists():
        _make(folder.parent, undo)
        folder.mkdir()
        undo.callback(folder.rmdir)


def _put(temporary: Path, place: Path, undo: ExitStack) -> Path:
    """Put a file into its place, and give where what stood there is kept."""
    old = Path(f"{temporary}.old")
    if place.is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
    if place.exists():
        place.rename(old)
        undo.callback(old.rename, place)
    temporary.replace(place)
    undo.callback(place.unlink, missing_ok=True)
    return old

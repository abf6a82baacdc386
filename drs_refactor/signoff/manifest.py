"""A manifest as an in-toto statement: what was signed, file by file, and what was found.

The form is in-toto's: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md. It is
not signed itself; a signing tool takes it as it is. A digest of its own content shows edits that
were made by mistake.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from drs_refactor.documents import relative_to
from drs_refactor.errors import InputError
from drs_refactor.signoff.decision import Decision
from drs_refactor.signoff.digests import Digests, changes
from drs_refactor.signoff.evidence import Evidence, Signed

NAME = "manifest.json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:drs-refactor:signoff:1"

TREES = ("legacy", "refactored", "config")
"""Of which the predicate has the paths."""

_MEND = "Name one that signoff wrote"


def statement(
    evidence: Evidence, decision: Decision, folder: Path, reports: Mapping[str, bytes]
) -> dict[str, Any]:
    """The statement; paths of trees are relative to `folder`, where it will be written beside these
    reports.
    """
    trees, signed = evidence.trees, evidence.signed
    predicate = {
        "released": decision.answer,
        "partial": decision.partial,
        "verdicts": evidence.verdicts,
        "trees": {name: relative_to(folder, getattr(trees, name)) for name in TREES},
        "configuration": _listed("", signed.configuration),
        "tool": {
            "name": "drs-refactor",
            "version": evidence.versions["drs-refactor"],
            "digest": {"sha256": signed.tool},
        },
        "versions": dict(evidence.versions),
        "seed": evidence.seed,
        "reports": _listed(
            "", {name: hashlib.sha256(data).hexdigest() for name, data in reports.items()}
        ),
    }
    subject = [*_listed("legacy/", signed.legacy), *_listed("refactored/", signed.refactored)]
    found = {
        "_type": STATEMENT,
        "subject": subject,
        "predicateType": PREDICATE,
        "predicate": predicate,
    }
    return {**found, "predicate": {**predicate, "content": {"sha256": content(found)}}}


def _listed(prefix: str, digests: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"name": f"{prefix}{name}", "digest": {"sha256": digest}}
        for name, digest in sorted(digests.items())
    ]


def content(found: Mapping[str, Any]) -> str:
    """The digest of a statement's content, without this digest."""
    predicate = {key: value for key, value in found["predicate"].items() if key != "content"}
    text = json.dumps({**found, "predicate": predicate}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def read(path: Path) -> dict[str, Any]:
    """A manifest as it was written. Raises InputError for what is none, is of another version, or
    was edited.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path, mend=_MEND) from error
    except (ValueError, RecursionError) as error:
        raise InputError("this is not valid JSON", path=path, mend=_MEND) from error
    kind = found.get("predicateType") if isinstance(found, dict) else None
    if not isinstance(kind, str) or found.get("_type") != STATEMENT:
        raise InputError("this is no manifest", path=path, mend=_MEND)
    if kind != PREDICATE:
        raise InputError(
            f"it is of another version: {kind}", path=path, mend=f"This one reads {PREDICATE}"
        )
    try:
        same = found["predicate"]["content"]["sha256"] == content(found)
        _check_parts(found)
    except (AttributeError, KeyError, TypeError) as error:
        raise InputError("parts of it are missing", path=path, mend=_MEND) from error
    if not same:
        raise InputError("it was edited after it was written", path=path, mend="Run signoff again")
    manifest: dict[str, Any] = found
    return manifest


def _check_parts(found: Mapping[str, Any]) -> None:
    """Raises KeyError or TypeError where something is missing that is read later."""
    signed_in(found)
    predicate = found["predicate"]
    texts = [predicate["released"], *(predicate["trees"][key] for key in TREES)]
    for one in predicate["reports"]:
        texts += [one["name"], one["digest"]["sha256"]]
    if not all(isinstance(text, str) for text in texts) or "partial" not in predicate:
        raise TypeError


def signed_in(found: Mapping[str, Any]) -> Signed:
    """What a manifest says was signed."""
    subject = {one["name"]: one["digest"]["sha256"] for one in found["subject"]}
    predicate = found["predicate"]
    return Signed(
        _under("legacy/", subject),
        _under("refactored/", subject),
        {one["name"]: one["digest"]["sha256"] for one in predicate["configuration"]},
        predicate["tool"]["digest"]["sha256"],
    )


def _under(prefix: str, digests: Mapping[str, str]) -> Digests:
    return {
        name.removeprefix(prefix): digest
        for name, digest in digests.items()
        if name.startswith(prefix)
    }


def differences(signed: Signed, now: Signed) -> Iterator[str]:
    """File by file what is not as it was signed; the tool's own version is another matter."""
    for name in ("legacy", "refactored", "configuration"):
        prefix = "" if name == "configuration" else f"{name}/"
        for change in changes(getattr(signed, name), getattr(now, name)):
            yield f"{prefix}{change}"

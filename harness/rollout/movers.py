"""Who moves each part: resources of a stack, or people, where the stack never sees a difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drs_refactor.migration import Migration
from harness.rollout.parts import LAYERS
from harness.rollout.references import Resource

_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")


@dataclass(frozen=True)
class Package:
    """A function whose package has one name for every release: the stack never updates its code.
    `place` is the line of its key.
    """

    part: str
    place: str
    key: str


@dataclass(frozen=True)
class Mover:
    """The resources whose update moves a part, none where people do it. `root` is their stack,
    `after` and `after_back` the parts that CloudFormation moves before, by the new templates on the
    way out and by the old ones on the way back.
    """

    part: str
    resources: tuple[str, ...] = ()
    root: str = ""
    place: str = ""
    after: frozenset[str] = frozenset()
    after_back: frozenset[str] = frozenset()

    @property
    def by_hand(self) -> bool:
        return not self.resources


def movers(
    parts: Iterable[str],
    migration: Migration,
    old: Mapping[str, Resource],
    new: Mapping[str, Resource],
    *,
    packages: bool = False,
) -> dict[str, Mover]:
    """The mover of each part. With `packages`, as if each release had packages of its own."""
    everything = tuple(parts)
    fixed = {p.part for p in fixed_packages(everything, migration, old, new)}
    held: dict[str, tuple[str, ...]] = {}
    for part in everything:
        found = {r.address for side in (new, old) for r in _resources(part, migration, side)}
        by_hand = (part in fixed and not packages) or (part == LAYERS and not packages)
        held[part] = () if by_hand else tuple(sorted(found))
    return {
        part: Mover(
            part,
            addresses,
            addresses[0].partition("/")[0] if addresses else "",
            next((side[a].place for a in addresses for side in (new, old) if a in side), ""),
            _parts_before(addresses, held, new),
            _parts_before(addresses, held, old),
        )
        for part, addresses in held.items()
    }


def fixed_packages(
    parts: Iterable[str],
    migration: Migration,
    old: Mapping[str, Resource],
    new: Mapping[str, Resource],
) -> list[Package]:
    """Functions whose code changes under a package name that does not: a key that is plain text,
    the same in both templates, without a version.
    """
    found = []
    for part in parts:
        for resource in _resources(part, migration, new) if part.startswith("code:") else ():
            code = resource.definition.get("Properties", {}).get("Code")
            before = old.get(resource.address)
            given = code.get("S3Key") if isinstance(code, Mapping) else None
            if not isinstance(given, str) or "S3ObjectVersion" in code:
                continue  # inline, packaged by the CLI, or a reference that each release gives
            if before is None or before.value("Code") == resource.value("Code"):
                found.append(Package(part, _line_of_key(resource, code), given))
    return found


def _line_of_key(resource: Resource, code: Any) -> str:
    """`Code` knows its own line; the key is that or one of the next."""
    path = Path(resource.stack.path)
    first = getattr(code, "line", resource.line)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    line = next(
        (n for n in range(first, first + 5) if "S3Key:" in "".join(lines[n - 1 : n])), first
    )
    return f"{path.as_posix()}:{line}"


def _resources(
    part: str, migration: Migration, resources: Mapping[str, Resource]
) -> list[Resource]:
    kind, _, name = part.partition(":")
    if kind in ("code", "config"):
        wanted = migration.functions[name].resource
        return [
            r
            for r in resources.values()
            if r.logical_id == wanted and r.kind == "AWS::Lambda::Function"
        ][:1]
    if kind == "role":
        return [r for r in resources.values() if _is_of_role(r, name, resources)]
    if kind == LAYERS:
        return [r for r in resources.values() if r.kind == "AWS::Lambda::LayerVersion"]
    return [
        r
        for r in resources.values()
        if r.logical_id == name and r.kind == "AWS::StepFunctions::StateMachine"
    ]


def _is_of_role(resource: Resource, role: str, resources: Mapping[str, Resource]) -> bool:
    if resource.kind == "AWS::IAM::Role":
        return resource.logical_id == role
    if resource.kind not in _POLICIES:
        return False
    names = {
        r.stack.physical_name(role)
        for r in resources.values()
        if r.logical_id == role and r.kind == "AWS::IAM::Role"
    }
    roles = resource.value("Roles")
    given = [*(roles if isinstance(roles, list) else ()), resource.value("RoleName")]
    return bool(names.intersection(filter(lambda g: isinstance(g, str), given)))


def _parts_before(
    addresses: tuple[str, ...],
    held: Mapping[str, tuple[str, ...]],
    resources: Mapping[str, Resource],
) -> frozenset[str]:
    """The parts all of whose resources come before all of these."""
    mine = [resources[a] for a in addresses if a in resources]
    if not mine:
        return frozenset()
    return frozenset(
        part
        for part, others in held.items()
        if resources.keys() & others
        and not set(others) & set(addresses)
        and all(a in r.before for r in mine for a in resources.keys() & others)
    )

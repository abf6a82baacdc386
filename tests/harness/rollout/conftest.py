"""Templates made for one test."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from harness.aws.templates.stack import stacks_of
from harness.rollout.references import Resource, resources_of

Templates = Callable[..., dict[str, Resource]]


@pytest.fixture
def templates(tmp_path: Path) -> Templates:
    """`templates(main="…resources…", child="…")`: all resources of these files, by address."""
    count = 0

    def make(**texts: str) -> dict[str, Resource]:
        nonlocal count
        count += 1
        folder = tmp_path / str(count)
        folder.mkdir()
        for name, text in texts.items():
            body = textwrap.indent(textwrap.dedent(text).strip("\n"), "  ")
            (folder / f"{name}.yaml").write_text(f"Resources:\n{body}\n", encoding="utf-8")
        return resources_of(stacks_of(sorted(folder.glob("*.yaml")), {}))

    return make


def before(resources: Mapping[str, Resource], name: str) -> set[str]:
    """The logical ids of what comes before a resource."""
    [found] = [r for r in resources.values() if r.logical_id == name]
    return {address.rpartition("/")[2] for address in found.before}

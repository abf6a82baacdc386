"""What tests of the codemods share: the small tree, and its files parsed once for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from codemods import migrate
from codemods.syntax import source
from tests.codemods.support import Tree


@pytest.fixture(scope="session", autouse=True)
def parsed_once() -> Iterator[None]:
    """Parsed files are immutable, and most tests change one of the tree's three."""
    with pytest.MonkeyPatch.context() as patch:
        cached = lru_cache(maxsize=64)(source.parse)
        patch.setattr(source, "parse", cached)
        patch.setattr(migrate, "parse", cached)
        yield


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)

"""The same tests for both trees: where a function lives is read from migration.toml."""

import gc
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.trees.support import System, opened


@pytest.fixture(scope="session", autouse=True)
def _no_search_through_models() -> Iterator[None]:
    """Service models are large and stay for good: the garbage collector need not look at them."""
    with ExitStack() as stack:
        for side in ("legacy", "refactored"):
            opened(stack, side)
            stack.pop_all().close()
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(params=["legacy", "refactored"])
def system(request: pytest.FixtureRequest) -> Iterator[System]:
    """A tree in an empty account."""
    with ExitStack() as stack:
        yield opened(stack, request.param)


@pytest.fixture(params=["legacy", "refactored", "refactored through the stubs"])
def moved(request: pytest.FixtureRequest) -> Iterator[System]:
    """The same, and the tree after the move once more with its functions called where they were."""
    side, _, way = request.param.partition(" ")
    with ExitStack() as stack:
        yield opened(stack, side, stubs=bool(way))


@pytest.fixture
def refactored() -> Iterator[System]:
    """The tree after the move, for what only it has."""
    with ExitStack() as stack:
        yield opened(stack, "refactored")


@pytest.fixture
def legacy() -> Iterator[System]:
    """The tree before the move, for what only it has."""
    with ExitStack() as stack:
        yield opened(stack, "legacy")

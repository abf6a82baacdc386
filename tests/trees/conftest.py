"""The same tests for both trees: where a function lives is read from migration.toml."""

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from tests.trees.support import GROUPS, A, System, group, opened, plan, wave


@pytest.fixture(scope="session", autouse=True)
def _models_are_out_of_the_collectors_sight() -> Iterator[None]:
    """Service models are large and stay for good: load them, and never look for garbage there."""
    for side in ("legacy", "refactored"):
        with ExitStack() as stack:
            system = opened(stack, side)
            system.add_servers(A)
            system.add_network()
            system.put(GROUPS, group(launchConfig={"instanceType": "m5.large"}))
            system.orchestration({"action": "begin", "execution": "e", "plan": plan(wave(A))})
            system.wait(400)
            system.query_api("GET", "/drs/quotas")
            system.execution_handler({"operation": "find"})
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="module", autouse=True)
def _collections() -> Iterator[Callable[[], None]]:
    """Garbage is collected every 25 tests: the collector's own times take a third of the time."""
    gc.disable()
    tests = count(1)
    yield lambda: gc.collect() if next(tests) % 25 == 0 else None
    gc.enable()


@pytest.fixture(autouse=True)
def _collected(_collections: Callable[[], None]) -> None:
    _collections()


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

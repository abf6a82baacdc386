"""A benchmark that measured nothing fails: pytest-benchmark switches itself off under xdist, or
where it is told to, and its tests pass all the same.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest
from pytest_benchmark.fixture import BenchmarkFixture


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Fail before anything runs where nothing will be measured, and after it where nothing was."""
    benchmark = pyfuncitem.funcargs.get("benchmark")
    if not isinstance(benchmark, BenchmarkFixture):
        return (yield)
    if benchmark.disabled:
        pytest.fail(
            "nothing would be measured: pytest-benchmark is switched off. "
            "Run without -n, --dist and --benchmark-disable",
            pytrace=False,
        )
    result = yield
    if benchmark.stats is None or not benchmark.stats.stats.rounds:
        pytest.fail("nothing was measured: the test called no benchmark", pytrace=False)
    return result

"""Each Lambda function sees its own environment variables, in threads and pool workers too."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar

_variables: ContextVar[dict[str, str] | None] = ContextVar("lambda_environment", default=None)


class FunctionEnviron(MutableMapping[str, str]):
    """Stands for `os.environ`: the running function's variables, the process's outside one."""

    def __init__(self, process: MutableMapping[str, str]) -> None:
        self.process = process

    def _mapping(self) -> MutableMapping[str, str]:
        own = _variables.get()
        return self.process if own is None else own

    def __getitem__(self, key: str) -> str:
        return self._mapping()[key]

    def __setitem__(self, key: str, value: str) -> None:
        if not isinstance(value, str):
            raise TypeError(f"str expected, not {type(value).__name__}")
        self._mapping()[key] = value

    def __delitem__(self, key: str) -> None:
        del self._mapping()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._mapping())

    def __len__(self) -> int:
        return len(self._mapping())

    def __repr__(self) -> str:
        return f"environ({dict(self)!r})"

    def copy(self) -> dict[str, str]:
        """As `os.environ.copy()`."""
        return dict(self)


@contextmanager
def function_environments() -> Iterator[None]:
    """Put the switching mapping in the place of `os.environ`."""
    process = os.environ
    setattr(os, "environ", FunctionEnviron(process))  # noqa: B010  (mypy knows its type)
    try:
        yield
    finally:
        setattr(os, "environ", process)  # noqa: B010


@contextmanager
def variables(values: dict[str, str] | Mapping[str, str]) -> Iterator[None]:
    """Run with `values` as the whole environment; a dict is changed by what the code sets."""
    token = _variables.set(values if isinstance(values, dict) else dict(values))
    try:
        yield
    finally:
        _variables.reset(token)

"""What is not the trees' code: boto3 and botocore. While plumbing is put in, calls are answered by
whoever plays, clients are made once and lent after that, and a meter leaves their time out.

The thin parts of botocore that run in the midst of tree code stay in: a client's method itself, the
reading of a body, `Config`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from time import perf_counter_ns
from typing import Any
from unittest.mock import patch

import boto3.session
from boto3.resources.action import ServiceAction
from botocore.client import BaseClient
from botocore.config import Config
from botocore.paginate import PageIterator

Ask = Callable[[Any, str, dict[str, Any]], Any]
"""Answers a call: the client, the operation's name, its parameters."""


class Meter:
    """Nanoseconds by owner: each invocation of tree code, and plumbing, which is all the rest.

    The clock is read first on the way in and last on the way out: what the meter itself takes
    belongs to nobody.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin anew, in plumbing."""
        self.plumbing = 0
        self.functions: list[str] = []
        self.spent: list[int] = []
        self._owners: list[int] = []
        self._owner = -1
        self._since = perf_counter_ns()

    def enter_tree(self, function: str) -> None:
        """An invocation begins."""
        self._charge(perf_counter_ns())
        self._owners.append(self._owner)
        self._owner = len(self.spent)
        self.functions.append(function)
        self.spent.append(0)
        self._since = perf_counter_ns()

    def enter_plumbing(self) -> None:
        """Tree code calls what is not its own."""
        self._charge(perf_counter_ns())
        self._owners.append(self._owner)
        self._owner = -1
        self._since = perf_counter_ns()

    def leave(self) -> None:
        """Back to whoever was there before."""
        self._charge(perf_counter_ns())
        self._owner = self._owners.pop()
        self._since = perf_counter_ns()

    def _charge(self, now: int) -> None:
        if self._owner < 0:
            self.plumbing += now - self._since
        else:
            self.spent[self._owner] += now - self._since


class NoMeter(Meter):
    """For whoever counts something else."""

    def enter_tree(self, function: str) -> None:
        """Nothing is measured."""

    def enter_plumbing(self) -> None:
        """Nothing is measured."""

    def leave(self) -> None:
        """Nothing is measured."""


class Clients:
    """Clients and resources: a play that `learns` makes them, every other is lent the same ones in
    the same order. `made` counts those of the play; `diverged` says where it asked for another.
    """

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}
        self._order: list[tuple[str, Any]] = []
        self._learns, self._making = True, False
        self.made, self.diverged = 0, ""

    def begin(self, *, learns: bool) -> None:
        """A play begins."""
        self._learns, self.made, self.diverged = learns, 0, ""
        if learns:
            self._order = []

    def give(self, service: str, told: Callable[[], str], make: Callable[[], Any]) -> Any:
        """A client, made by `make`, which may make others; `told` are its arguments in words."""
        if self._making:
            return make()
        place, self.made = self.made, self.made + 1
        if not self._learns:
            if place < len(self._order) and self._order[place][0] == service:
                return self._order[place][1]
            self.diverged = self.diverged or f"{service} is made where it was not before"
            raise LookupError(self.diverged)
        key = told()
        if key not in self._known:
            self._making = True
            try:
                self._known[key] = make()
            finally:
                self._making = False
        self._order.append((service, self._known[key]))
        return self._known[key]


@contextmanager
def put_in(meter: Meter, ask: Ask, clients: Callable[[], Clients]) -> Iterator[None]:
    """Let `ask` answer calls, and `clients()` lend clients."""
    session = boto3.session.Session
    replaced = [
        (BaseClient, "_make_api_call", _metered(meter, ask)),
        (BaseClient, "get_paginator", _metered(meter, BaseClient.get_paginator)),
        (BaseClient, "get_waiter", _metered(meter, BaseClient.get_waiter)),
        (ServiceAction, "__call__", _metered(meter, ServiceAction.__call__)),
        (PageIterator, "__iter__", _metered_pages(meter, PageIterator.__iter__)),
        (session, "client", _lent(meter, session.client, "client", clients)),
        (session, "resource", _lent(meter, session.resource, "resource", clients)),
    ]
    with ExitStack() as stack:
        for owner, name, replacement in replaced:
            stack.enter_context(patch.object(owner, name, replacement))
        yield


def _metered(meter: Meter, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any, **options: Any) -> Any:
        meter.enter_plumbing()
        try:
            return function(*arguments, **options)
        finally:
            meter.leave()

    return call


def _metered_pages(meter: Meter, iterate: Callable[..., Any]) -> Callable[..., Any]:
    def pages(self: Any) -> Iterator[Any]:
        following = _metered(meter, iterate(self).__next__)
        while True:
            try:
                page = following()
            except StopIteration:
                return
            yield page

    return pages


def _lent(
    meter: Meter, make: Callable[..., Any], kind: str, clients: Callable[[], Clients]
) -> Callable[..., Any]:
    def lend(self: Any, service_name: str, *arguments: Any, **options: Any) -> Any:
        def told() -> str:
            said = {
                key: vars(value) if isinstance(value, Config) else value
                for key, value in options.items()
            }
            return repr((kind, self.region_name, service_name, arguments, sorted(said.items())))

        return clients().give(
            f"{service_name} {kind}", told, lambda: make(self, service_name, *arguments, **options)
        )

    return _metered(meter, lend)

"""What the calls of a play are answered with: the tape's, in order, a fresh copy each time."""

from __future__ import annotations

import io
import pickle
from collections import deque
from collections.abc import Mapping
from typing import Any

from botocore.response import StreamingBody

from harness.compute.results import Exchange, Tape

Names = Mapping[str, tuple[str, str]]
"""Name and ARN of a tree's functions, by key."""

Waiting = list[deque[tuple[Exchange, Any]]]
"""Exchanges and copies of their outcomes, step by step."""


class Cues:
    """The answers of a tape. Warm code does not ask again for what it keeps: a play that `learns`
    drops what it passes over, every other must ask for exactly what is left.

    `diverged` says where a play first asked for something else.
    """

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._kept = [list(step.exchanges) for step in tape.steps]
        self._waiting: Waiting = []
        self._learns = False
        self.diverged = ""

    @property
    def calls(self) -> int:
        """Calls in a play."""
        return sum(map(len, self._kept))

    def prepare(self, *, learns: bool = False) -> None:
        """Copy everything for one play, outside of what is measured."""
        self.begin(self.copies(), learns=learns)

    def copies(self) -> Waiting:
        """What one play can ask for, step by step."""
        return [deque((exchange, copy_of(exchange)) for exchange in kept) for kept in self._kept]

    def begin(self, copies: Waiting, *, learns: bool = False) -> None:
        """A play begins, for which these copies were made."""
        self.diverged, self._learns, self._waiting = "", learns, copies

    def next(self, number: int, function: str, name: str) -> tuple[Exchange, Any]:
        """The exchange that answers a call in the step of that number, from 1, and the copy of its
        outcome. Raises LookupError where the tape has another.
        """
        waiting = self._waiting[number - 1]
        while waiting:
            exchange, outcome = waiting.popleft()
            if (exchange.function, exchange.name) == (function, name):
                return exchange, outcome
            if not self._learns:
                raise self.diverge(number, f"{function} asked for {name}, not {_said(exchange)}")
            self._kept[number - 1].remove(exchange)
        raise self.diverge(number, f"{function} asked for {name}, which the recording has not")

    def end(self, number: int) -> None:
        """A step ended: it should have asked for all that there was."""
        for exchange, _ in self._waiting[number - 1]:
            if self._learns:
                self._kept[number - 1].remove(exchange)
            else:
                self.diverge(number, f"nobody asked for {_said(exchange)}")

    def diverge(self, number: int, what: str) -> LookupError:
        """Remember the first divergence: trees catch exceptions."""
        told = f"step {number} ({self._tape.steps[number - 1].label}): {what}"
        self.diverged = self.diverged or told
        return LookupError(told)


def _said(exchange: Exchange) -> str:
    return f"{exchange.function}'s {exchange.name}"


def copy_of(exchange: Exchange) -> Any:
    """An outcome that nobody has changed yet."""
    value = pickle.loads(exchange.outcome)
    for key, data in exchange.streams:
        value[key] = body(data)
    return value


def body(data: bytes) -> StreamingBody:
    """What botocore gives for a member that streams."""
    return StreamingBody(io.BytesIO(data), len(data))


def given(exchange: Exchange, outcome: Any, client: Any) -> Any:
    """What the caller of `client` gets. Raises what it got, of the client's own classes."""
    if exchange.kind == "client error":
        response, operation = outcome
        raise client.exceptions.from_code(response["Error"]["Code"])(response, operation)
    if exchange.kind == "error":
        raise outcome
    return outcome


def target(names: Names, asked: object) -> str:
    """The key of the function that an Invoke names, by name, partial or whole ARN; "" if it is
    none of the tree's.
    """
    parts = str(asked).split(":function:")[-1].split(":")
    for key, (name, arn) in names.items():
        if asked in (name, arn) or parts[0] == name:
            return key
    return ""

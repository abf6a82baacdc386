"""Identifiers that depend only on what was asked for, never on what else was asked before.

moto draws every id from one shared stream, so one extra call shifts all later ids. Here each API
call has a stream of its own, seeded by (account, region, service, operation, how many-th of these).
"""

from __future__ import annotations

import random
import string
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from moto.ec2.models import EC2Backend
from moto.moto_api._internal import mock_random
from moto.moto_api._internal.moto_random import MotoRandom

assert isinstance(mock_random, MotoRandom), "moto's source of ids is no longer a MotoRandom"

_make_backend = EC2Backend.__init__
_stream: ContextVar[random.Random | None] = ContextVar("id_stream", default=None)
_counters: Counter[tuple[str, ...]] = Counter()


def _letters(pool: str) -> bytes:
    return bytes(ord(pool[byte % len(pool)]) for byte in range(256))


_LETTERS = _letters(string.ascii_letters)
_ALPHANUMERIC = _letters(string.ascii_letters + string.digits)


class DerivedRandom(MotoRandom):
    """Takes the place of moto's `mock_random`; every other method of Random builds on these two.

    Outside any call it is moto's own shared stream.
    """

    def getrandbits(self, k: int) -> int:
        stream = _stream.get()
        return super().getrandbits(k) if stream is None else stream.getrandbits(k)

    def random(self) -> float:
        stream = _stream.get()
        return super().random() if stream is None else stream.random()

    def get_random_string(
        self, length: int = 20, include_digits: bool = True, lower_case: bool = False
    ) -> str:
        """One draw instead of one a letter: every answer carries 52 of them as its request id."""
        drawn = self.getrandbits(8 * length).to_bytes(length, "big")
        text = drawn.translate(_ALPHANUMERIC if include_digits else _LETTERS).decode("ascii")
        return text.lower() if lower_case else text


def install() -> None:
    """Make moto draw its ids from the streams of this module."""
    mock_random.__class__ = DerivedRandom
    EC2Backend.__init__ = _backend_of_its_own  # type: ignore[method-assign]


def _backend_of_its_own(self: EC2Backend, region_name: str, account_id: str) -> None:
    """An EC2 backend comes with a default VPC, whoever asks first: its ids are the region's own."""
    with derived_from(account_id, region_name, "ec2", "default VPC"):
        _make_backend(self, region_name, account_id)


def reset() -> None:
    """Forget what was counted: the next world gets the ids of the first."""
    _counters.clear()
    mock_random.seed("outside any call")


@contextmanager
def derived_from(*identity: str) -> Iterator[int]:
    """Draw ids for the next thing called `identity`; gives its number, from 0."""
    number = _counters[identity]
    _counters[identity] += 1
    token = _stream.set(random.Random("/".join((*identity, str(number)))))
    try:
        yield number
    finally:
        _stream.reset(token)


def derived_uuid(*identity: str) -> str:
    """A UUID for the next thing called `identity`."""
    with derived_from(*identity):
        return str(mock_random.uuid4())


def stream_for(*identity: str) -> random.Random:
    """A generator of its own for `identity`, always the same one."""
    return random.Random("/".join(identity))

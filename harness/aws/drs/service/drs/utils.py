"""Ids, times and pages; ids come from moto's `mock_random`, so that seeding moto fixes them."""

import base64
import json
import math
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from moto.moto_api._internal import mock_random
from moto.moto_api._internal.moto_random import MotoRandom

from .exceptions import ValidationException

T = TypeVar("T")


class InvalidTokenError(ValueError):
    """The page token is no token, or one of another request."""


def new_id(prefix: str) -> str:
    """An id of AWS's shape: the prefix, a dash, 17 hexadecimal digits."""
    return f"{prefix}-{mock_random.get_random_hex(17)}"


def new_seed() -> int:
    """A seed for `own_stream`, drawn from moto's stream."""
    return mock_random.getrandbits(64)


@contextmanager
def own_stream(seed: int) -> Iterator[None]:
    """Let moto draw from a stream of that seed inside, and leave the shared one alone.

    So a read that creates something gets the same ids whoever reads, and does not shift later
    ids. Set on the object, which also holds for a harness that has changed its class. Another
    thread that draws meanwhile draws from this stream.
    """
    stream = MotoRandom(seed)
    names = ("getrandbits", "random")
    before = {name: vars(mock_random)[name] for name in names if name in vars(mock_random)}
    for name in names:
        setattr(mock_random, name, getattr(stream, name))
    try:
        yield
    finally:
        for name in names:
            delattr(mock_random, name)
        vars(mock_random).update(before)


def iso(at: float) -> str:
    """Epoch seconds as DRS's ISO8601DatetimeString, in UTC with Z."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def iso_or_none(at: float) -> str | None:
    """The same, with None for a time that never comes (infinity)."""
    return iso(at) if math.isfinite(at) else None


def parse_iso(text: str) -> float:
    """Epoch seconds of an ISO8601DatetimeString. Raises ValueError."""
    return datetime.fromisoformat(text).timestamp()


def _scope(operation: str, request: Any) -> str:
    """What a token belongs to: the operation and a checksum of its filters."""
    text = json.dumps(request, sort_keys=True, default=str)
    return f"{operation}:{zlib.crc32(text.encode()):08x}"


def paginate(
    items: Sequence[T],
    key: Callable[[T], str],
    *,
    operation: str,
    request: Any,
    limit: int,
    next_token: str | None,
) -> tuple[list[T], str | None]:
    """One page of `items` and the token of the next.

    The token names the last item seen, so that items added in front do not shift the pages.
    Raises InvalidTokenError.
    """
    scope = _scope(operation, request)
    start = 0
    if next_token:
        try:
            token_scope, last = json.loads(base64.urlsafe_b64decode(next_token))
        except (ValueError, TypeError) as error:
            raise InvalidTokenError(next_token) from error
        keys = [key(item) for item in items]
        if token_scope != scope or last not in keys:
            raise InvalidTokenError(next_token)
        start = keys.index(last) + 1
    page = list(items[start : start + limit])
    if start + limit >= len(items):
        return page, None
    token = json.dumps([scope, key(page[-1])], separators=(",", ":")).encode()
    return page, base64.urlsafe_b64encode(token).decode()


def time_range(filters: Mapping[str, Any] | None, first: str, last: str) -> tuple[float, float]:
    """The two times in epoch seconds, open where not given. Raises ValidationException."""
    bounds = [float("-inf"), float("inf")]
    for index, name in enumerate((first, last)):
        text = (filters or {}).get(name)
        if text is not None:
            try:
                bounds[index] = parse_iso(text)
            except ValueError as error:
                raise ValidationException(f"{name} is no date: {text}") from error
    return bounds[0], bounds[1]

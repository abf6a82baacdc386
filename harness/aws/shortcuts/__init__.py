"""Shortcuts into moto and botocore: what they compute anew at every call is computed once.

None changes an answer: every scenario gives the same recording with them and without
(tests/equivalence/test_shortcuts.py). Each asserts when it is installed that what it replaces is
there and takes what it took.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harness.aws.shortcuts.base import Shortcut
from harness.aws.shortcuts.boto import SHORTCUTS as BOTO
from harness.aws.shortcuts.lent_clients import LENT_CLIENTS
from harness.aws.shortcuts.lent_sessions import LENT_SESSIONS
from harness.aws.shortcuts.moto import SHORTCUTS as MOTO
from harness.aws.shortcuts.requests import SHORTCUTS as REQUESTS

ALL: tuple[Shortcut, ...] = (*BOTO, LENT_CLIENTS, LENT_SESSIONS, *REQUESTS, *MOTO)

_wanted = True
_installed: list[Shortcut] = []


def install() -> None:
    """Put all shortcuts in place, for the process; `switched_off` takes them out again."""
    if _wanted and not _installed:
        for shortcut in ALL:
            shortcut.put()
            _installed.append(shortcut)


def never() -> None:
    """Leave moto and botocore as they are in this process."""
    global _wanted
    _wanted = False
    while _installed:
        _installed.pop().take_out()


@contextmanager
def switched_off(*names: str) -> Iterator[None]:
    """Run without the named shortcuts, or without any."""
    unknown = set(names) - {shortcut.name for shortcut in ALL}
    assert not unknown, f"there is no shortcut {unknown}"
    off = [shortcut for shortcut in _installed if not names or shortcut.name in names]
    for shortcut in reversed(off):
        shortcut.take_out()
    try:
        yield
    finally:
        for shortcut in off:
            shortcut.put()

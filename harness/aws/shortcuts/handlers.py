"""Which event handlers were registered by the code under test, and which by boto3 itself.

What is kept from one session for another must not hold what somebody registered on the first.
"""

from __future__ import annotations

from typing import Any

import boto3.session
import botocore.session
from botocore.hooks import HierarchicalEmitter

from harness.aws.shortcuts.base import Patch

_CHANGES, _AS_MADE, _LOG, _SPOILED = "_h_changes", "_h_as_made", "_h_log", "_h_spoiled"


def as_made(events: Any) -> bool:
    """True for the handlers of a boto3 session to which nobody has added or removed one."""
    state = vars(_inner(events))
    return _AS_MADE in state and state[_AS_MADE] == state.get(_CHANGES, 0)


def watch(events: Any) -> None:
    """Keep a log of what is registered from now on."""
    vars(_inner(events))[_LOG] = []


def undo(events: Any) -> bool:
    """Take out what was registered since `watch`. False if something else was changed too."""
    emitter = _inner(events)
    state = vars(emitter)
    log = state.pop(_LOG)
    if state.get(_SPOILED):
        return False
    for event_name, handler, unique_id, uses_count in reversed(log):
        emitter.unregister(event_name, handler, unique_id, uses_count)
    state[_LOG] = []
    return True


def _inner(events: Any) -> Any:
    return getattr(events, "_emitter", events)


def _register(original: Any) -> Any:
    def register(
        self: Any,
        event_name: str,
        handler: Any,
        unique_id: str | None,
        unique_id_uses_count: bool,
        section: Any,
    ) -> None:
        original(self, event_name, handler, unique_id, unique_id_uses_count, section)
        state = vars(self)
        state[_CHANGES] = state.get(_CHANGES, 0) + 1
        if _LOG in state:
            state[_LOG].append((event_name, handler, unique_id, unique_id_uses_count))

    return register


def _unregister(original: Any) -> Any:
    def unregister(
        self: Any,
        event_name: str,
        handler: Any = None,
        unique_id: str | None = None,
        unique_id_uses_count: bool = False,
    ) -> None:
        original(self, event_name, handler, unique_id, unique_id_uses_count)
        state = vars(self)
        state[_CHANGES] = state.get(_CHANGES, 0) + 1
        if _LOG in state:
            state[_SPOILED] = True

    return unregister


def _mark(events: Any) -> None:
    state = vars(_inner(events))
    state[_AS_MADE] = state.get(_CHANGES, 0)


def _make_session(original: Any) -> Any:
    def make(self: Any, *arguments: Any, **options: Any) -> None:
        original(self, *arguments, **options)
        if len(arguments) < 2 and options.get("event_hooks") is None:
            _mark(self.get_component("event_emitter"))

    return make


def _add_to_session(original: Any) -> Any:
    def add_to_session(self: Any) -> None:
        """boto3 adds its own handlers to those of the botocore session that it stands on."""
        was_as_made = as_made(self._session.get_component("event_emitter"))
        original(self)
        if was_as_made:
            _mark(self._session.get_component("event_emitter"))

    return add_to_session


PATCHES = (
    Patch(
        HierarchicalEmitter,
        "_register_section",
        _register,
        ("self", "event_name", "handler", "unique_id", "unique_id_uses_count", "section"),
    ),
    Patch(
        HierarchicalEmitter,
        "unregister",
        _unregister,
        ("self", "event_name", "handler", "unique_id", "unique_id_uses_count"),
    ),
    Patch(botocore.session.Session, "__init__", _make_session),
    Patch(boto3.session.Session, "_register_default_handlers", _add_to_session, ("self",)),
)

"""boto3's sessions are made once and lent again, as clients are.

Each container has a session of its own, and a cold start makes one: two milliseconds of registering
the same hundred handlers. A session comes back only if nobody changed what it was made with, and
forgets the credentials and files that its last borrower had read.
"""

from __future__ import annotations

import os
import weakref
from collections import defaultdict
from typing import Any

import boto3.session

from harness.aws.shortcuts import handlers
from harness.aws.shortcuts.base import Patch, Shortcut

_FORGOTTEN = ("_profile", "_config", "_credentials", "_auth_token", "_profile_map")
# A session keeps the environment that it was made with: in a world that is the functions' own.
_free: defaultdict[type, list[tuple[dict[str, Any], str]]] = defaultdict(list)


def _settings(session: Any) -> str:
    """What borrowers can change of a botocore session, besides its handlers."""
    return repr(
        (
            session._session_instance_vars,
            session._client_config,
            session.user_agent_name,
            session.user_agent_version,
            session.user_agent_extra,
            session.session_var_map._store,
            session.get_component("config_store")._overrides,
        )
    )


def _take_back(environment: type, state: dict[str, Any], settings: str) -> None:
    session = state["_session"]
    if handlers.as_made(session.get_component("event_emitter")) and _settings(session) == settings:
        _free[environment].append((state, settings))


def _lent(original: Any) -> Any:
    def make(self: Any, *arguments: Any, **options: Any) -> None:
        if arguments or any(value is not None for value in options.values()):
            original(self, *arguments, **options)
            return
        environment = type(os.environ)
        if _free[environment]:
            state, settings = _free[environment].pop()
            for name in _FORGOTTEN:
                setattr(state["_session"], name, None)
            vars(self).update(state)
        else:
            original(self)
            state, settings = dict(vars(self)), _settings(self._session)
        weakref.finalize(self, _take_back, environment, state, settings).atexit = False

    return make


LENT_SESSIONS = Shortcut(
    "lent-sessions",
    "sessions, lent again when their borrower is done",
    (Patch(boto3.session.Session, "__init__", _lent),),
)

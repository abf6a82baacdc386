"""Clients are made once for the same arguments and lent again when their borrower is done.

Making one takes milliseconds, a hundred times what a call needs, and Lambda code makes one in most
invocations. Who asks gets an object of its own, with the credentials it brought, a full retry quota
and no handler that an earlier borrower registered. Clients that keep more state than that are not
lent: those of S3, of sessions with handlers of their own, with tokens, with adaptive retries.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Hashable
from typing import Any

from botocore.client import ClientCreator
from botocore.retries.standard import RetryHandler

from harness.aws.shortcuts import handlers
from harness.aws.shortcuts.base import Patch, Shortcut

_PARAMETERS = (
    "self",
    "service_name",
    "region_name",
    "is_secure",
    "endpoint_url",
    "verify",
    "credentials",
    "scoped_config",
    "api_version",
    "client_config",
    "auth_token",
)
_NOT_LENT = ("s3", "s3control")
_NOT_READ = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_")


class _Credentials:
    """The credentials of whoever has the client now."""

    def __init__(self) -> None:
        self.current: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.current, name)

    def get_deferred_property(self, name: str) -> Callable[[], Any]:
        return lambda: getattr(self.current, name, None)


class _Lender:
    """The clients that were made with the same arguments and are free."""

    def __init__(self) -> None:
        self.free: dict[Hashable, list[tuple[Any, _Credentials | None]]] = {}

    def lend(self, key: Hashable, credentials: Any, make: Callable[[Any], Any]) -> Any:
        free = self.free.setdefault(key, [])
        if free:
            client, holder = free.pop()
        else:
            holder = _Credentials() if credentials is not None else None
            if holder is not None:
                holder.current = credentials
            client = make(holder)
            if not _can_be_lent(client):
                return client
            handlers.watch(client.meta.events)
        if holder is not None:
            holder.current = credentials
        _restore_quota(client)
        borrowed = object.__new__(type(client))
        borrowed.__dict__.update(client.__dict__)
        weakref.finalize(borrowed, self._take_back, key, client, holder).atexit = False
        return borrowed

    def _take_back(self, key: Hashable, client: Any, holder: _Credentials | None) -> None:
        if handlers.undo(client.meta.events):
            self.free[key].append((client, holder))


def _can_be_lent(client: Any) -> bool:
    mode = client.meta.config.retries["mode"]
    return mode == "legacy" or (mode == "standard" and bool(_quotas(client)))


def _quotas(client: Any) -> list[Any]:
    name = f"needs-retry.{client.meta.service_model.service_id.hyphenize()}"
    found = client.meta.events._emitter._handlers.prefix_search(name)
    owners = [getattr(handler, "__self__", None) for handler in found]
    return [
        owner._retry_quota._quota
        for owner in owners
        if isinstance(owner, RetryHandler) and hasattr(owner._retry_quota, "_quota")
    ]


def _restore_quota(client: Any) -> None:
    for quota in _quotas(client):
        quota._available_capacity = quota._max_capacity


def _lent(create: Any) -> Any:
    lender = _Lender()

    def create_client(
        self: Any,
        service_name: str,
        region_name: str | None,
        is_secure: bool = True,
        endpoint_url: str | None = None,
        verify: Any = None,
        credentials: Any = None,
        scoped_config: Any = None,
        api_version: str | None = None,
        client_config: Any = None,
        auth_token: Any = None,
    ) -> Any:
        def make(given: Any) -> Any:
            return create(
                self,
                service_name,
                region_name,
                is_secure,
                endpoint_url,
                verify,
                given,
                scoped_config,
                api_version,
                client_config,
                auth_token,
            )

        if (
            auth_token is not None
            or service_name in _NOT_LENT
            or not handlers.as_made(self._event_emitter)
        ):
            return make(credentials)
        key = (
            service_name,
            region_name,
            is_secure,
            endpoint_url,
            repr(verify),
            credentials is None,
            repr(scoped_config),
            api_version,
            repr(sorted(vars(client_config).items())) if client_config is not None else None,
            self._user_agent,
            repr(sorted(self._config_store._overrides.items())),
            tuple(
                sorted(
                    (name, value)
                    for name, value in os.environ.items()
                    if name.startswith("AWS_") and not name.startswith(_NOT_READ)
                )
            ),
        )
        return lender.lend(key, credentials, make)

    return create_client


LENT_CLIENTS = Shortcut(
    "lent-clients",
    "clients, lent again for the same arguments when their borrower is done",
    (*handlers.PATCHES, Patch(ClientCreator, "create_client", _lent, _PARAMETERS)),
)

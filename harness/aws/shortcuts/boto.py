"""Shortcuts into botocore and boto3."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import botocore.hooks as hooks
import botocore.httpsession
import botocore.loaders
import botocore.session
import botocore.useragent
from boto3.resources.factory import ResourceFactory
from botocore.auth import SigV4Auth
from botocore.client import ClientCreator
from botocore.compat import accepts_kwargs, get_current_datetime
from botocore.exceptions import NoCredentialsError
from botocore.hooks import EVENT_ALIASES, EventAliaser

from harness.aws.shortcuts.base import Patch, Shortcut


def _shared_loader(_: Any) -> Any:
    loader = botocore.loaders.create_loader()

    def register(self: Any) -> None:
        self._components.register_component("data_loader", loader)

    return register


def _model_once(load: Any) -> Any:
    known: dict[tuple[str, Any], Any] = {}

    def load_once(self: Any, service_name: str, api_version: Any = None) -> Any:
        key = (service_name, api_version)
        if key not in known:
            known[key] = load(self, service_name, api_version)
        return known[key]

    return load_once


def _class_once(create: Any) -> Any:
    known: dict[str, Any] = {}

    def create_once(self: Any, service_name: str, service_model: Any) -> Any:
        if service_name not in known:
            known[service_name] = create(self, service_name, service_model)
        return known[service_name]

    return create_once


def _resource_class_once(load: Any) -> Any:
    known: dict[tuple[str, str], Any] = {}

    def load_once(
        self: Any, resource_name: str, single_resource_json_definition: Any, service_context: Any
    ) -> Any:
        key = (service_context.service_name, resource_name)
        if key not in known:
            known[key] = load(self, resource_name, single_resource_json_definition, service_context)
        return known[key]

    return load_once


def _kept(function: Any) -> Any:
    return lru_cache(maxsize=4096)(function)


def _accepted_once(_: Any) -> Any:
    known: set[Any] = set()

    def verify(self: Any, func: Any) -> None:
        """Functions made anew have the code of those that were looked at before."""
        code = getattr(getattr(func, "__func__", func), "__code__", None)
        if code is None or code not in known:
            if not accepts_kwargs(func):
                raise ValueError(f"Event handler {func} must accept keyword arguments (**kwargs)")
            if code is not None:
                known.add(code)

    return verify


def _as_it_is(_: Any) -> Any:
    def leave(self: Any, operation_name: str, request: Any, **_: Any) -> None:
        """Features that a client used are not added: nobody reads them here."""

    return leave


def _text_once(build: Any) -> Any:
    def to_string(self: Any) -> str:
        config, text = vars(self).get("_h_text", (None, ""))
        if self._client_config is None or config is not self._client_config:
            text = build(self)
            vars(self)["_h_text"] = (self._client_config, text)
        return str(text)

    return to_string


def _unsigned(sign: Any) -> Any:
    def add_auth(self: Any, request: Any) -> None:
        """As the original, but for the signature; moto looks at the credential alone."""
        if type(self) is not SigV4Auth:  # other kinds put more into the request
            sign(self, request)
            return
        if self.credentials is None:
            raise NoCredentialsError()
        request.context["timestamp"] = get_current_datetime().strftime("%Y%m%dT%H%M%SZ")
        self._modify_request_before_signing(request)
        request.headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.scope(request)}, SignedHeaders=host, "
            f"Signature={'0' * 64}"
        )

    return add_auth


def _list_copies(_: Any) -> Any:
    def copy(self: Any) -> Any:
        return hooks.NodeList(self.first[:], self.middle[:], self.last[:])

    return copy


def _known_aliases(make: Any) -> Any:
    known: dict[str, str] = {}

    def make_with_known(self: Any, event_emitter: Any, event_aliases: Any = None) -> None:
        make(self, event_emitter, event_aliases)
        if event_aliases is None or event_aliases == EVENT_ALIASES:
            self._alias_name_cache = known

    return make_with_known


SHORTCUTS = (
    Shortcut(
        "service-models",
        "service models, which sessions parse each for itself (ec2 alone takes 0.3 s)",
        (
            Patch(botocore.session.Session, "_register_data_loader", _shared_loader, ("self",)),
            Patch(
                ClientCreator,
                "_load_service_model",
                _model_once,
                ("self", "service_name", "api_version"),
            ),
        ),
    ),
    Shortcut(
        "client-classes",
        "the class of a service's clients; no handler of botocore or boto3 makes it otherwise",
        (
            Patch(
                ClientCreator,
                "_create_client_class",
                _class_once,
                ("self", "service_name", "service_model"),
            ),
        ),
    ),
    Shortcut(
        "resource-classes",
        "the classes of boto3's resources, which every session makes anew",
        (
            Patch(
                ResourceFactory,
                "load_from_definition",
                _resource_class_once,
                (
                    "self",
                    "resource_name",
                    "single_resource_json_definition",
                    "service_context",
                ),
            ),
        ),
    ),
    Shortcut(
        "event-names",
        "the new names of a thousand events, which every client looks up in botocore's table",
        (
            Patch(
                EventAliaser,
                "__init__",
                _known_aliases,
                ("self", "event_emitter", "event_aliases"),
            ),
        ),
    ),
    Shortcut(
        "handler-lists",
        "copies of a session's handlers: three lists of a few each, a hundred times a client",
        (
            Patch(hooks.NodeList, "__copy__", _list_copies, ("self",)),
            Patch(hooks.BaseEventHooks, "_verify_accept_kwargs", _accepted_once, ("self", "func")),
        ),
    ),
    Shortcut(
        "user-agents",
        "the user agent, which a client builds anew from thirty parts for every request",
        (
            Patch(
                botocore.useragent.UserAgentString,
                "rebuild_and_replace_user_agent_handler",
                _as_it_is,
                ("self", "operation_name", "request", "kwargs"),
            ),
            Patch(botocore.useragent.UserAgentString, "to_string", _text_once, ("self",)),
            Patch(
                botocore.useragent,
                "sanitize_user_agent_string_component",
                _kept,
                ("raw_str", "allow_hash"),
            ),
        ),
    ),
    Shortcut(
        "signatures",
        "nothing: requests are signed with zeros, which moto does not look at",
        (Patch(SigV4Auth, "add_auth", _unsigned, ("self", "request")),),
    ),
    Shortcut(
        "tls-contexts",
        "the TLS settings of connections that are never opened; a session has two of its own",
        (Patch(botocore.httpsession, "create_urllib3_context", _kept),),
    ),
)

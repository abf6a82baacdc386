"""Shortcuts into moto and botocore: what they compute anew at every call is computed once.

None changes an answer. Each asserts that what it replaces is there; `install` is the only switch.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import botocore.hooks as hooks
import botocore.loaders
import botocore.session
import moto.core.responses as core_responses
import moto.stepfunctions.parser.asl.utils.json_path as json_path
from botocore.client import ClientCreator
from botocore.hooks import EVENT_ALIASES, EventAliaser
from moto.core.base_backend import BaseBackend
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

_PLACES: tuple[tuple[object, str], ...] = (
    (botocore.session.Session, "_register_data_loader"),
    (EventAliaser, "_alias_event_name"),
    (hooks.NodeList, "__copy__"),
    (ClientCreator, "_load_service_model"),
    (ClientCreator, "_create_client_class"),
    (core_responses, "method_names_from_class"),
    (hooks, "accepts_kwargs"),
    (json_path, "parse"),
    (BaseBackend, "urls"),
    (AmazonStateLanguageParser, "parse"),
)
for _owner, _name in _PLACES:
    assert hasattr(_owner, _name), f"{_owner} has no {_name} any more: shortcuts.py must follow"


def install() -> None:
    """Put all shortcuts in place, for the process."""
    _share_service_models()
    _share_event_names()
    _share_client_classes()
    hooks.NodeList.__copy__ = _copy_handlers
    _keep(core_responses, "method_names_from_class")
    _keep(json_path, "parse")
    _keep(hooks, "accepts_kwargs")
    _keep_urls()
    # Programs hold no state of an execution: the environment does.
    parse = lru_cache(maxsize=64)(AmazonStateLanguageParser.parse)
    AmazonStateLanguageParser.parse = staticmethod(parse)  # type: ignore[method-assign]


def _keep(owner: Any, name: str) -> None:
    function: Callable[..., Any] = getattr(owner, name)
    setattr(owner, name, lru_cache(maxsize=1024)(function))


def _share_service_models() -> None:
    """Sessions parse botocore's service models once a process (ec2 alone takes 0.3 s)."""
    loader = botocore.loaders.create_loader()

    def register(self: Any) -> None:
        self._components.register_component("data_loader", loader)

    botocore.session.Session._register_data_loader = register


def _share_client_classes() -> None:
    """A client's class and its service's model depend on the service alone; no handler of botocore
    or boto3 makes them otherwise for one session than for another.
    """
    models: dict[tuple[str, Any], Any] = {}
    classes: dict[str, Any] = {}
    load, create = ClientCreator._load_service_model, ClientCreator._create_client_class

    def load_once(self: Any, service_name: str, api_version: Any = None) -> Any:
        key = (service_name, api_version)
        if key not in models:
            models[key] = load(self, service_name, api_version)
        return models[key]

    def create_once(self: Any, service_name: str, service_model: Any) -> Any:
        if service_name not in classes:
            classes[service_name] = create(self, service_name, service_model)
        return classes[service_name]

    ClientCreator._load_service_model = load_once
    ClientCreator._create_client_class = create_once


def _copy_handlers(self: Any) -> Any:
    """Every client copies its session's handlers: three lists of a few each, a hundred times."""
    return hooks.NodeList(self.first[:], self.middle[:], self.last[:])


def _share_event_names() -> None:
    """Every client renames the same thousand events by botocore's own table."""
    known: dict[str, str] = {}
    make = EventAliaser.__init__

    def make_with_known(self: Any, event_emitter: Any, event_aliases: Any = None) -> None:
        make(self, event_emitter, event_aliases)
        if event_aliases is None or event_aliases == EVENT_ALIASES:
            self._alias_name_cache = known

    EventAliaser.__init__ = make_with_known


def _keep_urls() -> None:
    """A service's URL patterns depend on its class alone."""
    compute = BaseBackend.urls.fget  # type: ignore[attr-defined]
    known: dict[type[Any], Any] = {}

    def urls(self: BaseBackend) -> Any:
        kind = type(self)
        if kind not in known:
            known[kind] = compute(self)
        return known[kind]

    BaseBackend.urls = property(urls)  # type: ignore[assignment, method-assign]

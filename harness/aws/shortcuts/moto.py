"""Shortcuts into moto: dispatch, serialization, and the interpreter of state machines."""

from __future__ import annotations

import copy
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import moto.core.responses as core_responses
import moto.core.utils as core_utils
import moto.stepfunctions.parser.asl.component.common.path.result_path as result_path
import moto.stepfunctions.parser.asl.component.common.string.string_expression as expression
import moto.stepfunctions.parser.asl.eval.states as states
import moto.stepfunctions.parser.asl.utils.json_path as json_path
from moto.core.base_backend import AccountSpecificBackend, BaseBackend
from moto.core.routing import ServiceOperationRouter
from moto.core.serialize import (
    AttributePicker,
    AttributePickerContext,
    ResponseSerializer,
    XFormedAttributePicker,
)
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

from harness.aws.shortcuts.base import Patch, Shortcut


def _kept(function: Any) -> Any:
    return lru_cache(maxsize=1024)(function)


def _urls_once(original: Any) -> Any:
    known: dict[type[Any], Any] = {}

    def urls(self: BaseBackend) -> Any:
        kind = type(self)
        if kind not in known:
            known[kind] = original.fget(self)
        return known[kind]

    return property(urls)


def _regions_once(original: Any) -> Any:
    known: dict[str, list[str]] = {}

    def generate_regions(self: Any, service_name: str) -> list[str]:
        if service_name not in known:
            known[service_name] = original(self, service_name)
        return known[service_name]

    return generate_regions


def _matched_once(original: Any) -> Any:
    def match(self: Any, request: Any) -> Any:
        known = vars(request).setdefault("_h_matched", {})
        if self not in known:
            known[self] = original(self, request)
        operation, parameters = known[self]
        return operation, dict(parameters)

    return match


def _parsed_once(original: Any) -> Any:
    # Programs hold no state of an execution: the environment does.
    return staticmethod(lru_cache(maxsize=64)(original.__func__))


def _value_by_known_keys(original: Any) -> Any:
    """The keys depend on the serializer, the member's shape and its parent, if a dict is read."""
    known: dict[tuple[Any, ...], tuple[str, ...]] = {}

    def get_value(self: Any, value: Any, key: str, shape: Any) -> Any:
        picker = self._value_picker
        if (
            type(value) is not dict
            or type(picker) not in (AttributePicker, XFormedAttributePicker)
            or picker.response_transformers
        ):
            return original(self, value, key, shape)
        place = (type(picker), *picker.alias_providers, key, shape, getattr(shape, "parent", None))
        names = known.get(place)
        if names is None:
            context = AttributePickerContext(value, key, shape)
            names = known[place] = tuple(picker.get_possible_keys(context))
        for name in names:
            if name in value:
                return value[name]
            if "." in name:
                return original(self, value, key, shape)
        return None

    return get_value


def json_copy(value: Any) -> Any:
    """As `copy.deepcopy`, for what is JSON nearly always."""
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None or kind is float:
        return value
    if kind is dict:
        return {key: json_copy(item) for key, item in value.items()}
    if kind is list:
        return [json_copy(item) for item in value]
    return copy.deepcopy(value)


def _json_copies(_: Any) -> Any:
    return SimpleNamespace(deepcopy=json_copy, copy=copy.copy)


SHORTCUTS = (
    Shortcut(
        "method-names",
        "the names of a response class's methods, which are looked up for every request",
        (
            Patch(core_responses, "method_names_from_class", _kept, ("clazz",)),
            Patch(core_utils, "service_name_from_moto_package_name", _kept),
        ),
    ),
    Shortcut(
        "routes",
        "the operation of a request, which moto looks for three times",
        (Patch(ServiceOperationRouter, "match", _matched_once, ("self", "request")),),
    ),
    Shortcut(
        "urls",
        "a service's URL patterns, which depend on its class alone",
        (Patch(BaseBackend, "urls", _urls_once),),
    ),
    Shortcut(
        "regions",
        "the regions of a service, which every account looks up in botocore's endpoints",
        (Patch(AccountSpecificBackend, "_generate_regions", _regions_once),),
    ),
    Shortcut(
        "attribute-keys",
        "the keys under which the parts of an answer are looked for, eight for each part",
        (
            Patch(
                ResponseSerializer,
                "get_value",
                _value_by_known_keys,
                ("self", "value", "key", "shape"),
            ),
        ),
    ),
    Shortcut(
        "state-machine-programs",
        "parsed definitions and JSONPaths of state machines",
        (
            Patch(AmazonStateLanguageParser, "parse", _parsed_once),
            Patch(json_path, "parse", _kept),
            Patch(result_path, "parse", _kept),
        ),
    ),
    Shortcut(
        "state-copies",
        "nothing: copies an execution's JSON without deepcopy's memo of what it has seen",
        tuple(Patch(module, "copy", _json_copies) for module in (states, expression, result_path)),
    ),
)

"""One template file as plain data: short-form intrinsics become their long form, lines are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from drs_refactor.errors import InputError
from drs_refactor.yaml_errors import told_as_input


class Mapping(dict[Any, Any]):
    """A dictionary that knows the line it stands on, from 1."""

    line: int = 0


class _Loader(yaml.CSafeLoader):
    """CloudFormation's YAML; dates and the like stay text, as CloudFormation takes them."""


def _intrinsic(loader: _Loader, suffix: str, node: yaml.Node) -> Mapping:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = _mapping(loader, node)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    result = Mapping({name: value})
    result.line = node.start_mark.line + 1
    return result


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Mapping:
    loader.flatten_mapping(node)
    result = Mapping(loader.construct_mapping(node, deep=True))
    result.line = node.start_mark.line + 1
    return result


_Loader.add_multi_constructor("!", _intrinsic)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: str(node.value))


def read(path: Path) -> Mapping:
    """The template in `path`. Raises InputError where it is no YAML or no template."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path=path) from error
    with told_as_input(text, path, "Mend the template"):
        document = yaml.load(text, _Loader)
    if not isinstance(document, Mapping) or not isinstance(document.get("Resources"), dict):
        raise InputError(
            "this is no CloudFormation template: it has no Resources",
            path=path,
            mend="Take it out of [templates] files in migration.toml",
        )
    return document

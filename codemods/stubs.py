"""Stubs: functions of the moved ones' names and signatures that invoke their new owners."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import libcst as cst

from codemods.signatures import Signature, payload_of
from codemods.stub_helper import ERROR, INVOKE
from codemods.syntax.scopes import StatementScope
from drs_refactor.model import Move


def needed_names(move: Move, signature: Signature) -> frozenset[str]:
    """What a stub takes from its module: annotations, defaults, names in payload expressions."""
    body = "".join(f"\n    ({value})" for value in payload_of(move, signature).values())
    return StatementScope(cst.parse_module(f"{signature.header}{body}\n    pass\n")).references


def stub_text(
    move: Move,
    signature: Signature,
    owner_variable: str,
    owner: str,
    inside: Sequence[str] = (),
) -> str:
    """A function of the moved one's name and signature that invokes its owner.

    `inside` are imports whose names its module has given to something else.
    """
    payload = payload_of(move, signature)
    header = re.sub(rf"(?<=\bdef ){move.function}\b", move.name, signature.header, count=1)
    lines = [header, *_docstring(move, owner)]
    for key, expression in payload.items():
        if expression != key:
            lines.append(f"    {key} = {expression}")
    arguments = ", ".join(f'"{key}": {key}' for key in payload)
    call = [
        f"answer = {INVOKE}(",
        f'    "{owner_variable}",',
        f'    "{move.action}",',
        f"    {{{arguments}}},",
        ")",
    ]
    if isinstance(move.on_invocation_failure, Mapping):
        lines += ["    try:", *_indented(call, 8), f"    except {ERROR} as error:"]
        lines += ["        import logging", ""] if "import logging" in inside else []
        lines += _indented(_mark_failed(move, move.on_invocation_failure), 8)
    else:
        lines += _indented(call, 4)
    if move.mutates:
        lines += _indented(
            [f"{move.mutates}.clear()", f'{move.mutates}.update(answer["{move.mutates}"])'], 4
        )
    lines.append(f"    return {move.returns}" if move.returns else '    return answer["result"]')
    if move.name != move.function:
        lines += ["", "", "# The old name of the same thing.", f"{move.function} = {move.name}"]
    return "\n".join(lines) + "\n"


def _docstring(move: Move, owner: str) -> list[str]:
    text = [f'"""Invoke {owner}, which owns this function now.']
    if move.mutates:
        text += [
            "",
            f"Its changes go back into `{move.mutates}` itself. Its inner lists and dictionaries",
            "are new objects, and changes made before an exception are lost.",
        ]
        text.append('"""')
    else:
        text[0] += '"""'
    return [f"    {line}" if line else "" for line in text]


def _mark_failed(move: Move, failure: Mapping[str, Any]) -> list[str]:
    lines = [f'logging.getLogger().exception("{move.action} could not be invoked")']
    for key, value in failure.items():
        written = "str(error)" if value == "{error}" else _literal(value)
        lines.append(f"{move.mutates}[{_literal(key)}] = {written}")
    lines.append(f"return {move.returns}" if move.returns else "return None")
    return lines


def _literal(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _indented(lines: Sequence[str], spaces: int) -> list[str]:
    return [" " * spaces + line for line in lines]

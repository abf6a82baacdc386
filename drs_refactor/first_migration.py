"""The text of a first migration.toml: what a tree told, and what a person must say as comments."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from codemods.proposals.proposal import Proposal, ProposedMove
from codemods.proposals.survey import Lambda, Survey

SCENARIOS_FOR = "drs"
"""The service that the shipped scenarios are about."""


def text_of(survey: Survey, proposal: Proposal, folder: Path) -> str:
    """migration.toml as it would stand in `folder`. Questions are lines that begin with `# ?`."""
    return "\n".join(_lines(survey, proposal, folder)).rstrip() + "\n"


def questions(text: str) -> list[tuple[int, str]]:
    """The questions of such a text with their lines."""
    return [
        (number, line.strip().removeprefix("# ?").strip())
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip().startswith("# ?")
    ]


def _lines(survey: Survey, proposal: Proposal, folder: Path) -> Iterator[str]:
    yield "# What moves where. Paths are relative to a tree, before and after alike."
    yield "# Written by `drs-refactor init`: a line that begins with # ? is for you to decide."
    yield ""
    yield "# What code can import besides its own folder, as a Lambda layer has it."
    yield f"layers = {_value(list(survey.layers))}"
    yield "# The services that the functions' old home must not call any more."
    if proposal.other_services:
        others = " and ".join(proposal.other_services)
        yield f"# ? What stays in {proposal.source.key} calls {others} too: should that go as well?"
    yield f"services_gone = {_value([proposal.service])}"
    yield ""
    yield "[trees]"
    source = Path(os.path.relpath(survey.root, folder))
    yield f"legacy = {_value(source.as_posix())}"
    yield f"refactored = {_value(_output(source, survey.root).as_posix())}"
    for found in survey.lambdas:
        yield ""
        yield from _function(found, found is proposal.source)
    yield ""
    yield from _templates(survey, proposal)
    if proposal.service != SCENARIOS_FOR:
        yield ""
        yield "[scenarios]"
        yield f"# ? The scenarios that come with the tool are about {SCENARIOS_FOR}; name your own:"
        yield '# files = ["scenarios/*.yaml"]'
        yield "shipped = false"
    for move in proposal.moves:
        yield ""
        yield from _move(move, proposal.source)


def _output(source: Path, root: Path) -> Path:
    """Beside the source, and never inside it."""
    name = "refactored" if root.name == "legacy" else f"{root.resolve().name}-refactored"
    return Path(os.path.normpath(source / "..")) / name


def _function(found: Lambda, is_source: bool) -> Iterator[str]:
    if not found.path:
        where = f"{found.resource} ({found.template}:{found.line})"
        yield f"# ? No file defines the handler of {where}: name it if it has a part in the move."
        yield f"# [functions.{found.key}]"
        yield '# path = "…/index.py"'
        yield f"# resource = {_value(found.resource)}"
        return
    if is_source:
        why = "the state machine runs it" if found.in_state_machine else "it was chosen"
        yield f"# The functions leave this one: {why}."
    yield f"[functions.{found.key}]"
    if not found.certain:
        yield f"# ? Or is it {' or '.join(found.candidates[1:4])}?"
    yield f"path = {_value(found.path)}"
    yield f"resource = {_value(found.resource)}"
    if found.handler != "lambda_handler":
        yield f"handler = {_value(found.handler)}"


def _templates(survey: Survey, proposal: Proposal) -> Iterator[str]:
    yield "[templates]"
    for problem in survey.unread:
        yield f"# ? Cannot be read: {problem}"
    yield f"files = {_value(list(survey.templates))}"
    if proposal.source.role:
        yield "# Where a function's own template does not tell its role."
        yield f"role = {_value(proposal.source.role)}"
    else:
        yield f"# ? The logical id of the role that {proposal.source.resource} runs under:"
        yield '# role = "…"'


def _move(move: ProposedMove, source: Lambda) -> Iterator[str]:
    calls = f": {', '.join(move.operations)}" if move.operations else ""
    yield f"# {source.path}:{move.line}{calls}"
    for doubt in move.doubts:
        yield f"# ? {doubt[0].upper()}{doubt[1:]}."
    yield "[[moves]]"
    yield f"function = {_value(move.function)}"
    yield f"from = {_value(source.key)}"
    yield f"to = {_value(move.places[0] or '?')}"
    if move.places[1:]:
        yield f"carry_to = {_value(list(move.places[1:]))}"
    if move.helper:
        yield "helper = true  # only functions that move call it"
        return
    reading = move.reading
    if any(key != expression for key, expression in reading.payload.items()):
        stuck = {found.parameter for found in move.stuck}
        sent = {k: v for k, v in reading.payload.items() if v not in stuck}
        yield f"payload = {_value(sent)}"
    yield from _made_anew(move)
    if reading.mutates:
        yield f"mutates = {_value(reading.mutates)}"
    if reading.returns:
        yield f"returns = {_value(reading.returns)}"
    if reading.failure:
        yield "# What its own `except` sets, here for an invocation that fails."
        yield f"on_invocation_failure = {_value(reading.failure)}"
    elif reading.mutates:
        yield "# ? A failed invocation is raised, unless you say which keys it sets:"
        yield '# on_invocation_failure = { status = "failed", error = "{error}" }'


def _made_anew(move: ProposedMove) -> Iterator[str]:
    for found in move.stuck:
        yield (
            f"# ? {found.parameter} cannot cross as JSON ({found.why}): is this what its owner "
            "takes for it?"
        )
    if move.stuck:
        made = {found.parameter: found.anew or "…" for found in move.stuck}
        mark = "" if all(found.anew for found in move.stuck) else "# "
        yield f"{mark}made_anew = {_value(made)}"


def _value(value: Any) -> str:
    """A value as TOML writes it; JSON's texts are TOML's too."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key} = {_value(item)}" for key, item in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False)

"""MIGRATION.md: what the next person needs to know of a move, beside the tree that it made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codemods.plan import Plan
from codemods.proofs.recheck import Recheck
from codemods.scene import Scene
from codemods.signatures import payload_of
from drs_refactor.model import Move

NAME = "MIGRATION.md"


def name_in(taken: Iterable[str], home: str) -> str:
    """What the document is called in a tree that has these files."""
    return f"MIGRATION-{home}.md" if NAME in set(taken) else NAME


def handover(scene: Scene, plan: Plan, proof: Recheck) -> str:
    """The text of the document."""
    return "\n".join(_lines(scene, plan, proof)).rstrip() + "\n"


def _lines(scene: Scene, plan: Plan, proof: Recheck) -> Iterator[str]:
    migration = scene.migration
    home = migration.moves[0].source
    owners = list(dict.fromkeys(move.destination for move in migration.moves))
    yield "# Migration"
    yield ""
    yield f"Written by `drs-refactor migrate` as {migration.path.name} says; do not edit it."
    yield ""
    gone = f" calls {_and(migration.services_gone)} no more and" if migration.services_gone else ""
    yield f"`{home}`{gone} invokes {_and(owners)} instead."
    yield ""
    yield "## What moved"
    yield ""
    yield "| function | to | action | lines |"
    yield "|---|---|---|---|"
    moves = {move.function: move for move in migration.moves}
    for found in proof.proved:
        move = moves[found.moved.function]
        name = move.function if move.name == move.function else f"{move.function} → {move.name}"
        kind = "a copy" if found.moved.copy else move.action or "a helper"
        yield f"| {name} | {found.moved.destination} | {kind} | {found.moved.lines} |"
    yield ""
    if not proof.problems():
        yield "Every function is token for token what it was, and every name that it uses means the"
        yield "same: `drs-refactor proof` shows it again from the two trees."
    yield from _section("What is not the same", proof.problems())
    yield from _section(
        "Names with two meanings",
        [r.detail for r in plan.resolutions if r.outcome == "aliased"],
    )
    yield from _section("Variables, permissions and time limits", plan.template_changes)
    yield from _section("State that is split", [str(state) for state in proof.split])
    yield ""
    yield "## Who calls whom"
    yield ""
    yield from _diagram(scene, plan)
    yield ""
    yield from _failures([m for m in migration.moves if m.action])
    yield ""
    yield "## How to deploy"
    yield ""
    yield f"1. Deploy the code of {_and(owners)}: new actions are answered, and nobody sends them."
    yield "2. Deploy the templates: variables, permissions and time limits."
    yield f"3. Deploy the code of `{home}`: from here on it invokes."
    yield ""
    yield "## How to go back"
    yield ""
    yield f"Deploy the old code of `{home}` first: it needs nothing of what was added. The rest may"
    yield "stay, or go back after it, when no invocation of a moved action is under way."
    yield from _section("Look at", plan.mentions)


def _section(title: str, lines: tuple[str, ...] | list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield f"## {title}"
        yield ""
        yield from (f"- {line}" for line in lines)


def _diagram(scene: Scene, plan: Plan) -> Iterator[str]:
    yield "```mermaid"
    yield "sequenceDiagram"
    for caller, names in plan.callers.items():
        for move in scene.migration.moves:
            if move.function not in names:
                continue
            payload = payload_of(move, scene.signatures[move.function])
            sent = ", ".join(("action", *payload))
            back = ", ".join(dict.fromkeys(["action", *_answered(move)]))
            yield f"    {caller}->>{move.destination}: {move.action} {{{sent}}}"
            yield f"    {move.destination}-->>{caller}: {{{back}}} or an error"
    yield "```"


def _answered(move: Move) -> list[str]:
    return [key for key in (move.mutates, "" if move.returns else "result") if key]


def _failures(moves: list[Move]) -> Iterator[str]:
    yield "An exception of a moved function is raised again by its caller's stub. Throttling and"
    yield "refused connections are repeated, since nothing ran; a read time-out never is."
    yield ""
    for move in moves:
        failure = move.on_invocation_failure
        does = "is raised" if isinstance(failure, str) else f"sets {_and(failure)}"
        yield f"- An invocation of {move.action} that fails {does}."


def _and(names: Iterable[str]) -> str:
    found = [f"`{name}`" for name in names]
    return " and ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)

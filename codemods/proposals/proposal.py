"""What could move, as far as a tree tells: the functions of one Lambda that call a service which
another Lambda is there for.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from codemods.proofs.service import Use, Uses
from codemods.proposals.survey import Lambda, Survey
from codemods.syntax.crossing import Stuck, stuck_at, stuck_in
from codemods.syntax.reading import Reading, reading_of
from drs_refactor.errors import InputError
from drs_refactor.services import available_services, operations_of

_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
EVERYONES = frozenset(
    {"cloudwatch", "dynamodb", "events", "iam", "kms", "lambda", "logs", "s3", "scheduler"}
    | {"secretsmanager", "sns", "sqs", "ssm", "stepfunctions", "sts", "xray"}
)
"""Services that every Lambda function uses, whatever it is there for."""


@dataclass(frozen=True)
class ProposedMove:
    """A function that calls the service, with the operations that it calls itself. `places` are
    where it could go, the first one "" if nothing speaks for any; `stuck` are parameters that JSON
    cannot carry; `doubts` are for a person.
    """

    function: str
    line: int
    operations: tuple[str, ...]
    places: tuple[str, ...]
    helper: bool
    reading: Reading
    stuck: tuple[Stuck, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """What could move out of `source`, and the other services that could be meant."""

    source: Lambda
    service: str
    other_services: tuple[str, ...]
    moves: tuple[ProposedMove, ...]


def propose(survey: Survey, service: str = "", source: str = "") -> Proposal:
    """Choose a source, a service and functions; `service` and `source` (a key) fix the first two.

    Raises InputError if nothing could move.
    """
    home = _source(survey, source)
    reachable = _reachable(survey, home)
    candidates = [service] if service else _services(survey)
    found = {name: Uses(name, reachable, survey.modules) for name in candidates}
    # Services share names of operations: one of which no client is made is not meant.
    used = {name: uses.of(home.path) for name, uses in found.items() if uses.makes_client}
    weight = {name: sum(_is_sure(use, name, used) for use in used[name]) for name in used}
    ranked = sorted((n for n in weight if weight[n]), key=lambda n: (-weight[n], n))
    if not ranked:
        what = service or "a service that is not everyone's"
        raise InputError(
            f"nothing in it calls {what}",
            path=survey.root / home.path,
            mend="Name the Lambda that functions should leave, or the service, with --from KEY or "
            f"--service NAME; the Lambdas are {', '.join(f.key for f in survey.lambdas)}",
        )
    moves = _moves(survey, home, Uses(ranked[0], survey.texts, survey.modules))
    moving = {"", *(move.function for move in moves)}
    others = [
        name
        for name in ranked[1:]
        if {use.function for use in used[name] if _is_sure(use, name, used)} - moving
    ]
    return Proposal(home, ranked[0], tuple(others), tuple(moves))


def _is_sure(use: Use, service: str, services: Iterable[str]) -> bool:
    """False if the operation could be another of these services'."""
    return not any(use.operation in operations_of(s) for s in services if s != service)


def _source(survey: Survey, key: str) -> Lambda:
    with_file = [f for f in survey.lambdas if f.path]
    if key:
        for found in with_file:
            if key in (found.key, found.resource):
                return found
        raise InputError(
            f"--from: there is no Lambda {key!r} with a file",
            path=survey.root,
            mend=f"Known: {', '.join(f.key for f in with_file)}",
        )
    if not with_file:
        raise InputError(
            "no file defines the handler of any of its Lambda functions",
            path=survey.root,
            mend="Write migration.toml by hand: README.md",
        )
    return next((f for f in with_file if f.in_state_machine), with_file[0])


def _reachable(survey: Survey, home: Lambda) -> Mapping[str, str]:
    """The source, and what is no other Lambda's own."""
    others = {f.path for f in survey.lambdas} - {home.path}
    return {path: text for path, text in survey.texts.items() if path not in others}


def _services(survey: Survey) -> list[str]:
    """Services that are named in any call of the tree."""
    named = set()
    for text in survey.texts.values():
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        named |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
    return sorted(named & available_services() - EVERYONES)


def _moves(survey: Survey, home: Lambda, uses: Uses) -> list[ProposedMove]:
    tree = uses.modules[home.path].tree
    functions = {n.name: n for n in tree.body if isinstance(n, _FUNCTION)}
    by_function: dict[str, list[Use]] = {}
    for use in uses.of(home.path):
        if use.function in functions and use.function != home.handler:
            by_function.setdefault(use.function, []).append(use)
    callers = {
        name: {other for other, node in functions.items() if other != name and _refers(node, name)}
        for name in by_function
    }
    # Only functions that move call it, so it goes where they go.
    helpers = {name for name, who in callers.items() if who and who <= by_function.keys()}
    others = {
        f.key: Counter(u.reads_only for u in uses.of(f.path) if u.operation)
        for f in survey.lambdas
        if f.path and f is not home
    }
    places = {name: [_destination(found, others)] for name, found in by_function.items()}
    for _ in by_function:  # helpers of helpers take as many rounds
        for name in helpers:
            places[name] = sorted({place for who in callers[name] for place in places[who]})
    stay = [node for node in tree.body if getattr(node, "name", "") not in by_function]
    return [
        _move(
            functions[name],
            by_function[name],
            places[name],
            name in helpers,
            _stuck(functions[name], stay, home.handler),
        )
        for name in sorted(by_function, key=lambda n: functions[n].lineno)
    ]


def _stuck(
    node: ast.FunctionDef | ast.AsyncFunctionDef, callers: list[ast.stmt], handler: str
) -> tuple[Stuck, ...]:
    found = stuck_in(node)
    for caller in callers:
        for stuck in stuck_at(caller, node, handler):
            # Callers that make it differently leave the choice to a person.
            known = found.get(stuck.parameter, stuck)
            same = known.anew in ("", stuck.anew)
            found[stuck.parameter] = stuck if same else replace(known, anew="")
    return tuple(found.values())


def _move(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    uses: list[Use],
    places: list[str],
    helper: bool,
    stuck: tuple[Stuck, ...],
) -> ProposedMove:
    reading = reading_of(node)
    doubts = [] if helper else [*_odd(node), *reading.doubts]
    if not places[0]:
        doubts.append("nothing in the tree tells where it should go")
    operations = dict.fromkeys(use.operation for use in uses if use.operation)
    return ProposedMove(
        node.name,
        node.lineno,
        tuple(operations),
        tuple(places),
        helper,
        reading,
        stuck,
        tuple(doubts),
    )


def _odd(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """What an invocation cannot keep."""
    odd = {
        "it is async": isinstance(node, ast.AsyncFunctionDef),
        "it has a decorator": bool(node.decorator_list),
        f"it takes *{node.args.vararg and node.args.vararg.arg}": node.args.vararg,
        f"it takes **{node.args.kwarg and node.args.kwarg.arg}": node.args.kwarg,
    }
    return [f"{what}, which an invocation cannot keep" for what, so in odd.items() if so]


def _destination(uses: list[Use], others: Mapping[str, Counter[bool]]) -> str:
    """The Lambda that does most of the same: one that changes things for what changes them, one
    that reads for what only reads. "" if none does.
    """
    if len(others) == 1:
        return next(iter(others))
    operations = [use for use in uses if use.operation]
    reads = bool(operations) and all(use.reads_only for use in operations)
    ranked = sorted(others, key=lambda key: (-others[key][reads], others[key][not reads], key))
    return ranked[0] if ranked and others[ranked[0]][reads] else ""


def _refers(node: ast.AST, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node))

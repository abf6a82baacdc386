"""A policy's statement copied into another role: verbatim where it can be, and never where its
references would mean something else there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import yaml

from codemods.templates.cycles import leads_to, named
from codemods.templates.roles import NewStatement, RoleNode
from codemods.templates.stacks import Stacks
from codemods.templates.yaml_text import (
    Document,
    children_of,
    compose,
    flattened,
    items,
    read,
    text_of,
)
from drs_refactor.errors import InputError

_PLAIN_KEYS = {"Sid", "Effect", "Action", "Resource"}


def copied(
    document: Document,
    statement: yaml.Node,
    role: RoleNode,
    actions: list[str],
    planned: Mapping[str, Iterable[str]],
    stacks: Stacks,
) -> tuple[NewStatement | None, str]:
    """The statement, as far as it allows these actions, as another role has it; or why not."""
    try:
        why = _unsafe(document, statement, role, planned, stacks)
        new = None if why else _written(document, statement, role, actions)
        if new is not None:
            role.add([new])
            return new, ""
    except InputError as error:
        why = error.what
    return None, why or "it is written in a way that cannot be carried over"


def _unsafe(
    document: Document,
    statement: yaml.Node,
    role: RoleNode,
    planned: Mapping[str, Iterable[str]],
    stacks: Stacks,
) -> str:
    """Why the statement does not fit into the role, "" if it does."""
    _check_own(document, statement)
    strange = sorted(str(k.value) for k, _ in statement.value if k.value not in _PLAIN_KEYS)
    if strange:
        return f"it has {' and '.join(strange)}"
    if any(text_of(item).startswith("*") for item in items(document.get(statement, "Action"))):
        return "it allows every service"
    if not role.can_grow:
        return f"{role.logical_id} has no inline policy with a list of statements"
    if document is not role.document:
        return _strange(role.document, document, statement, stacks)
    for name in named(statement):
        resource = read(document.root, "Resources", name)
        if resource is None:
            continue
        if any(leads_to(document, name, goal, planned) for goal in role.goals):
            return f"{name}, which it names, refers to {role.logical_id}"
        condition = read(resource, "Condition")
        if not stacks.same_condition(document, role.condition, document, condition):
            return f"{name}, which it names, exists only under {text_of(condition)}"
    return ""


def _check_own(document: Document, node: yaml.Node) -> None:
    """Refuse what an anchor shares, before it is followed: it may hold itself."""
    document.editable(node)
    for child in children_of(node):
        _check_own(document, child)


def _strange(here: Document, there: Document, node: yaml.Node, stacks: Stacks) -> str:
    """What a node of template `there` refers to that is not the same in `here`."""
    for path, (tag, value) in flattened(node).items():
        text = ""
        if tag == "!Ref" or path[-1:] == ("Ref",):
            text = f"${{{value}}}"
        elif tag == "!Sub" or path[-1:] == ("Fn::Sub",):
            text = value
        elif tag.startswith("!") or any(name.startswith("Fn::") for name in path):
            return f"it refers to {value} of another template"
        why = stacks.difference(here, there, text)
        if why:
            return f"it is made of {why}"
    if any(part.tag.startswith("!") for part in _collections(node)):
        return "it has an intrinsic function of another template"
    return ""


def _collections(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.CollectionNode):
        yield node
    for child in children_of(node):
        yield from _collections(child)


def _written(
    document: Document, statement: yaml.Node, role: RoleNode, actions: list[str]
) -> NewStatement | None:
    """The statement's text for its new place, if it still says there what it says here."""
    every = items(document.get(statement, "Action"))
    kept = [node for node in every if text_of(node) in actions]
    resources = items(document.get(statement, "Resource"))
    sid = text_of(document.get(statement, "Sid"))
    taken = {text_of(role.document.get(other, "Sid")) for other in role.statements()}
    whole = len(kept) == len(every) and not (sid and sid in taken) and not role.in_brackets
    if whole:
        lines = _lines_of(document, statement)
        return NewStatement(lines, "") if _says(lines, kept, resources) else None
    texts = [[document.source(node) for node in nodes] for nodes in (kept, resources)]
    if any("\n" in text for text in (*texts[0], *texts[1])) or not resources:
        return None
    within = (
        f"{{Effect: Allow, Action: [{', '.join(texts[0])}], Resource: [{', '.join(texts[1])}]}}"
    )
    lines = ["Effect: Allow", "Action:", *(f"  - {text}" for text in texts[0])]
    lines += ["Resource:", *(f"  - {text}" for text in texts[1])]
    checked = [within] if role.in_brackets else lines
    return NewStatement(lines, within) if _says(checked, kept, resources) else None


def _lines_of(document: Document, statement: yaml.Node) -> list[str]:
    """The statement's lines, its first column being theirs."""
    start, column = statement.start_mark.index, statement.start_mark.column
    flow = isinstance(statement, yaml.MappingNode) and statement.flow_style
    end = statement.end_mark.index if flow else document.end_of(statement)
    first, *rest = document.text[start:end].splitlines()
    return [first, *(_dedented(line, column) for line in rest)]


def _dedented(line: str, column: int) -> str:
    return line.lstrip(" ") if line[:column].strip() else line[column:]


def _says(lines: list[str], actions: list[yaml.Node], resources: list[yaml.Node]) -> bool:
    """True if the text is read as a statement that allows just this."""
    root = compose("\n".join(lines), "").root
    return text_of(read(root, "Effect")) == "Allow" and all(
        [flattened(node) for node in items(read(root, key))] == [flattened(n) for n in wanted]
        for key, wanted in (("Action", actions), ("Resource", resources))
    )

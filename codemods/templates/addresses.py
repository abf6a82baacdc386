"""How a function's ARN is written where another one must know it: by reference, or by name where a
reference would close a circle or lead into another stack.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import yaml

from codemods.templates.cycles import leads_to
from codemods.templates.function_node import FunctionNode
from codemods.templates.stacks import Stacks
from codemods.templates.yaml_text import Document, read, text_of
from drs_refactor.errors import InputError

ARN = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"


def arn_for(
    here: FunctionNode,
    there: FunctionNode,
    stacks: Stacks,
    planned: Mapping[str, Iterable[str]],
) -> str:
    """The value of the variable in which one function finds the ARN of another. `planned` are
    references between functions that are still to be written.
    """
    _check_conditions(here, there, stacks)
    if here.document is not there.document:
        return f'!Sub "{_across(here, there, stacks)}"'
    if leads_to(here.document, there.logical_id, here.logical_id, planned):
        # A reference would close a circle, which CloudFormation does not deploy.
        return f'!Sub "{arn_by_name(there)}"'
    return f"!GetAtt {there.logical_id}.Arn"


def arn_by_name(function: FunctionNode) -> str:
    """The function's ARN as text for !Sub, without a reference to the function."""
    name = name_of(function)
    if not name:
        raise no_name(function)
    return f"{ARN}{name}"


def no_name(function: FunctionNode) -> InputError:
    return function.document.refuse(
        f"{function.logical_id} has no FunctionName that its ARN could be written from",
        function.get("FunctionName") or function.properties,
        "Give it one (text or !Sub), or allow lambda:InvokeFunction by a wildcard",
    )


def name_of(function: FunctionNode) -> str:
    """The function's name as text for !Sub, "" if it cannot be told."""
    node = function.get("FunctionName")
    long = read(node, "Fn::Sub")
    if isinstance(long, yaml.ScalarNode):
        return text_of(long)
    if isinstance(node, yaml.ScalarNode) and node.tag == "!Ref":
        return f"${{{node.value}}}"
    plain = isinstance(node, yaml.ScalarNode) and node.tag in ("!Sub", "tag:yaml.org,2002:str")
    return text_of(node) if plain else ""


def _across(here: FunctionNode, there: FunctionNode, stacks: Stacks) -> str:
    """The ARN by name, if it is the same text in the other template."""
    name = name_of(there)
    why = stacks.difference(here.document, there.document, name)
    if name and not why:
        return f"{ARN}{name}"
    raise here.document.refuse(
        f"{here.logical_id} must know the ARN of {there.logical_id}, which stands in "
        f"{there.document.relative}, and "
        + (f"its name is made of {why}" if name else "it has no FunctionName to write it from"),
        here.properties,
        "Pass it as a parameter, and set the variable to that parameter yourself before migrating",
    )


def _check_conditions(here: FunctionNode, there: FunctionNode, stacks: Stacks) -> None:
    """Refuse a callee that is not there wherever its caller is."""
    if not stacks.same_condition(here.document, here.condition, there.document, there.condition):
        raise _missing(here, here.condition, there, there.document, there.condition)
    if here.document is there.document:
        return
    ours = stacks.nestings(here.document)
    for nesting in stacks.nestings(there.document):
        parent = nesting.document
        around = [here.condition] if parent is here.document else []
        around += [other.condition for other in ours if other.document is parent]
        for condition in around or [None]:
            if not stacks.same_condition(parent, condition, parent, nesting.condition):
                raise _missing(here, condition, there, parent, nesting.condition)


def _missing(
    here: FunctionNode,
    ours: yaml.Node | None,
    there: FunctionNode,
    document: Document,
    theirs: yaml.Node | None,
) -> InputError:
    """The refusal; a condition that is not the callee's own is that of its stack."""
    assert theirs is not None
    of_stack = theirs is not there.condition
    return document.refuse(
        f"{'the stack of ' if of_stack else ''}{there.logical_id} exists only under the condition "
        f"{text_of(theirs)}, and {here.logical_id}, which calls it, "
        + (f"under {text_of(ours)}" if ours else "under none"),
        theirs,
        f"Give both {'stacks ' if of_stack else ''}the same Condition, or take it off "
        f"{'the stack' if of_stack else there.logical_id}",
    )

from __future__ import annotations

import pytest

from codemods.templates.stacks import Stacks
from codemods.templates.yaml_text import compose

CHILD = "Parameters:\n  Stage: {Type: String, Default: dev}\n"
OTHER = "Parameters:\n  Stage: {Type: String, Default: prod}\n"
NO_DEFAULT = "Parameters:\n  Stage: {Type: String}\n"


def stack(name: str, url: str, given: str = "", kind: str = "AWS::CloudFormation::Stack") -> str:
    key = "TemplateURL" if kind == "AWS::CloudFormation::Stack" else "Location"
    parameters = f", Parameters: {{Stage: {given}}}" if given else ""
    return f"  {name}: {{Type: {kind}, Properties: {{{key}: {url}{parameters}}}}}\n"


def parent(*stacks: str) -> str:
    return f"Parameters:\n  Stage: {{Type: String}}\nResources:\n{''.join(stacks)}"


def told(**texts: str) -> str:
    """How `${Stage}` of b.yaml differs in a.yaml; "" if it does not."""
    documents = {n: compose(t, n.replace("__", "/") + ".yaml") for n, t in texts.items()}
    found = Stacks(documents.values())
    difference = found.difference(documents["a"], documents["b"], "x-${AWS::Region}-${Stage}")
    assert found.same(documents["a"], documents["b"], "Stage") is (not difference)
    return difference


A, B = stack("A", "x/a.yaml", "!Ref Stage"), stack("B", "x/b.yaml", "!Ref Stage")


@pytest.mark.parametrize(
    "texts",
    [
        {"a": CHILD, "b": CHILD},
        {"a": NO_DEFAULT, "b": NO_DEFAULT, "p": parent(A, B)},
        {"a": CHILD, "b": OTHER, "p": parent(A, B)},
        {"a": CHILD, "b": CHILD, "p": parent(stack("A", "a.yaml"), stack("B", "b.yaml"))},
        {"a": CHILD, "b": OTHER, "p": parent(A, stack("B", "b.yaml", "{Ref: Stage}"))},
        {"a": CHILD, "b": OTHER, "p": parent(A, stack("B", "b.yaml", '!Sub "${Stage}"'))},
        {"a": CHILD, "b": OTHER, "p": parent(stack("A", "a.yaml"), stack("B", "b.yaml", "dev"))},
        {
            "a": CHILD,
            "b": OTHER,
            "p": parent(
                stack("A", "a.yaml", "!GetAtt X.Outputs.Y"),
                stack("B", '!Sub "${U}/b.yaml"', "!GetAtt X.Outputs.Y"),
            ),
        },
        {"a": parent(B), "b": NO_DEFAULT},
        {
            "a": OTHER,
            "b": CHILD,
            "p": parent(
                stack("A", "a.yaml", "!Ref Stage", "AWS::Serverless::Application"),
                stack("Q", "q.yaml", "!Ref Stage"),
            ),
            "q": parent(B),
        },
        {"a": OTHER, "b": CHILD, "p": parent(A, B), "old__b": CHILD},
    ],
)
def test_the_same_parameter(texts: dict[str, str]) -> None:
    assert told(**texts) == ""


DIFFERENTLY = "Stage, which a.yaml and b.yaml may be given differently"


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ({"a": "Resources: {}", "b": CHILD}, "Stage, which this template has not"),
        ({"a": CHILD, "b": OTHER}, DIFFERENTLY),
        ({"a": NO_DEFAULT, "b": NO_DEFAULT}, DIFFERENTLY),
        ({"a": CHILD, "b": CHILD, "p": parent(A)}, DIFFERENTLY),
        ({"a": CHILD, "b": CHILD, "p": parent(A, stack("B", "b.yaml"))}, DIFFERENTLY),
        ({"a": CHILD, "b": CHILD, "p": parent(A, stack("B", "b.yaml", "prod"))}, DIFFERENTLY),
        ({"a": CHILD, "b": CHILD, "p": parent(A), "q": parent(B)}, DIFFERENTLY),
        ({"a": CHILD, "b": CHILD, "p": parent(A, B, stack("C", "b.yaml", "c"))}, DIFFERENTLY),
        ({"a": parent(stack("B", "b.yaml", "prod")), "b": NO_DEFAULT}, DIFFERENTLY),
    ],
)
def test_parameters_that_may_differ(texts: dict[str, str], why: str) -> None:
    assert told(**texts) == why


def test_a_template_that_nests_itself() -> None:
    assert told(a=CHILD, b=CHILD, p=parent(A, B, stack("P", "p.yaml", "!Ref Stage"))) == ""


def test_a_parent_that_gives_parameters_through_a_merge_key() -> None:
    merged = stack("B", "b.yaml", "1").replace("{Stage: 1}", "{<<: {Stage: !Ref Stage}}")
    assert told(a=CHILD, b=OTHER, p=parent(A, merged)) == ""


@pytest.mark.parametrize("name", ["StackName", "StackId"])
def test_what_each_stack_has_for_itself(name: str) -> None:
    one, other = compose(CHILD, "a.yaml"), compose(CHILD, "b.yaml")
    stacks = Stacks([one, other])
    text = f"x-${{AWS::{name}}}"
    assert stacks.difference(one, other, text) == f"AWS::{name}, which is another in each stack"
    assert stacks.difference(one, one, text) == ""


CONDITION = "Conditions:\n  IsProd: !Equals [!Ref Stage, prod]\n"


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        (CHILD + CONDITION, CHILD + CONDITION, True),
        (CHILD + CONDITION, CHILD + CONDITION.replace("prod]", "live]"), False),
        (CHILD + CONDITION, OTHER + CONDITION, False),
        (CHILD + CONDITION, CHILD, False),
        (
            f"{CHILD}{CONDITION}  Big: !And [!Condition IsProd, Condition: IsProd]\n",
            f"{CHILD}{CONDITION}  Big: !And [!Condition IsProd, Condition: IsProd]\n",
            True,
        ),
        (
            f"{CHILD}{CONDITION}  Big: !Not [!Condition IsProd]\n",
            f"{OTHER}{CONDITION}  Big: !Not [!Condition IsProd]\n",
            False,
        ),
    ],
)
def test_conditions_of_two_templates(ours: str, theirs: str, same: bool) -> None:
    documents = compose(ours, "a.yaml"), compose(theirs, "b.yaml")
    name = compose("Big" if "Big" in ours else "IsProd", "n").root
    found = Stacks(documents).same_condition(documents[0], name, documents[1], name)
    assert found is same

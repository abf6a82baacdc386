from __future__ import annotations

import pytest

from codemods.templates.cycles import leads_to
from codemods.templates.yaml_text import compose

HEAD = """\
Resources:
  Goal: {Type: X}
  Middle: {A: !Ref Goal}
  Aside: {A: Goal}
  Start:
    Type: X
"""


@pytest.mark.parametrize(
    ("body", "leads"),
    [
        ("A: !Ref Goal", True),
        ("A: !GetAtt Goal.Arn", True),
        ("A: !GetAtt [Goal, Arn]", True),
        ('A: !Sub "x-${Goal}"', True),
        ('A: !Sub ["${Goal.Arn}-${B}", {B: 1}]', True),
        ("A: {Ref: Goal}", True),
        ("A: {Fn::GetAtt: [Goal, Arn]}", True),
        ("DependsOn: [Other, Goal]", True),
        ("A: !Ref Middle", True),
        ("A: !Ref Start", False),
        ("A: !Ref Aside", False),
        ("A: Goal", False),
        ('A: !Sub "${Goals}"', False),
        ('A: !Sub "${!Goal}"', False),
        ("A: &x [*x]", False),
    ],
)
def test_what_leads_to_a_resource(body: str, leads: bool) -> None:
    document = compose(f"{HEAD}    {body}\n", "t.yaml")
    assert leads_to(document, "Start", "Goal", {}) is leads


def test_references_that_are_still_to_be_written_count() -> None:
    document = compose(f"{HEAD}    A: !Ref Aside\n", "t.yaml")
    assert leads_to(document, "Start", "Goal", {"Aside": ["Middle"]})

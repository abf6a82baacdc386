from __future__ import annotations

import pytest

from codemods.templates.function_node import FunctionNode
from codemods.templates.packages import fixed_packages
from codemods.templates.yaml_text import compose


def told(code: str) -> list[str]:
    document = compose(f"Properties:\n  Code:\n    S3Bucket: b\n    {code}\n", "cfn/t.yaml")
    properties = document.get(document.root, "Properties")
    assert properties is not None
    return list(fixed_packages({"x": FunctionNode(document, "X", properties)}))


def test_one_key_for_every_release_is_told() -> None:
    assert told("S3Key: x.zip") == [
        "cfn/t.yaml:4: X always runs x.zip: a stack that is rolled back keeps the new code. "
        "Give S3Key the release, or set S3ObjectVersion"
    ]


@pytest.mark.parametrize(
    "code",
    [
        "S3Key: !Ref Key",
        "S3Key: !Sub '${Release}/x.zip'",
        "S3Key: {Ref: Key}",
        "S3Key: x.zip\n    S3ObjectVersion: !Ref Version",
        "ZipFile: pass",
    ],
)
def test_a_key_of_each_release_is_none_of_it(code: str) -> None:
    assert told(code) == []

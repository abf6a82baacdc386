"""A small tree of two functions, made for one test."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.aws.function import FunctionDefinition
from harness.tree import Role, StateMachine, Table, Tree

MakeTree = Callable[..., Tree]


@pytest.fixture
def make_tree(tmp_path: Path) -> MakeTree:
    """`make_tree(name=source, …, timeout=…, machine=…)`: a tree of functions of these sources."""

    def make(
        *, timeout: int = 60, machine: str = "", layer: str = "", policy: Any = None, **sources: str
    ) -> Tree:
        functions = {}
        if layer:
            (tmp_path / "layer").mkdir()
            (tmp_path / "layer" / "shared_code.py").write_text(textwrap.dedent(layer))
        for name, source in sources.items():
            folder = tmp_path / name
            folder.mkdir()
            (folder / "index.py").write_text(textwrap.dedent(source), encoding="utf-8")
            functions[name] = definition(name, folder, tmp_path / "layer", timeout)
        machines = (StateMachine("M", "machine", machine, ROLE),) if machine else ()
        table = Table(
            "records",
            {
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
            },
        )
        trust: dict[str, Any] = {"Version": "2012-10-17", "Statement": []}
        role = Role("r", ROLE, trust, (policy or EVERYTHING,))
        return Tree("legacy", tmp_path, functions, (table,), machines, (role,))

    return make


EVERYTHING = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ROLE = "arn:aws:iam::123456789012:role/r"


def definition(name: str, folder: Path, layer: Path, timeout: int) -> FunctionDefinition:
    return FunctionDefinition(
        key=name,
        name=name,
        arn=f"arn:aws:lambda:us-east-1:123456789012:function:{name}",
        entry=folder / "index.py",
        handler="index.lambda_handler",
        folders=(folder, layer),
        variables={
            "NAME": name,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "ASIAFAKEFAKEFAKEFAKE",
            "AWS_SECRET_ACCESS_KEY": "none",
        },
        timeout=timeout,
        memory=128,
        region="us-east-1",
        account="123456789012",
        role=ROLE,
    )

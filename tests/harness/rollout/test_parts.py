from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.aws.function import FunctionDefinition
from harness.rollout.parts import Mixture
from harness.tree import Role, StateMachine, Tree

ROLE = "arn:aws:iam::123456789012:role/r"


def tree(folder: Path, side: str, code: str = "1", layer: str = "1", **more: object) -> Tree:
    """A tree of functions f and g in `src/`, their layer beside them."""
    root = folder / side
    for name, text in (("f", code), ("g", "1"), ("shared", layer)):
        (root / "src" / name).mkdir(parents=True, exist_ok=True)
        (root / "src" / name / "index.py").write_text(f"VALUE = {text}\n")
    functions = {
        name: FunctionDefinition(
            key=name,
            name=name,
            arn=f"arn:{name}",
            entry=root / "src" / name / "index.py",
            handler="index.handler",
            folders=(root / "src" / name, root / "src"),
            variables={},
            timeout=3,
            memory=128,
            region="r",
            account="1",
            role=ROLE,
            root=f"{root}/",
        )
        for name in "fg"
    }
    functions["f"] = replace(functions["f"], **more)  # type: ignore[arg-type]
    machine = StateMachine("M", "m", json.dumps({"StartAt": side}), ROLE, template=side)
    role = Role("r", ROLE, {}, (), "R")
    return Tree(side, root, functions, (), (replace(machine, definition="{}"),), (role,))


def test_trees_that_are_the_same_have_no_parts(tmp_path: Path) -> None:
    found = Mixture(tree(tmp_path, "legacy"), tree(tmp_path, "refactored"))
    assert found.parts == ()
    assert found.tree(()) is found.legacy


def test_each_kind_of_difference_is_a_part_of_its_own(tmp_path: Path) -> None:
    old = tree(tmp_path, "legacy")
    new = tree(tmp_path, "refactored", code="2", layer="2", timeout=9)
    new = replace(
        new,
        roles=(replace(new.roles[0], policies=({},)),),
        machines=(replace(new.machines[0], definition="[]"),),
    )
    assert Mixture(old, new).parts == (
        *("code:f", "layers", "config:f", "role:R", "state machine:M"),
    )


def test_a_mixed_function_has_code_of_the_one_and_configuration_of_the_other(
    tmp_path: Path,
) -> None:
    old = tree(tmp_path, "legacy")
    new = tree(tmp_path, "refactored", code="2", timeout=9)
    found = Mixture(old, new)
    coded, configured = (found.tree([part]).functions["f"] for part in ("code:f", "config:f"))
    assert (coded.entry, coded.timeout) == (new.functions["f"].entry, 3)
    assert coded.root == new.functions["f"].root
    assert (configured.entry, configured.timeout) == (old.functions["f"].entry, 9)
    assert found.tree(["code:f"]).functions["g"] is old.functions["g"]
    # The same mixture is the same object: a world keeps its containers.
    assert (
        found.tree(["code:f", "config:f"]).functions["f"]
        is (found.tree(["config:f", "code:f"]).functions["f"])
    )
    assert found.anew(["code:f"]).functions["f"] is not coded


def test_layers_are_a_part_where_they_differ(tmp_path: Path) -> None:
    old, new = tree(tmp_path, "legacy"), tree(tmp_path, "refactored", layer="2")
    found = Mixture(old, new)
    assert found.parts == ("layers",)
    function = found.tree(["layers"]).functions["g"]
    assert function.folders == (old.functions["g"].folders[0], new.functions["g"].folders[1])


def test_a_renamed_machine_and_another_logical_id(tmp_path: Path) -> None:
    old, new = tree(tmp_path, "legacy"), tree(tmp_path, "refactored")
    named = replace(new, machines=(replace(new.machines[0], name="other"),))
    found = Mixture(old, named)
    assert found.parts == ("state machine:M",)
    assert found.renamed == {"other": "m"}
    moved = replace(new, machines=(replace(new.machines[0], logical_id="N"),))
    assert Mixture(old, moved).parts == ()


def test_what_only_one_tree_has(tmp_path: Path) -> None:
    old, new = tree(tmp_path, "legacy"), tree(tmp_path, "refactored")
    more = replace(new, roles=(*new.roles, Role("s", "arn:s", {}, (), "S")))
    found = Mixture(old, more)
    assert found.parts == ("role:S",)
    assert [role.logical_id for role in found.tree(["role:S"]).roles] == ["R", "S"]
    # One that is taken out of the templates is deleted last.
    assert Mixture(more, old).tree(["role:S"]).roles == more.roles


@pytest.mark.parametrize("handler", ["index.handler", "main.handler"])
def test_a_handler_that_the_code_lacks_is_looked_for_where_it_says(
    tmp_path: Path, handler: str
) -> None:
    old = tree(tmp_path, "legacy")
    new = tree(tmp_path, "refactored", handler=handler)
    (tmp_path / "refactored/src/f/main.py").write_text("")
    new = replace(
        new,
        functions={
            **new.functions,
            "f": replace(
                new.functions["f"],
                entry=new.functions["f"].entry.with_name(f"{handler.partition('.')[0]}.py"),
            ),
        },
    )
    found = Mixture(old, new)
    mixed = found.tree(["config:f"]).functions["f"]
    assert mixed.entry.parent == old.functions["f"].entry.parent
    assert mixed.entry.name == new.functions["f"].entry.name


def test_a_role_of_another_name_stands_beside_the_old_one(tmp_path: Path) -> None:
    old, new = tree(tmp_path, "legacy"), tree(tmp_path, "refactored")
    named = replace(new, roles=(replace(new.roles[0], name="s", arn="arn:s"),))
    found = Mixture(old, named)
    assert found.parts == ("role:R",)
    mixed = found.tree(["role:R"])
    assert [role.name for role in mixed.roles] == ["s", "r"]
    assert mixed.role_of(mixed.functions["f"]) == old.roles[0]


def test_a_role_under_which_no_function_runs_is_not_checked(tmp_path: Path) -> None:
    old, new = tree(tmp_path, "legacy"), tree(tmp_path, "refactored")
    more = replace(
        new,
        roles=(
            replace(new.roles[0], policies=({},)),
            Role("s", "arn:s", {}, (), "S"),
        ),
    )
    found = Mixture(old, more)
    assert found.parts == ("role:R", "role:S")
    assert found.unchecked == ["role:S"]

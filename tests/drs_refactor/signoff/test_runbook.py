from __future__ import annotations

import shlex
from collections.abc import Mapping

from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.runbook import commands
from harness.rollout.results import Rollout, Stage, Way

NAMES = {"f": "f-in-aws"}


def of(
    evidence: Evidence, *stages: Stage, back: bool = False, names: Mapping[str, str] = NAMES
) -> list[tuple[str, tuple[str, ...]]]:
    found = evidence.rollout
    assert isinstance(found, Rollout)
    return list(commands(found, Way(stages, ()), names, back=back))


def test_code_is_updated_and_awaited(evidence: Evidence) -> None:
    [(title, lines)] = of(evidence, Stage(("code:f",)))
    assert title == "Stage 1: one move"
    assert lines == (
        "aws lambda update-function-code --function-name f-in-aws --s3-bucket BUCKET "
        "--s3-key NEW_PACKAGE.zip",
        "aws lambda wait function-updated-v2 --function-name f-in-aws",
    )
    [(_, lines)] = of(evidence, Stage(("code:unknown",)), back=True)
    assert "--function-name unknown " in lines[0]
    assert lines[0].endswith("--s3-key OLD_PACKAGE.zip")


def test_what_no_command_does_is_a_comment(evidence: Evidence) -> None:
    [(_, lines)] = of(evidence, Stage(("role:r",)))
    assert lines == ("# by hand: role:r",)


def test_a_stack_is_deployed(evidence: Evidence) -> None:
    [(title, lines)] = of(evidence, Stage(("role:r",), ("main",)))
    assert title == "Stage 1: in any order"
    assert lines[1:] == (
        "# brings config:f",
        "aws cloudformation deploy --stack-name STACK_OF_MAIN --template-file NEW_TEMPLATE.yaml "
        "--capabilities CAPABILITY_NAMED_IAM",
    )
    [(_, lines)] = of(evidence, Stage((), ("main",)), back=True)
    assert lines[0] == "# takes back config:f"
    assert "--template-file OLD_TEMPLATE.yaml" in lines[1]
    [(_, lines)] = of(evidence, Stage((), (), ("config:f",)))
    assert lines[0] == "# config:f, and nothing else, in an update of its own"
    assert "--stack-name STACK --template-file" in lines[1]


def test_between_stages_of_the_way_back_is_a_wait(evidence: Evidence) -> None:
    stages = (Stage(("code:f",)), Stage((), ("main",)))
    assert [title for title, _ in of(evidence, *stages)] == [
        "Stage 1: one move",
        "Stage 2: one move",
    ]
    titles = [title for title, _ in of(evidence, *stages, back=True)]
    wait = "Wait 9 s, the longest time limit, for invocations that are under way"
    assert titles == ["Stage 1: one move", wait, "Stage 2: one move"]
    assert of(evidence, *stages, back=True)[1][1] == ("sleep 9",)


def test_a_name_is_one_word_of_a_shell(evidence: Evidence) -> None:
    name = "f; rm -rf ~ $(id) `id` 'x'\nreboot"
    stage = Stage(("code:f", f"role:{name}"), (name,), (f"config:{name}",))
    [(_, lines)] = of(evidence, stage, names={"f": name})
    assert not [line for line in lines if "\n" in line and not line.startswith("aws")]
    for line in lines:
        given = shlex.split(line, comments=True)
        if line.startswith("#"):
            assert given == []
        else:
            assert given[0] == "aws"
            assert not {"rm", "reboot", ";"} & set(given)
    given = [word for line in lines for word in shlex.split(line, comments=True)]
    assert given[given.index("--function-name") + 1] == name
    assert given[given.index("--stack-name") + 1] == f"STACK_OF_{name.upper()}"

"""What someone on call types, stage by stage, out and back. Names that only the account knows stand
in capitals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from shlex import quote

from harness.rollout.results import Rollout, Stage, Way


def commands(
    found: Rollout, way: Way, names: Mapping[str, str], *, back: bool
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each stage: what it is, and its commands of the AWS CLI; `names` are the functions' in AWS by
    their keys.
    """
    for number, stage in enumerate(way.stages, 1):
        lines = [line for one in _moves(stage, found, names, back=back) for line in one]
        moves = len(stage.by_hand) + len(stage.stacks) + len(stage.partly)
        title = "in any order" if moves > 1 else "one move"
        yield f"Stage {number}: {title}", tuple(lines)
        if back and number < len(way.stages):
            yield (
                f"Wait {found.wait} s, the longest time limit, for invocations that are under way",
                (f"sleep {found.wait}",),
            )


def _moves(
    stage: Stage, found: Rollout, names: Mapping[str, str], *, back: bool
) -> Iterator[tuple[str, ...]]:
    package = "OLD_PACKAGE.zip" if back else "NEW_PACKAGE.zip"
    for part in stage.by_hand:
        kind, _, key = part.partition(":")
        if kind != "code":
            yield (_comment(f"by hand: {part}"),)
            continue
        name = quote(names.get(key, key))
        yield (
            f"aws lambda update-function-code --function-name {name} --s3-bucket BUCKET "
            f"--s3-key {package}",
            f"aws lambda wait function-updated-v2 --function-name {name}",
        )
    for root in stage.stacks:
        parts = [m.part for m in found.stacks.movers if m.root == root and not m.by_hand]
        told = f"{'takes back' if back else 'brings'} {', '.join(parts)}"
        yield (_comment(told), *_stack(root, back))
    for part in stage.partly:
        told = f"{part}, and nothing else, in an update of its own"
        yield (_comment(told), *_stack("", back))


def _comment(words: str) -> str:
    return f"# {' '.join(words.split())}"


def _stack(root: str, back: bool) -> tuple[str, ...]:
    stack = quote(f"STACK_OF_{root.upper()}") if root else "STACK"
    template = "OLD_TEMPLATE.yaml" if back else "NEW_TEMPLATE.yaml"
    return (
        f"aws cloudformation deploy --stack-name {stack} --template-file {template} "
        "--capabilities CAPABILITY_NAMED_IAM",
    )

"""A verification as Markdown: for a pull request, or for the reports folder."""

from __future__ import annotations

from collections.abc import Iterator

from harness.reports.text import apart, elsewhere, runtime
from harness.results import ScenarioResult, Verification


def report(
    verification: Verification,
    trees: dict[str, str],
    versions: dict[str, str],
    replays: dict[str, str],
) -> str:
    """The report, without anything that differs from one run to the next on equal trees."""
    return "\n".join(_lines(verification, trees, versions, replays)) + "\n"


def _lines(
    verification: Verification,
    trees: dict[str, str],
    versions: dict[str, str],
    replays: dict[str, str],
) -> Iterator[str]:
    results = verification.results
    good = sum(result.verdict == "identical" for result in results)
    yield f"# Verify: {verification.verdict}"
    yield ""
    yield (
        f"`{trees['refactored']}` against `{trees['legacy']}`: {good} of {verification.asked} "
        "scenarios identical, with warm containers and with a cold start at every invocation."
    )
    yield ""
    for function, actions in verification.denied.items():
        if actions:
            yield (
                f"The second time, the refactored {function} is denied {', '.join(actions)}: it "
                "needs no such call any more."
            )
            yield ""
    yield f"Control: legacy against itself is {verification.control}."
    yield ""
    for line in elsewhere(verification.elsewhere):
        yield f"- {cell(line)}"
    yield ""
    for result in results:
        if result.findings:
            yield from _divergences(result, replays[result.name])
        elif result.problem:
            yield f"`{result.name}` is {result.verdict}: {cell(result.problem)}"
            yield ""
    yield "| scenario | verdict | steps | AWS calls | virtual s | shows |"
    yield "|---|---|---:|---:|---:|---|"
    for result in results:
        yield (
            f"| {cell(result.name)} | {result.verdict} | {result.steps} | {result.calls} | "
            f"{result.virtual_seconds:,.0f} | {cell(result.shows)} |"
        )
    yield ""
    yield "| allowance | reason | hits |"
    yield "|---|---|---:|"
    for allowance in verification.allowances:
        limit = f" of at most {allowance.at_most}" if allowance.at_most is not None else ""
        hits = f"{allowance.hits or 'unused'}{limit}"
        yield f"| {cell(allowance.name)} | {cell(allowance.reason)} | {hits} |"
    yield ""
    yield (
        "Compared at every step: returned state, exceptions, ordered AWS calls with account, "
        "region and parameters, tables, DRS and EC2, the path through the state machine, logs."
    )
    yield ""
    for line in runtime(verification):
        yield f"{line[0].upper()}{line[1:]}."
        yield ""
    yield "Versions: " + ", ".join(f"{name} {number}" for name, number in versions.items()) + "."


def _divergences(result: ScenarioResult, replay: str) -> Iterator[str]:
    yield f"## {cell(result.name)}"
    yield ""
    yield f"{cell(result.shows)} Replay: `{replay}`"
    yield ""
    yield "| what | step | path | legacy | refactored |"
    yield "|---|---:|---|---|---|"
    for finding in result.findings[:1]:
        found = finding.divergence
        old, new = apart(found.legacy, found.refactored, 120)
        yield (
            f"| {found.kind} | {found.step or 'end'} | {cell(found.path)} | {cell(old)} | "
            f"{cell(new)} |"
        )
    yield ""
    for suspect in result.suspects:
        yield f"- look at `{suspect.place}` {cell(suspect.name)}: {cell(suspect.why)}"
    more = len(result.findings) - 1
    if more:
        yield f"- {more} more followed; `{replay} --all` shows them"
    yield ""


def cell(text: str) -> str:
    """Text from a tree is data: it must not end a cell or begin markup."""
    plain = " ".join(text.split())
    return plain.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "\\`")

"""Does a scenario fit the tree that it is run on? Each misfit is told with the scenario's line."""

from __future__ import annotations

from pathlib import Path

import botocore.exceptions

from drs_refactor.errors import InputError
from harness.aws import clients
from harness.aws.disruptions import ANY
from harness.aws.faults import Fault
from harness.function_faults import RAISED
from harness.scenario import FunctionCall, Scenario
from harness.tree import Table, Tree


def check(tree: Tree, scenario: Scenario) -> None:
    """Raise InputError for the first thing of the scenario that the tree or AWS does not have."""
    for variable, items in scenario.tables.items():
        name = tree.table_of(variable)
        table = next((table for table in tree.tables if table.name == name), None)
        if table is None:
            raise _misfit(
                scenario,
                f"no function has a variable {variable!r} that names a table of the templates",
                "Add it in the templates, or in migration.toml: [functions.X] variables",
            )
        for number, item in enumerate(items):
            _check_item(scenario, variable, number, table, item)
    known = ", ".join(tree.functions)
    for function in (*(i.function for i in scenario.invoke), *scenario.concurrency):
        if function not in tree.functions:
            mend = f"Known: {known}"
            if _is_shipped(scenario):
                mend += ". Name one so in migration.toml, or leave out the shipped scenarios: "
                mend += "[scenarios] shipped = false"
            raise _misfit(scenario, f"there is no function {function!r}", mend)
    for name in () if _is_shipped(scenario) else scenario.lacks:
        _check_lacking(scenario, tree, name)
    for call in scenario.call:
        _check_call(scenario, tree, call)
    if scenario.start is not None and not tree.machines:
        raise _misfit(
            scenario,
            f"the templates of {tree.root} define no state machine",
            "Add its template to [templates] files",
        )
    for key in ("refuse", "slow", "alter", "faults"):
        for disturbed in getattr(scenario, key):
            if disturbed.operation != ANY or key != "slow":
                _check_operation(scenario, key, disturbed.operation)
    for fault in scenario.faults:
        _check_fault(scenario, tree, fault)
    for alteration in scenario.alter:
        unknown = alteration.members - clients.members_of(alteration.operation)
        if unknown:
            what = f"answers to {alteration.operation} have no {', '.join(sorted(unknown))}"
            raise _misfit(scenario, what, "Write the members as botocore's model does")


def _is_shipped(scenario: Scenario) -> bool:
    return scenario.source.startswith(str(Path(__file__).parent))


def _check_lacking(scenario: Scenario, tree: Tree, name: str) -> None:
    """What nobody has cannot be taken away, which would show nothing."""
    module, _, attribute = name.rpartition(".")
    for function in tree.functions.values():
        sources = function.sources
        owner = sources.find(module) if module else None
        names = sources.code(owner[0]).co_names if owner and owner[0].is_file() else ()
        if sources.find(name) or attribute in names:
            return
    mend = "Name a module of the tree's code as it is imported, or what stands in one"
    raise _misfit(scenario, f"`lacks` names {name!r}, which is not there at all", mend)


def _check_call(scenario: Scenario, tree: Tree, call: FunctionCall) -> None:
    if call.function not in tree.moved:
        known = ", ".join(tree.moved) or "none"
        what = f"no action stands for {call.function!r}"
        raise _misfit(scenario, what, f"Call a function of [[moves]] that has one: {known}")
    try:
        tree.moved[call.function].payload(call.arguments)
    except Exception as error:  # whatever the payload's expressions make of the arguments
        what = f"arguments of {call.function} give no payload: {type(error).__name__}: {error}"
        raise _misfit(scenario, what, "Give every parameter that the payload needs") from error


def _check_fault(scenario: Scenario, tree: Tree, fault: Fault) -> None:
    """One of a function, not of a call, must name what there is."""
    if fault.kind == "not configured":
        function, _, variable = fault.variable.partition(" ")
        if function not in tree.functions or not variable:
            what = f"`faults` has no function's variable {fault.variable!r}"
            raise _misfit(scenario, what, 'Write both: "query-handler OWNER_ARN"')
    if fault.kind == "raises":
        actions = [moved.move.action for moved in tree.moved.values()]
        for name, given, known in (
            ("action", fault.action, actions),
            ("error", fault.error, list(RAISED)),
        ):
            if given not in known:
                what = f"`faults` names no {name} {given!r} that can be raised"
                raise _misfit(scenario, what, f"Known: {', '.join(known)}")


def _check_item(scenario: Scenario, variable: str, number: int, table: Table, item: object) -> None:
    assert isinstance(item, dict)
    defined = table.properties["AttributeDefinitions"]
    kinds = {given["AttributeName"]: given["AttributeType"] for given in defined}
    for key in table.properties["KeySchema"]:
        name = key["AttributeName"]
        wanted = {"S": str, "N": int | float}.get(kinds.get(name, ""), object)
        if not isinstance(item.get(name), wanted) or item.get(name) == "":
            raise _misfit(
                scenario,
                f"{variable}[{number}] has no key {name!r} of type {kinds.get(name)}",
                "Every item needs the table's keys",
            )


def _check_operation(scenario: Scenario, key: str, operation: str) -> None:
    service, _, name = operation.partition(".")
    try:
        model = clients.service_model(service)
    except botocore.exceptions.UnknownServiceError:
        raise _misfit(
            scenario,
            f"`{key}` names {operation!r}: there is no service {service!r}",
            "Write botocore's service and operation: drs.StartRecovery",
        ) from None
    if name not in model.operation_names:
        raise _misfit(
            scenario,
            f"`{key}` names {operation!r}: {service} has no such operation",
            "Write botocore's service and operation: drs.StartRecovery",
        )


def _misfit(scenario: Scenario, what: str, mend: str) -> InputError:
    path, _, line = scenario.source.rpartition(":")
    return InputError(
        f"{scenario.name}: {what}",
        path=path or None,
        line=int(line) if path and line.isdigit() else None,
        mend=mend,
    )

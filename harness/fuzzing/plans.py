"""Executions of drawn plans, one or several in the same warm containers, and what people and
schedules do meanwhile.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis.strategies import DrawFn

from harness.fuzzing.accounts import Data, Site, accounts, context
from harness.fuzzing.actions import handler_event, query_event
from harness.fuzzing.drawn import MOMENTS, chance, one_of, some_of

EXECUTION_HANDLER = "execution-handler"
ORCHESTRATION = "orchestration"
QUERY_HANDLER = "query-handler"


def plans(draw: DrawFn) -> Data:
    """A scenario of one to three executions."""
    data, sites = accounts(draw)
    invoke: list[Data] = []
    records: list[Data] = []
    plans: list[Data] = []
    paused: list[str] = []
    count = one_of(draw, (1, 2, 2, 3) if len(sites) > 1 else (1, 1, 1, 2))
    for number in range(1, count + 1):
        # The sites take turns, so that two executions are mostly in two accounts.
        site = sites[(number - 1) % len(sites)]
        input_ = _input(draw, site, sites, number)
        waves = input_["Plan"]["waves"]
        if any(wave.get("pauseBeforeWave") for wave in waves[1:]):
            paused.append(input_["Execution"]["Id"])
        plans.append({"planId": f"plan-{number}", "planName": "Payroll", "waves": waves})
        records.append(_record(draw, input_))
        seconds = 0.0 if number == 1 else one_of(draw, MOMENTS)
        way = one_of(draw, ("start", "start", "worker", "begin", "api") if number == 1 else _LATER)
        if way == "start":
            data["start"] = {"input": input_, "name": f"execution-{number}"}
        elif way == "api":
            records.pop()
            invoke.append(_by(EXECUTION_HANDLER, _creation(draw, number, site), seconds))
        elif way == "worker":
            invoke.append(_by(EXECUTION_HANDLER, _worker(input_), seconds))
        else:
            invoke.append(_by(ORCHESTRATION, _begin(draw, input_), seconds))
    for execution_id in paused:
        for seconds in some_of(draw, (200.0, 400.0, 900.0, 1_500.0, 2_000.0), 0, 3):
            invoke.append(_by(EXECUTION_HANDLER, _route(execution_id, "resume"), seconds))
    data["tables"] |= {"EXECUTION_HISTORY_TABLE": records, "RECOVERY_PLANS_TABLE": plans}
    invoke += _meanwhile(draw, sites, len(plans))
    return data | {"invoke": invoke, "history_limit": 120}


_LATER = ("worker", "worker", "worker", "api", "begin", "begin")


def _input(draw: DrawFn, site: Site, sites: list[Site], number: int) -> Data:
    """The state machine's input."""
    waves = [
        _wave(draw, one_of(draw, sites) if chance(draw, 12) else site, n)
        for n in range(one_of(draw, (0, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4)))
    ]
    return {
        "Execution": {"Id": f"execution-{number}"},
        "Plan": {"planId": f"plan-{number}", "planName": "Payroll", "waves": waves},
        "isDrill": chance(draw, 60),
        "accountContext": context(draw, site),
    }


def _wave(draw: DrawFn, site: Site, number: int) -> Data:
    group = "pg-lost" if chance(draw, 3) else one_of(draw, site.groups)
    wave: Data = {"waveNumber": number, "protectionGroupId": group}
    if not chance(draw, 25):
        wave["waveName"] = one_of(draw, ("Web", "Web", "Datenbänke", ""))
    # A wave of a group with tags needs no ids: DRS is asked.
    if group not in site.tagged or chance(draw, 10):
        wave["serverIds"] = some_of(draw, site.servers, 0 if chance(draw, 8) else 1, 3)
    if chance(draw, 25):
        wave["pauseBeforeWave"] = True
    return wave


def _record(draw: DrawFn, input_: Data) -> Data:
    record: Data = {
        "executionId": input_["Execution"]["Id"],
        "planId": input_["Plan"]["planId"],
        "status": "PENDING" if not chance(draw, 5) else one_of(draw, ("RUNNING", "CANCELLING")),
        "waves": [],
    }
    if chance(draw, 50):
        record["waves"] = [{**wave, "status": "PENDING"} for wave in input_["Plan"]["waves"]]
    if chance(draw, 80):
        record["executionType"] = "DRILL" if input_["isDrill"] else "RECOVERY"
    if chance(draw, 80):
        record["accountContext"] = input_["accountContext"]
    if chance(draw, 30):
        record["startTime"] = 1767603590
    return record


def _by(function: str, event: Any, seconds: float, by: str = "user") -> Data:
    return {"function": function, "event": event, "seconds": seconds, "by": by}


def _worker(input_: Data) -> Data:
    return {
        "worker": True,
        "executionId": input_["Execution"]["Id"],
        "planId": input_["Plan"]["planId"],
        "isDrill": input_["isDrill"],
        "plan": input_["Plan"],
        "accountContext": input_["accountContext"],
    }


def _begin(draw: DrawFn, input_: Data) -> Data:
    """The first action alone, mostly with all that the state machine gives."""
    event: Data = {
        "action": "begin",
        "execution": input_["Execution"],
        "plan": input_["Plan"],
        "isDrill": input_["isDrill"],
        "accountContext": input_["accountContext"],
    }
    for optional in ("isDrill", "accountContext"):
        if chance(draw, 25):
            del event[optional]
    if chance(draw, 20):
        event["execution"] = input_["Execution"]["Id"]
    return event


def _creation(draw: DrawFn, number: int, site: Site) -> Data:
    body: Data = {"planId": f"plan-{number}", "initiatedBy": "ops"}
    if chance(draw, 70):
        body["executionType"] = one_of(draw, ("DRILL", "RECOVERY", "drill", "REHEARSAL"))
    if chance(draw, 40):
        body["accountId"] = site.account
    return _request("POST", "/executions", body)


def _request(method: str, path: str, body: Data | None = None) -> Data:
    event: Data = {"httpMethod": method, "path": path, "requestContext": {}}
    return event | ({"body": json.dumps(body)} if body is not None else {})


def _route(execution_id: str, action: str) -> Data:
    return _request("POST", f"/executions/{execution_id}/{action}")


def _meanwhile(draw: DrawFn, sites: list[Site], count: int) -> list[Data]:
    """What people and the minute's poll do."""
    found = []
    for _ in range(one_of(draw, (0, 0, 1, 1, 2, 3))):
        seconds = one_of(draw, MOMENTS)
        execution_id = f"execution-{one_of(draw, range(1, count + 1))}"
        what = one_of(draw, _DOINGS)
        if what == "find":
            event, by = {"operation": "find"}, "schedule"
            found.append(_by(EXECUTION_HANDLER, event, seconds, by))
        elif what == "query":
            found.append(_by(QUERY_HANDLER, query_event(draw, sites, count), seconds))
        elif what == "other":
            event = handler_event(draw, execution_id, one_of(draw, range(1, count + 1)))
            found.append(_by(EXECUTION_HANDLER, event, seconds))
        else:
            found.append(_by(EXECUTION_HANDLER, _route(execution_id, what), seconds))
    return found


_DOINGS = (
    *("cancel", "cancel", "cancel", "find", "find", "resume", "pause"),
    *("terminate", "query", "other"),
)

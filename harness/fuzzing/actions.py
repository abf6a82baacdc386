"""Events for each function by itself: states that nobody sends, the handlers' routes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis.strategies import DrawFn

from harness.fuzzing.accounts import Data, Site, accounts, context
from harness.fuzzing.drawn import MOMENTS, chance, one_of, some_of

FIRST_JOB = "drsjob-dc85aa6c19cc8b173"
"""The first job of the hub in us-east-1: ids derive from the call."""

_ACTIONS = ("begin", "update_wave_status", "update_wave_status", "store_task_token", "resume_wave")


def actions(draw: DrawFn) -> Data:
    """A scenario of one to four single actions."""
    data, sites = accounts(draw)
    invoke = []
    for number in range(one_of(draw, (1, 1, 2, 3, 4))):
        seconds = one_of(draw, MOMENTS) if number else 0.0
        which = one_of(draw, (*("orchestration",) * 6, "execution-handler", "query-handler"))
        if which == "orchestration":
            event = orchestration_event(draw, one_of(draw, sites))
        elif which == "execution-handler":
            event = handler_event(draw, "execution-1", 1)
        else:
            event = query_event(draw, sites, 1)
        invoke.append({"function": which, "event": event, "seconds": seconds})
    data["tables"] |= {
        "EXECUTION_HISTORY_TABLE": [
            {
                "executionId": "execution-1",
                "planId": "plan-1",
                "status": one_of(draw, ("RUNNING", "RUNNING", "PAUSED", "CANCELLING", "POLLING")),
                "executionType": "DRILL",
                "waves": [],
                "accountContext": context(draw, sites[0]),
            }
        ],
        "RECOVERY_PLANS_TABLE": [{"planId": "plan-1", "waves": _waves(draw, sites[0])}],
    }
    return data | {"invoke": invoke, "history_limit": 120}


def orchestration_event(draw: DrawFn, site: Site) -> Data:
    """An action of the orchestration, its state whole or in parts, under a key or at the root."""
    action = one_of(draw, _ACTIONS)
    if action == "begin":
        event: Data = {
            "action": "begin",
            "execution": one_of(draw, ({"Id": "execution-1"}, "execution-1")),
            "plan": {"planId": "plan-1", "waves": _waves(draw, site)},
            "isDrill": chance(draw, 50),
            "accountContext": context(draw, site),
        }
        return _without(draw, event, ("isDrill", "accountContext"), 30)
    state = _state(draw, site)
    event = {"action": action}
    if action == "store_task_token" and not chance(draw, 10):
        event["taskToken"] = "a-token"
    return event | (state if chance(draw, 12) else {"application": state})


def _state(draw: DrawFn, site: Site) -> Data:
    state: Data = {
        "plan_id": "plan-1",
        "execution_id": "execution-1",
        "is_drill": chance(draw, 50),
        "waves": _waves(draw, site),
        "current_wave_number": one_of(draw, (0, 0, 1)),
        "wave_results": [],
        "paused_before_wave": one_of(draw, (0, 0, 0, 1, None)),
        "job_id": one_of(draw, (FIRST_JOB, FIRST_JOB, "drsjob-11111111111111111", None)),
        "region": site.region,
        "current_wave_update_time": one_of(draw, (30, 30, 45)),
        "current_wave_total_wait_time": one_of(draw, (0, 0, 55)),
        "current_wave_max_wait_time": one_of(draw, (1_800, 1_800, 100)),
        "start_time": 1767603590,
        one_of(draw, ("accountContext", "account_context")): context(draw, site),
    }
    return _without(draw, state, tuple(state), 8)


def _without(draw: DrawFn, data: Data, names: tuple[str, ...], percent: int) -> Data:
    return {
        key: value for key, value in data.items() if key not in names or not chance(draw, percent)
    }


def _waves(draw: DrawFn, site: Site) -> list[Data]:
    found = []
    for number in range(one_of(draw, (1, 1, 1, 2))):
        group = one_of(draw, site.groups)
        wave: Data = {"waveNumber": number, "protectionGroupId": group}
        if group not in site.tagged:
            wave["serverIds"] = some_of(draw, site.servers, 1, 2)
        found.append(_without(draw, wave, ("waveNumber",), 20))
    return found


def handler_event(draw: DrawFn, execution_id: str, plan: int) -> Data:
    """An event of the execution-handler beside those that steer an execution."""
    method, path, body = one_of(
        draw,
        (
            ("GET", "/executions", None),
            ("GET", f"/executions/{execution_id}", None),
            ("GET", f"/executions/{execution_id}/job-logs", None),
            ("GET", f"/executions/{execution_id}/recovery-instances", None),
            ("GET", f"/executions/{execution_id}/termination-status", None),
            ("DELETE", f"/executions/{execution_id}", None),
            ("POST", f"/executions/{execution_id}/terminate", None),
            ("POST", "/executions/preview", {"planId": f"plan-{plan}"}),
            ("POST", "/executions", {"planId": f"plan-{plan}", "executionType": "DRILL"}),
            ("PUT", "/nowhere", {}),
            (None, "", None),
        ),
    )
    if method is None:
        operation = one_of(draw, ("poll", "finalize", "pause", "resume", "find", "unknown"))
        return _without(
            draw, {"operation": operation, "executionId": execution_id}, ("executionId",), 10
        )
    event: Data = {"httpMethod": method, "path": path, "requestContext": {}}
    return event | ({"body": json.dumps(body)} if body is not None else {})


def query_event(draw: DrawFn, sites: list[Site], plans: int) -> Data:
    """An event of the query-handler: an operation, or the route that leads to one."""
    site = one_of(draw, sites)
    params: Data = {"region": site.region, "accountId": site.account}
    operation, more, path = one_of(draw, _queries(site, plans))
    if path and chance(draw, 40):
        event: Data = {"httpMethod": "GET", "path": path, "requestContext": {}}
        return event | {"queryStringParameters": _without(draw, params, tuple(params), 25)}
    given: Data = {"operation": operation, **params, **more}
    return _without(draw, given, tuple(params), 20)


def _queries(site: Site, plans: int) -> tuple[tuple[str, dict[str, Any], str], ...]:
    return (
        ("validate_tags", {"tags": {"Tier": "web"}}, ""),
        ("validate_tags", {"tags": {}}, ""),
        ("preview_plan_servers", {"planId": f"plan-{plans}"}, f"/plans/plan-{plans}/servers"),
        ("get_drs_source_servers", {}, "/drs/source-servers"),
        ("get_source_server_inventory", {}, "/drs/inventory"),
        ("get_server_launch_config", {"serverId": site.servers[0]}, ""),
        ("get_drs_quotas", {}, "/drs/quotas"),
        ("list_jobs", {"activeOnly": "true"}, "/drs/jobs"),
        ("describe_job", {"jobId": FIRST_JOB}, f"/drs/jobs/{FIRST_JOB}"),
        ("get_target_accounts", {}, "/accounts/targets"),
        ("validate_target_account", {}, f"/accounts/targets/{site.account}/validate"),
        ("get_current_account", {}, "/accounts/current"),
        ("get_subnets", {}, "/ec2/subnets"),
        ("unknown", {}, "/unknown"),
    )

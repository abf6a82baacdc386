from __future__ import annotations

from pathlib import Path

from harness.mutants.sites import _of_file, info_of, sites_of
from harness.sides import Sides

LEGACY = '''"""Doc."""
import os


def handler(event):
    a = 1
    b = 2
    return a


def old():
    return 1
'''
REFACTORED = '''"""Doc."""
import os


def handler(event):
    a = 1
    if event:
        return ROUTES
    b = 2
    return a


# It came.
def new():
    return 2


def old():
    return 1
'''


def test_what_is_new_and_what_changed() -> None:
    handler, new = _of_file("index.py", REFACTORED, LEGACY)
    assert (handler.name, handler.changed) == ("handler", frozenset({7, 8}))
    assert (new.name, new.changed) == ("new", None)


def test_places_are_those_of_the_file() -> None:
    for site in _of_file("index.py", REFACTORED, LEGACY):
        code = site.module.code
        assert REFACTORED[site.start : site.start + len(code)] == code
        assert REFACTORED.count("\n", 0, site.start) + 1 == site.first


def test_of_the_shipped_trees(sides: Sides) -> None:
    sites = list(sites_of(sides))
    names = {(Path(site.path).parent.name, site.name) for site in sites}
    assert ("orchestration-stepfunctions", "start_wave_recovery") in names
    assert ("execution-handler", "start_wave_recovery") in names
    assert ("query-handler", "lambda_handler") in names
    assert not any(name == "get_epoch_seconds" for _, name in names)
    info = info_of(sides, sites)
    assert info.aliases == {
        "conflict_detection_query_drs_servers_by_tags": "query_drs_servers_by_tags"
    }
    assert info.variables == ("EXECUTION_HANDLER_ARN", "QUERY_HANDLER_ARN")
    copies = {name for _, name in info.copies}
    assert {"query_drs_servers_by_tags", "_invoke_moved_action"} <= copies
    assert "poll_wave_status" in info.functions
    stubs = {path for path, name in info.copies if name == "start_wave_recovery"}
    assert not any("execution-handler" in path for path in stubs)  # the function itself is there
    assert len(stubs) == 2

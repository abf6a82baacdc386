from __future__ import annotations

from typing import Any

import pytest

from codemods.routes import ROUTES, dispatch_text, names_of, route_text, routes_text
from codemods.signatures import Signature
from tests.codemods.fake_lambda import move, run

PLAIN = Signature("def work(a, b=1, *, c=2):", ("a", "b", "c"), frozenset("c"), frozenset("bc"))
STATE = Signature("def work(number, state):", ("number", "state"))


def route(text: str, function: Any) -> Any:
    module = run(text)
    module["work"] = module["poll"] = function
    return module["_run_work"]


def test_a_result_in_its_envelope() -> None:
    answer = route(route_text(move(), PLAIN), lambda a, b, *, c: [a, b, c])
    assert answer({"action": "work", "a": 1, "b": 2, "c": 3}) == {
        "action": "work",
        "result": [1, 2, 3],
    }


def change(number: int, state: dict[str, int]) -> str:
    state["n"] = number
    return "done"


def test_a_state_and_a_result_whatever_the_order_of_the_payload() -> None:
    for payload in ({"state": "state", "number": "number"}, None):
        text = route_text(move(payload=payload, mutates="state"), STATE)
        answer = route(text, change)({"state": {"a": 1}, "number": 4})
        assert answer == {"action": "work", "state": {"a": 1, "n": 4}, "result": "done"}


def test_a_state_that_is_the_result() -> None:
    text = route_text(
        move(payload={"state": "event['x']"}, mutates="state", returns="state"),
        Signature("def work(event):", ("event",)),
    )
    assert route(text, lambda event: event)({"state": {"a": 1}}) == {
        "action": "work",
        "state": {"a": 1},
    }


def test_a_payload_key_called_event() -> None:
    signature = Signature("def work(event, b):", ("event", "b"))
    text = route_text(move(mutates="event"), signature)
    answer = route(text, lambda event, b: b)({"event": {"a": 1}, "b": 2})
    assert answer == {"action": "work", "event": {"a": 1}, "result": 2}


def test_what_the_function_raises_leaves_the_route() -> None:
    def fail(**_: Any) -> None:
        raise LookupError("no")

    with pytest.raises(LookupError):
        route(route_text(move(), Signature("def work():", ())), fail)({})


def test_a_table_and_a_second_one_that_adds_to_it() -> None:
    one, other = move(), move(function="rest", name="rest", action="rest", line=9)
    signatures = {"work": PLAIN, "rest": PLAIN}
    module = run(routes_text([one], signatures) + "\n\n" + routes_text([other], signatures, True))
    assert set(module[ROUTES]) == {"work", "rest"}
    assert names_of([one, other]) == [ROUTES, "_run_work", "_run_rest"]


@pytest.mark.parametrize(
    ("event", "routed"),
    [
        ({"action": "work"}, True),
        ({"action": "other"}, False),
        ({"action": ["work"]}, False),
        ({"action": {}}, False),
        ({}, False),
        ([], False),
        (None, False),
        ("action", False),
    ],
)
def test_only_moved_actions_are_routed(event: Any, routed: bool) -> None:
    text = dispatch_text("event", "\t", "\t")
    module = run(
        f"{ROUTES} = {{'work': lambda e: 'routed'}}\ndef handler(event):\n{text}\treturn 'own'\n"
    )
    assert module["handler"](event) == ("routed" if routed else "own")

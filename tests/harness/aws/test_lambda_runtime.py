from __future__ import annotations

import json
import random
from typing import Any

import pytest

from harness.aws.lambda_runtime import PAYLOAD_LIMIT
from harness.world import World


def answer_of(tree: Any, function: str = "one", event: Any = None) -> Any:
    with World(tree) as world:
        return world.invoke(function, event or {})


def test_json_goes_both_ways(make_tree: Any) -> None:
    tree = make_tree(
        one="""
        def lambda_handler(event, context):
            return {"got": event, "kinds": [type(v).__name__ for v in event.values()], 1: (1, 2)}
    """
    )
    answer = answer_of(tree, event={"a": 1, "b": 1.5, "c": [None], "d": "ü"})
    assert answer.value == {
        "got": {"a": 1, "b": 1.5, "c": [None], "d": "ü"},
        "kinds": ["int", "float", "list", "str"],
        "1": [1, 2],
    }


def test_an_exception_is_a_function_error_with_type_message_and_trace(make_tree: Any) -> None:
    tree = make_tree(
        one="""
        def lambda_handler(event, context):
            raise KeyError("waves")
    """
    )
    answer = answer_of(tree)
    assert answer.error
    assert (answer.value["errorType"], answer.value["errorMessage"]) == ("KeyError", "'waves'")
    assert answer.value["stackTrace"] == [
        '  File "/var/task/index.py", line 3, in lambda_handler\n'
    ]


@pytest.mark.parametrize(
    ("result", "encoded"),
    [("Decimal('3')", 3), ("Decimal('1.5')", 1.5)],
)
def test_decimal_is_a_bare_number(make_tree: Any, result: str, encoded: Any) -> None:
    tree = make_tree(
        one=f"""
        from decimal import Decimal
        def lambda_handler(event, context):
            return {{"n": {result}}}
    """
    )
    assert answer_of(tree).value == {"n": encoded}


@pytest.mark.parametrize(
    "result", ["{1, 2}", "b'x'", "object()", "__import__('datetime').date.today()"]
)
def test_what_json_lacks_is_a_marshal_error(make_tree: Any, result: str) -> None:
    tree = make_tree(
        one=f"""
        def lambda_handler(event, context):
            return {{"x": {result}}}
    """
    )
    answer = answer_of(tree)
    assert answer.error
    assert answer.value["errorType"] == "Runtime.MarshalError"


def test_an_answer_over_six_megabytes_is_refused(make_tree: Any) -> None:
    tree = make_tree(
        one="""
        def lambda_handler(event, context):
            return "x" * (event["n"])
    """
    )
    with World(tree) as world:
        assert not world.invoke("one", {"n": PAYLOAD_LIMIT - 2}).error
        answer = world.invoke("one", {"n": PAYLOAD_LIMIT - 1})
    assert answer.value["errorType"] == "Function.ResponseSizeTooLarge"


def test_a_function_ends_at_its_time_limit_and_nothing_in_it_notices(make_tree: Any) -> None:
    tree = make_tree(
        timeout=5,
        one="""
        import time, boto3
        def lambda_handler(event, context):
            try:
                time.sleep(event["seconds"])
                boto3.resource("dynamodb").Table("records").put_item(Item={"id": "late"})
            except Exception:
                return "caught"
            return context.get_remaining_time_in_millis()
    """,
    )
    with World(tree) as world:
        assert world.invoke("one", {"seconds": 4}).value == 1000
        late = world.invoke("one", {"seconds": 6})
        assert late.error
        assert late.value["errorType"] == "Sandbox.Timedout"
        assert "timed out after 5.00 seconds" in late.value["errorMessage"]
        assert world.clock.elapsed == 9
        world.run()
        assert world.recording("x").tables["records"] == [{"id": "late"}]  # of the first alone
        assert len(world.recording("x").calls) == 1


def test_warm_containers_keep_their_globals_and_cold_ones_do_not(make_tree: Any) -> None:
    tree = make_tree(
        one="""
        COUNT = 0
        def lambda_handler(event, context):
            global COUNT
            COUNT += 1
            return COUNT
    """
    )
    for cold, counts in ((False, [1, 2, 3]), (True, [1, 1, 1])):
        with World(tree, cold=cold) as world:
            assert [world.invoke("one", {}).value for _ in range(3)] == counts


def test_functions_share_no_modules_environment_or_loggers(make_tree: Any) -> None:
    source = """
        import logging, os, shared_code
        logging.getLogger().setLevel(os.environ["NAME"] == "one" and "INFO" or "ERROR")
        def lambda_handler(event, context):
            shared_code.SEEN.append(os.environ["NAME"])
            os.environ["MARK"] = os.environ["NAME"]
            logging.getLogger("any").info("hello from %s", os.environ.get("MARK"))
            return shared_code.SEEN
    """
    with World(make_tree(one=source, two=source, layer="SEEN = []")) as world:
        for _ in range(2):
            world.invoke("one", {})
        assert world.invoke("two", {}).value == ["two"]
        assert world.invoke("one", {}).value == ["one"] * 3
        messages = [line.message for line in world.recording("x").logs]
    assert messages == ["hello from one"] * 3


def test_an_invocation_of_another_function_waits_for_it(make_tree: Any) -> None:
    tree = make_tree(
        one="""
            import boto3, json
            def lambda_handler(event, context):
                answer = boto3.client("lambda").invoke(FunctionName="two", Payload=json.dumps(event))
                return {"error": answer.get("FunctionError"), "body": json.load(answer["Payload"])}
        """,
        two="""
            import time
            def lambda_handler(event, context):
                time.sleep(20)
                return event["n"] + 1
        """,
    )
    with World(tree) as world:
        assert world.invoke("one", {"n": 1}).value == {"error": None, "body": 2}
        assert world.clock.elapsed == 20
        assert world.invoke("one", {}).value["error"] == "Unhandled"
        recording = world.recording("x")
    assert [step.function for step in recording.steps] == ["one", "one"]
    assert [(call.name, call.step) for call in recording.calls] == [
        ("lambda.Invoke", 1),
        ("lambda.Invoke", 2),
    ]


def test_a_caller_that_reads_too_long_gives_up_and_retries_while_the_callee_goes_on(
    make_tree: Any,
) -> None:
    tree = make_tree(
        timeout=900,
        one="""
            import boto3, json
            from botocore.config import Config
            def lambda_handler(event, context):
                config = Config(read_timeout=30, retries={"total_max_attempts": event["attempts"]})
                try:
                    boto3.client("lambda", config=config).invoke(FunctionName="two")
                except Exception as error:
                    return type(error).__name__
        """,
        two="""
            import time, uuid, boto3
            def lambda_handler(event, context):
                time.sleep(100)
                boto3.resource("dynamodb").Table("records").put_item(Item={"id": str(uuid.uuid4())})
        """,
    )
    for attempts in (1, 3):
        with World(tree) as world:
            assert world.invoke("one", {"attempts": attempts}).value == "ReadTimeoutError"
            world.run()
            recording = world.recording("x")
        assert len(recording.tables["records"]) == attempts
        assert recording.calls[0].attempts == attempts


def test_an_event_invocation_is_not_waited_for(make_tree: Any) -> None:
    tree = make_tree(
        one="""
            import boto3
            def lambda_handler(event, context):
                answer = boto3.client("lambda").invoke(FunctionName="two", InvocationType="Event")
                return answer["StatusCode"]
        """,
        two="""
            import time
            def lambda_handler(event, context):
                time.sleep(10)
        """,
    )
    with World(tree) as world:
        assert world.invoke("one", {}).value == 202
        assert world.clock.elapsed == 0
        world.run()
        assert world.clock.elapsed == 10
        assert [step.source for step in world.recording("x").steps] == ["user", "asynchronous"]


def test_random_uuid_time_and_pools_are_repeatable(make_tree: Any) -> None:
    tree = make_tree(
        one="""
        import random, time, uuid
        from concurrent.futures import ThreadPoolExecutor, as_completed
        from threading import Thread
        def lambda_handler(event, context):
            with ThreadPoolExecutor(max_workers=4) as pool:
                futures = [pool.submit(random.random) for _ in range(5)]
                numbers = [future.result() for future in as_completed(futures)]
            thread = Thread(target=numbers.append, args=(time.monotonic(),))
            thread.start()
            thread.join()
            return [numbers, str(uuid.uuid4()), time.time(), time.perf_counter()]
    """
    )
    first, second = answer_of(tree), answer_of(tree)
    assert first.value == second.value
    assert len(set(first.value[0][:5])) == 5


def test_payload_of_an_invocation_is_limited(make_tree: Any) -> None:
    tree = make_tree(
        one="""
        import boto3
        def lambda_handler(event, context):
            answer = boto3.client("lambda").invoke(FunctionName="one", Payload="x" * 6291457)
            return answer["Payload"].read().decode()
    """
    )
    assert "too large" in json.loads(answer_of(tree).value)["errorMessage"]


SLOW_COUNTER = """
    import time
    seen = []
    def lambda_handler(event, context):
        seen.append(event["n"])
        time.sleep(event.get("seconds", 10))
        return len(seen)
"""


def test_invocations_at_the_same_time_have_containers_of_their_own(make_tree: Any) -> None:
    with World(make_tree(one=SLOW_COUNTER)) as world:
        for start, n in ((0, 1), (5, 2), (30, 3)):
            world.invoke_later(start, "one", {"n": n}, "user")
        world.run()
        results = [step.result for step in world.recording("x").steps]
    assert results == [1, 1, 2]  # the third finds a container that is warm


CALLER = """
    import boto3
    from botocore.config import Config
    def lambda_handler(event, context):
        config = Config(retries={"total_max_attempts": event["attempts"], "mode": "standard"})
        try:
            client = boto3.client("lambda", config=config)
            return client.invoke(FunctionName="two", Payload=b'{"n": 0}')["Payload"].read().decode()
        except Exception as error:
            return str(error)
"""


def test_a_full_function_answers_429_until_a_container_is_free(make_tree: Any) -> None:
    tree = make_tree(one=CALLER, two=SLOW_COUNTER)
    with World(tree, concurrency={"two": 1}) as world:
        world.invoke_later(0, "two", {"n": 1, "seconds": 1.5}, "user")
        world.invoke_later(1, "one", {"attempts": 1}, "user")
        world.invoke_later(2, "one", {"attempts": 1}, "user")
        world.invoke_later(3, "two", {"n": 2}, "schedule")
        world.run()
        recording = world.recording("x")
    steps = {step.at: step for step in recording.steps}
    assert "(TooManyRequestsException) when calling the Invoke operation" in steps[1].result
    assert "Rate Exceeded." in steps[1].result
    assert steps[2].result == "2"
    assert steps[3].error is not None
    assert steps[3].error.type == "TooManyRequestsException"
    assert [call.error.type for call in recording.calls if call.error] == [
        "TooManyRequestsException"
    ]


def test_botocore_repeats_a_429(make_tree: Any) -> None:
    with World(make_tree(one=CALLER, two=SLOW_COUNTER), concurrency={"two": 1}) as world:
        world.invoke_later(0, "two", {"n": 1, "seconds": 0.5}, "user")
        world.invoke_later(0.1, "one", {"attempts": 5}, "user")
        world.run()
        recording = world.recording("x")
    assert recording.steps[1].result == "2"
    assert recording.calls[0].attempts > 1


def test_an_asynchronous_invocation_waits_while_it_is_throttled(make_tree: Any) -> None:
    one = """
        import boto3
        def lambda_handler(event, context):
            boto3.client("lambda").invoke(
                FunctionName="two", InvocationType="Event", Payload=b'{"n": 0}'
            )
    """
    with World(make_tree(one=one, two=SLOW_COUNTER), concurrency={"two": 1}) as world:
        world.invoke_later(0, "two", {"n": 1}, "user")
        world.invoke_later(0, "one", {}, "user")
        world.run()
        last = world.recording("x").steps[-1]
    assert (last.source, last.at, last.result) == ("asynchronous", 15.0, 2)


DRAWER = """
    import random, uuid
    def lambda_handler(event, context):
        return [random.random(), str(uuid.uuid4())]
"""


def test_draws_are_the_steps_own_in_whichever_function_and_container(make_tree: Any) -> None:
    tree = make_tree(one=DRAWER, two=DRAWER)

    def drawn(function: str, cold: bool) -> list[Any]:
        with World(tree, cold=cold) as world:
            return [world.invoke(function, {}).value for _ in range(2)]

    first, second = drawn("one", False)
    assert first != second
    assert drawn("two", True) == [first, second]


def test_code_that_seeds_its_generator_draws_from_that_seed(make_tree: Any) -> None:
    one = """
        import random
        random.seed(5)
        def lambda_handler(event, context):
            return random.random()
    """
    with World(make_tree(one=one)) as world:
        assert world.invoke("one", {}).value == random.Random(5).random()

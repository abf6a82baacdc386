from __future__ import annotations

import os

import pytest

from harness.aws.environment import function_environments, variables


def test_each_function_sees_its_own_and_the_process_keeps_its_own() -> None:
    os.environ["OUTSIDE"] = "process"
    own = {"NAME": "one"}
    with function_environments():
        with variables(own):
            assert os.environ["NAME"] == "one"
            assert os.getenv("OUTSIDE") is None
            os.environ["SET"] = "inside"
            with variables({"NAME": "two"}):
                assert dict(os.environ) == {"NAME": "two"}
        assert os.environ["OUTSIDE"] == "process"
        assert "SET" not in os.environ
    assert own == {"NAME": "one", "SET": "inside"}
    del os.environ["OUTSIDE"]


def test_only_text_can_be_set_as_in_a_process() -> None:
    with function_environments(), variables({}), pytest.raises(TypeError, match="str expected"):
        os.environ["N"] = 1  # type: ignore[assignment]

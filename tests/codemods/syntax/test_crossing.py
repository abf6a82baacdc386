from __future__ import annotations

import ast

import pytest

from codemods.syntax.crossing import stuck_at, stuck_in


def function(code: str) -> ast.FunctionDef:
    node = ast.parse(code).body[0]
    assert isinstance(node, ast.FunctionDef)
    return node


@pytest.mark.parametrize(
    ("body", "stuck"),
    [
        ("x.describe_jobs()", True),
        ("y = 1\n  if y:\n    return [x.isoformat() for _ in y]", True),
        ("x.items(); x.append(1); x.strip(); x['describe_jobs']", False),
        ("x = dict(x)\n  x.describe_jobs()", False),
        ("if hasattr(x, 'isoformat'): return x.isoformat()", False),
        ("if isinstance(x, date): return x.isoformat()", False),
        ("try: x.isoformat()\n  except (AttributeError, KeyError): pass", False),
        ("try: x.isoformat()\n  except ValueError: pass", True),
        ("other.describe_jobs(x)", False),
    ],
)
def test_attributes_that_no_json_has(body: str, stuck: bool) -> None:
    assert ("x" in stuck_in(function(f"def work(a, *, x):\n  {body}\n"))) == stuck


@pytest.mark.parametrize(
    ("code", "anew"),
    [
        ("client = boto3.client('glue')\n  work(1, client)", "boto3.client('glue')"),
        ("work(1, x=session.resource('s3'))", "session.resource('s3')"),
        ("r = 'eu'\n  c = boto3.client('glue', region_name=r)\n  work(1, c)", ""),
        ("work(1, context)", "None"),
        ("context = {}\n  work(1, context)", None),
        ("work(event, event)", None),
        ("other(1, context)", None),
    ],
)
def test_what_callers_give(code: str, anew: str | None) -> None:
    caller = ast.parse(f"def handler(event, context):\n  {code}\n").body[0]
    found = [s.anew for s in stuck_at(caller, function("def work(a, x): pass"), "handler")]
    assert found == ([] if anew is None else [anew])


def test_a_context_that_is_used_cannot_be_left_out() -> None:
    caller = ast.parse("def handler(event, context):\n  work(context)\n").body[0]
    used = function("def work(c):\n  log(c)\n")
    assert [s.anew for s in stuck_at(caller, used, "handler")] == [""]
    assert list(stuck_at(caller, used, "another")) == []

"""Each operator on the least code that it changes: what it makes of it."""

from __future__ import annotations

import textwrap

import libcst as cst
import pytest

from harness.mutants.generate import of_site
from harness.mutants.operators import OPERATORS, Info
from harness.mutants.sites import Site, name_of_statement

INFO = Info(
    functions=frozenset({"start", "poll"}),
    actions=frozenset({"start", "query"}),
    variables=("OTHER_ARN", "OWNER_ARN"),
    aliases={"older_find": "find"},
    copies=frozenset({("index.py", "carried")}),
)

CASES: list[tuple[str, str, str, str]] = [
    # operator, name of the function, its body, a line of what comes of it
    ("in-place mutation lost", "f", "state.update(answer)", "pass"),
    ("state replaced instead of merged", "f", "state.update(answer)", "state = answer"),
    ("state merged instead of replaced", "f", "state.clear()", "pass"),
    ("result key dropped", "f", "return {'a': 1, 'b': 2}", "return {'a': 1, }"),
    ("result key dropped", "f", "state['a'] = 1", "pass"),
    (
        "FunctionError ignored",
        "f",
        "if answer.get('FunctionError'):\n    raise E(answer)",
        "if False:",
    ),
    (
        "answer not looked at",
        "f",
        "if not isinstance(answer, dict):\n    raise E(answer)",
        "if False:",
    ),
    ("guard left out", "f", "if not owner:\n    raise E(owner)", "if False:"),
    ("answer merged whole", "f", "state.update(answer['state'])", "state.update(answer)"),
    (
        "answer merged as it comes",
        "f",
        "state.update(answer['state'])",
        "state.update(answer.get('state', answer))",
    ),
    ("payload key dropped", "f", "go('start', {'a': a, 'b': b})", "go('start', {'b': b})"),
    ("another owner invoked", "f", "go('OWNER_ARN')", 'go("OTHER_ARN")'),
    ("another action asked for", "f", "go('start')", 'go("query")'),
    (
        "nobody waits for the answer",
        "f",
        "client.invoke(Payload=p)",
        'client.invoke(Payload=p, InvocationType = "Event")',
    ),
    ("result not given back", "start", "return state", "return None"),
    (
        "failure not marked",
        "start",
        "try:\n    go()\nexcept MovedError as e:\n    mark(e)",
        "except MovedError as e: return None",
    ),
    (
        "a retry of what may have run",
        "f",
        "c = Config(read_timeout=9, retries={'total_max_attempts': 1})",
        "c = Config(read_timeout=9, )",
    ),
    (
        "a retry of what may have run",
        "f",
        "try:\n    go()\nexcept (ConnectTimeoutError, X) as e:\n    wait(e)",
        "except (ConnectTimeoutError, X, ClientError) as e:",
    ),
    (
        "no retry of what did not run",
        "f",
        "for pause in (1, 2, None):\n    go(pause)",
        "for pause in (None,):",
    ),
    ("client gives up before its callee", "f", "c = Config(read_timeout=9)", "(read_timeout=60)"),
    ("client with botocore's defaults", "f", "c = client(config=config)", "client(config=None)"),
    ("route missing", "lambda_handler", "if action in ROUTES:\n    return 1", "if False:"),
    (
        "route within what answers exceptions",
        "lambda_handler",
        "if action in ROUTES:\n    return ROUTES[action](event)",
        "        except Exception as error:",
    ),
    (
        "old action name removed",
        "lambda_handler",
        "if action in ('old', 'query'):\n    return 1",
        "if action in ('query', ):",
    ),
    ("a stale copy of the state", "f", "start(state, 1)", "start(dict(state), 1)"),
    ("types lost at the JSON boundary", "f", "t = dumps(x, default=plain)", "default=str)"),
    ("name bound to its namesake", "f", "ids = find(region)", "ids = older_find(region)"),
    ("old callers bound to the newcomer", "f", "ids = older_find(region)", "ids = find(region)"),
    ("account context dropped", "f", "c = make(region, account_context)", "make(region, None)"),
    ("external id dropped", "f", "c = make(region, account_context)", "if k != 'externalId'}"),
    ("context under its other name alone", "f", "return s.get('Context') or s.get('context')",
     "return s.get('Context')"),
    ("region defaulted", "f", "c = make(region)", "make(os.environ['AWS_REGION'])"),
    ("wrong session", "f", "c = create_drs_client(r, a)", "boto3.client('drs', region_name=r)"),
    (
        "client of another service's session",
        "f",
        "c = boto3.client('ec2', region_name=region)",
        "region_name = 'eu-north-1'",
    ),
    ("cache kept across accounts", "f", "c = create_drs_client(r, a)", "setdefault('_clients'"),
    ("cache kept across invocations", "f", "i = t.get_item(Key=k)", "setdefault('_read_get_item'"),
    ("default argument changed", "f", "x = e.get('isDrill', True)", "e.get('isDrill', False)"),
    ("another table", "f", "t = os.environ['HISTORY_TABLE']", '["RECOVERY_PLANS_TABLE"]'),
    ("present taken for truthy", "f", "x = key in config", "x = config.get(key)"),
    ("copies drifting apart", "carried", "if x:\n    go()", "if not (x):"),
    ("side effect at import", "start", "go()", "boto3.client('sts').get_caller_identity()"),
    ("write dropped", "f", "table.update_item(Key=k)", "pass"),
    ("write doubled", "f", "drs.start_recovery(x)", "start_recovery(x); drs.start_recovery(x)"),
    ("extra call", "f", "j = drs.describe_jobs()", "describe_jobs(); j = drs.describe_jobs"),
    ("call left out", "f", "j = drs.describe_jobs()", "j = {}"),
    ("condition dropped", "f", "t.put_item(Item=i, ConditionExpression=c)", "t.put_item(Item=i, )"),
    ("parameter dropped", "f", "t.put_item(Item=i, Other=c)", "t.put_item(Item=i, )"),
    ("page dropped", "f", "for page in p.paginate():\n    go()", "in list(p.paginate())[:1]:"),
    ("loop bound off by one", "f", "for s in servers:\n    go()", "in list(servers)[1:]:"),
    ("slice off by one", "f", "x = items[:10]", "items[:10 - 1]"),
    ("server order changed", "f", "for s in servers:\n    go()", "in list(servers)[::-1]:"),
    ("case folding changed", "f", "x = tag.lower()", "x = tag"),
    ("wrong wave index", "f", "go(wave_number)", "go((wave_number + 1))"),
    ("time read twice", "f", "state['end'] = end_time", "= get_epoch_seconds()"),
    ("writes reordered", "f", "t.put_item(a)\nt.update_item(b)", "    t.update_item(b)\n    t.p"),
    (
        "poll before the cancel check",
        "f",
        "if is_('CANCELLING'):\n    return 1\ntry:\n    go()\nexcept E:\n    pass\nend()",
        "    try:\n        go()\n    except E:\n        pass\n    if is_",
    ),
    ("log line lost", "f", "logger.info('x')", "pass"),
    ("log level changed", "f", "logger.error('x')", "logger.warning('x')"),
    ("truth of a flag turned", "f", "drs.start(isDrill=is_drill)", "isDrill=not is_drill"),
    ("status misspelt", "f", "x = 'CANCELLING'", '"cancelling"'),
    ("error turned into an empty list", "f", "try:\n    go()\nexcept E:\n    raise", "return []"),
    ("exception swallowed", "f", "raise E()", "pass"),
    (
        "exception swallowed by its handler",
        "f",
        "try:\n    go()\nexcept E:\n    mark()",
        "except E: pass",
    ),
    ("exception not caught", "f", "try:\n    go()\nexcept E:\n    mark()", "        raise"),
    ("exception caught too wide", "f", "try:\n    go()\nexcept E:\n    x()", "except Exception:"),
    (
        "exception caught too narrow",
        "f",
        "try:\n    go()\nexcept (A, B):\n    mark()",
        "except (B, ):",
    ),
    ("exception text changed", "f", "try:\n    go()\nexcept E as e:\n    x(str(e))", "x(repr(e))"),
    ("exception type changed", "f", "raise E('x')", "raise RuntimeError('x')"),
    ("exception made anew", "_exception_of", "return base(message)", "return Exception(message)"),
    ("number", "f", "x = 7", "x = 8"),
    ("number with a fraction", "f", "x = 0.5", "x = 0.75"),
    ("text", "f", "x = 'a'", "x = 'XXa'"),
    ("text of a format", "f", "x = f'a{b}'", "x = f'XXa{b}'"),
    ("True and False", "f", "x = True", "x = False"),
    ("None", "f", "x = None", "x = 0"),
    ("entry of a dictionary", "f", "x = {'a': 1, 'b': 2}", "x = {'b': 2}"),
    ("item of a list", "f", "x = ['a', 'b']", "x = ['b']"),
    ("keyword argument", "f", "go(a=1, b=2)", "go(b=2)"),
    ("assigned value", "f", "x = y", "x = None"),
    ("comparison", "f", "x = a < b", "x = a <= b"),
    ("and and or", "f", "x = a and b", "x = a or b"),
    ("not", "f", "x = not a", "x = a"),
    ("condition", "f", "if a:\n    go()", "if not (a):"),
    ("arithmetic", "f", "x = a + b", "x = a - b"),
    ("sum", "f", "x += 1", "x -= 1"),
    ("variable read at import", "f", "go(os.environ['A'])", "os.environ['A']\n\n\ndef f"),
    ("statement", "f", "go()", "pass"),
    ("returned value", "f", "return x", "return None"),
    ("return", "f", "return x", "pass"),
    ("break and continue", "f", "for x in y:\n    break", "    continue"),
]  # fmt: skip


def made(operator: str, name: str, body: str) -> list[str]:
    """The functions that an operator makes of one with this body."""
    source = f"def {name}(event):\n{textwrap.indent(body, '    ')}\n"
    module = cst.parse_module(source)
    site = Site("index.py", name_of_statement(module.body[0]), module, 0, 1, None)
    found = []
    for mutant in of_site(site, INFO, [OPERATORS[operator]]):
        text = mutant.applied({"index.py": source})["index.py"]
        compile(text, "index.py", "exec")
        found.append(text)
    return found


@pytest.mark.parametrize(("operator", "name", "body", "expected"), CASES)
def test_what_it_makes(operator: str, name: str, body: str, expected: str) -> None:
    assert any(expected in text for text in made(operator, name, body)), made(operator, name, body)


def test_each_operator_has_a_case() -> None:
    assert {operator for operator, *_ in CASES} == set(OPERATORS)


def test_there_are_as_many_as_asked_for() -> None:
    assert sum(one.family == "move" for one in OPERATORS.values()) >= 40


@pytest.mark.parametrize(
    ("operator", "name", "body"),
    [
        ("text", "f", "'''A docstring.'''"),
        ("default argument changed", "f", "logger.info(e.get('a', 1))"),
        ("copies drifting apart", "f", "if x:\n    go()"),
        ("log line lost", "f", "state.update(a)"),
        ("writes reordered", "f", "state['a'] = 1\nstate['b'] = 2"),
        ("number", "f", "try:\n    import x\nexcept ImportError:\n    y = 7"),
        ("truth of a flag turned", "f", "start(is_drill)"),
    ],
)
def test_what_it_leaves_alone(operator: str, name: str, body: str) -> None:
    assert made(operator, name, body) == []

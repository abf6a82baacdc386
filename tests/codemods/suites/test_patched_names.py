"""What becomes of people's tests: start_batch and prepare go from planner to worker, check becomes
poll in reader, find goes to reader with a copy in worker; lambda_handler stays and calls stubs.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codemods.small_suites import Suites
from tests.codemods.support import Tree

ON_PATH = 'import sys\nsys.path.insert(0, "../fn/planner")\nimport index\n'


@pytest.fixture
def suites(tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Suites:
    monkeypatch.chdir(tmp_path)
    return Suites(tree, tmp_path / "tests")


@pytest.mark.parametrize(
    ("text", "new"),
    [
        # Strings.
        (
            "import planner.index\n@patch('planner.index.find')\n"
            "def test_it(find):\n    planner.index.prepare(1)\n",
            "import planner.index\nimport worker.index\n@patch('worker.index.find')\n"
            "def test_it(find):\n    worker.index.prepare(1)\n",
        ),
        (
            "import planner.index as p\ndef test_it(mocker):\n"
            "    mocker.patch('planner.index.find.x', 1)\n    p.start_batch({})\n",
            "import worker.index as p\ndef test_it(mocker):\n"
            "    mocker.patch('worker.index.find.x', 1)\n    p.start_batch({})\n",
        ),
        (
            "import planner.index as p\ndef test_it(monkeypatch):\n"
            "    monkeypatch.setattr('planner.index.LIMIT', 1)\n"
            "    monkeypatch.setattr(p, 'QUEUE', 1)\n    p.start_batch({})\n",
            "import worker.index as p\ndef test_it(monkeypatch):\n"
            "    monkeypatch.setattr('worker.index.LIMIT', 1)\n"
            "    monkeypatch.setattr(p, 'QUEUE', 1)\n    p.start_batch({})\n",
        ),
        (
            "import planner.index as p\ndef test_it():\n"
            "    with patch.multiple('planner.index', LIMIT=1, spec=True):\n"
            "        with patch.dict('planner.index.STEPS', {}):\n            p.start_batch({})\n",
            "import worker.index as p\ndef test_it():\n"
            "    with patch.multiple('worker.index', LIMIT=1, spec=True):\n"
            "        with patch.dict('worker.index.STEPS', {}):\n            p.start_batch({})\n",
        ),
        # Renames: its own name where it is exercised.
        (
            "from planner import index\ndef test_it():\n    index.check({})\n"
            "    assert getattr(index, 'check')\n",
            "from reader import index\ndef test_it():\n    index.poll({})\n"
            "    assert getattr(index, 'poll')\n",
        ),
        (
            "from planner.index import check\ndef test_it():\n    check({})\n",
            "from reader.index import poll as check\ndef test_it():\n    check({})\n",
        ),
        # One import, tests that go two ways.
        (
            "from planner.index import (\n    check,  # a\n    lambda_handler,  # b\n)\n"
            "def test_it():\n    check({})\n",
            "from planner.index import (\n    lambda_handler,  # b\n)\n"
            "from reader.index import poll as check\ndef test_it():\n    check({})\n",
        ),
        (
            "from planner import index\ndef test_it():\n    index.prepare(1)\n"
            "@patch.object(index, 'check')\ndef test_that(check):\n    index.lambda_handler({})\n",
            "from planner import index\nfrom worker import index as worker_index\n"
            "def test_it():\n    worker_index.prepare(1)\n"
            "@patch.object(index, 'check')\ndef test_that(check):\n    index.lambda_handler({})\n",
        ),
        # Inside the test, by import_module, through a fixture.
        (
            "def test_it():\n    import planner.index as p  # here\n    p.prepare(1)\n",
            "def test_it():\n    import worker.index as p  # here\n    p.prepare(1)\n",
        ),
        (
            "p = importlib.import_module('planner.index')\ndef test_it():\n    p.check(1)\n",
            "p = importlib.import_module('reader.index')\ndef test_it():\n    p.poll(1)\n",
        ),
        (
            "@pytest.fixture\ndef p():\n    from planner import index\n    reload(index)\n"
            "    yield index\ndef test_it(p):\n    p.check(1)\n",
            "@pytest.fixture\ndef p():\n    from reader import index\n    reload(index)\n"
            "    yield index\ndef test_it(p):\n    p.poll(1)\n",
        ),
        # A fixture's patch goes with the tests that use it.
        (
            "import planner.index as p\n@pytest.fixture\ndef none(monkeypatch):\n"
            "    monkeypatch.setattr('planner.index.find', len)\n"
            "class TestIt:\n    @pytest.mark.usefixtures('none')\n"
            "    def test_it(self):\n        p.prepare(1)\n",
            "import worker.index as p\n@pytest.fixture\ndef none(monkeypatch):\n"
            "    monkeypatch.setattr('worker.index.find', len)\n"
            "class TestIt:\n    @pytest.mark.usefixtures('none')\n"
            "    def test_it(self):\n        p.prepare(1)\n",
        ),
        # A folder on the path.
        (
            ON_PATH + "@patch('index.find')\ndef test_it(find):\n    index.prepare(1)\n",
            ON_PATH.replace("planner", "worker")
            + "@patch('index.find')\ndef test_it(find):\n    index.prepare(1)\n",
        ),
        (
            "HERE = Path(__file__).parent\nFOLDER = HERE / 'fn' / 'planner'\n"
            "sys.path.append(str(FOLDER))\nfrom index import check\n"
            "def test_it():\n    check({})\n",
            "HERE = Path(__file__).parent\nFOLDER = HERE / 'fn' / 'reader'\n"
            "sys.path.append(str(FOLDER))\nfrom index import poll as check\n"
            "def test_it():\n    check({})\n",
        ),
        (
            "spec = importlib.util.spec_from_file_location('the', 'fn/planner/index.py')\n"
            "the = importlib.util.module_from_spec(spec)\nsys.modules['the'] = the\n"
            "spec.loader.exec_module(the)\n"
            "@patch('the.find')\ndef test_it(find):\n    the.prepare(1)\n",
            "spec = importlib.util.spec_from_file_location('the', 'fn/worker/index.py')\n"
            "the = importlib.util.module_from_spec(spec)\nsys.modules['the'] = the\n"
            "spec.loader.exec_module(the)\n"
            "@patch('the.find')\ndef test_it(find):\n    the.prepare(1)\n",
        ),
    ],
)
def test_what_tests_moved_code_goes_with_it(suites: Suites, text: str, new: str) -> None:
    suites.write(text)
    assert suites.new() == new
    assert suites.notes() == []
    suites.write(new)
    assert suites.new() == new
    assert suites.notes() == []


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (
            "from planner import index\ndef test_it():\n    index.prepare(1)\n"
            "    index.lambda_handler({})\n",
            3,
            "it exercises prepare, which moves to fn/worker/index.py, and lambda_handler, "
            "which stays",
        ),
        (
            "from planner import index\ndef test_it():\n    index.check(1)\n    index.prepare()\n",
            3,
            "what it exercises has several homes",
        ),
        (
            "from planner import index\ndef test_it():\n    index.lambda_handler({})\n",
            3,
            "lambda_handler can reach check, which invokes fn/reader/index.py now",
        ),
        (
            "@patch('planner.index.find')\ndef test_it(find):\n    run()\n",
            1,
            "it patches find, and what it exercises cannot be seen",
        ),
        (
            "from planner import index\n@patch('planner.index.os')\ndef test_it(_):\n"
            "    index.check({})\n",
            2,
            "it names os, which did not go to fn/reader/index.py",
        ),
        (
            "from planner import index\ndef test_it(name):\n    getattr(index, name)\n",
            3,
            "the name that it looks up is put together as it runs",
        ),
        (
            "from planner import index\ndef test_it():\n    run(index)\n    index.prepare(1)\n",
            3,
            "it hands the module index to other code",
        ),
        (
            "MODULE = 'planner.index'\n@patch(f'{MODULE}.find')\ndef test_it(find):\n    pass\n",
            2,
            "it patches a name that is put together as it runs",
        ),
        (
            "@pytest.mark.parametrize('name', ['planner.index.find'])\ndef test_it(name):\n"
            "    patch(name)\n",
            1,
            "'planner.index.find' is used in a way that cannot be followed",
        ),
        (
            "from planner.index import prepare\n",
            1,
            "it imports prepare, which is gone from fn/planner/index.py",
        ),
        (
            "import index\n@patch('index.check')\ndef test_it(check):\n    pass\n",
            2,
            "check: index may be fn/planner/index.py or fn/reader/index.py or fn/worker/index.py: "
            "nothing here tells",
        ),
        (
            "sys.path.append('fn/planner')\nsys.path.append('fn/worker')\nimport index\n"
            "def test_it():\n    index.prepare({})\n",
            5,
            "two folders here fit",
        ),
        (
            "sys.path.append('other/planner')\nimport index\ndef test_it():\n"
            "    index.prepare({})\n",
            4,
            "nothing here tells",
        ),
        (
            ON_PATH + "def test_it():\n    index.prepare({})\n@patch('index.check')\n"
            "def test_that(check):\n    index.lambda_handler({})\n",
            5,
            "what it tests lives in fn/worker/index.py now, but other tests load",
        ),
        (
            ON_PATH + "import beside\ndef test_it():\n    index.prepare({})\n",
            6,
            "it imports beside from that folder too",
        ),
        (
            "from planner import index\nindex.LIMIT = 5\ndef test_it():\n    index.prepare({})\n"
            "@patch('planner.index.check')\ndef test_that(check):\n    index.lambda_handler({})\n",
            4,
            "it shares what the file sets up with others",
        ),
    ],
)
def test_what_is_not_certain_is_listed(suites: Suites, text: str, line: int, why: str) -> None:
    (suites.tree.root / "fn/planner/beside.py").write_text("")
    suites.write(text)
    assert suites.new() == text
    notes = suites.notes()
    assert any(n.startswith(f"test_it.py:{line}") and why in n for n in notes), notes


@pytest.mark.parametrize(
    "text",
    [
        "from planner import index\n@patch('planner.index.check')\ndef test_it(check):\n"
        "    index.lambda_handler({'action': 'check'}, None)\n",
        "@patch('planner.index.boto3')\ndef test_it(boto3):\n    pass\n",
        "from other import index\n@patch('other.index.check')\ndef test_it(check):\n"
        "    index.prepare({})\n",
        "import worker.index\ndef test_it():\n    worker.index.lambda_handler({'job': 1}, None)\n",
        "text = 'planner.index.check it'\nnames = {'check': 1}\ndef test_it(find):\n    check()\n",
    ],
)
def test_what_stays_as_it_was(suites: Suites, text: str) -> None:
    suites.write(text)
    assert suites.new() == text
    assert suites.notes() == []


def test_every_other_byte_stays(suites: Suites) -> None:
    text = (
        "\ufefffrom planner import index  # é\r\n\r\ndef test_it():\r\n\tindex.check( 1 )\x0c\r\n"
    )
    (suites.folder).mkdir()
    (suites.folder / "test_it.py").write_bytes(text.encode())
    new = text.replace("planner", "reader").replace("check", "poll")
    assert suites.new() == new


def test_a_destinations_own_tests_follow_the_alias(suites: Suites) -> None:
    suites.tree.change("reader", "import os\n", "import os\n\n\ndef find():\n    return 1\n")
    suites.tree.change("reader", '{"read": os', '{"found": find(), "read": os')
    suites.write(
        "from reader import index\n@patch('reader.index.find')\n"
        "def test_it(find):\n    index.lambda_handler({}, None)\n"
    )
    new = suites.new()
    assert "@patch('reader.index.reader_find')" in new
    suites.write(new)
    assert suites.new() == new
    # A migrated test of the newcomer keeps it.
    text = (
        "from reader import index\n@patch('reader.index.find')\ndef test_it(_):\n    index.poll()\n"
    )
    suites.write(text)
    assert suites.new() == text
    assert suites.notes() == []
    suites.write("from reader import index\ndef test_it():\n    index.find()\n")
    [note] = suites.notes()
    assert "find of fn/reader/index.py is called reader_find now" in note


def test_a_loader_in_conftest_takes_a_folder(suites: Suites) -> None:
    loader = """
        def load(folder):
            spec = importlib.util.spec_from_file_location(folder, f"fn/{folder}/index.py")
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module

        @pytest.fixture
        def handler():
            return load("planner")
        """
    suites.write(loader, "conftest.py")
    suites.write(
        "def test_it(handler):\n    handler.check({})\n"
        "def test_that():\n    module = load('planner')\n    module.prepare(1)\n",
        "unit/test_it.py",
    )
    assert 'return load("reader")' in suites.new("conftest.py")
    assert "    handler.poll({})" in suites.new("unit/test_it.py")
    assert "load('worker')\n    module.prepare(1)" in suites.new("unit/test_it.py")
    suites.write("def test_it(handler):\n    handler.prepare(1)\n", "unit/test_more.py")
    assert 'return load("planner")' in suites.new("conftest.py")
    assert len(suites.notes()) == 2


def test_a_file_that_does_not_parse_is_listed(suites: Suites) -> None:
    suites.write("def test_it(:\n")
    assert suites.notes() == ["test_it.py:1: not read: syntax error: invalid syntax"]


def test_what_the_moved_code_reaches_by_a_stub_is_told(suites: Suites) -> None:
    suites.tree.configure('carry_to = ["worker"]\n', "")
    text = "from planner import index\ndef test_it():\n    index.prepare(1)\n"
    suites.write(text)
    assert suites.new() == text.replace("planner", "worker")
    assert suites.notes() == [
        "test_it.py:3 test_it: prepare can reach find, behind a stub in fn/worker/index.py: "
        "if this test gets there, patch find itself"
    ]
    suites.write(text.replace("def", "@patch('planner.index.find', list)\ndef"))
    assert suites.notes() == []


def test_a_module_loaded_for_tests_that_go_two_ways(suites: Suites) -> None:
    text = (
        "spec = importlib.util.spec_from_file_location('the', Path('fn/planner/index.py'))\n"
        "the = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(the)\n"
        "@patch('the.check')\ndef test_it(check):\n    the.lambda_handler({}, None)\n"
        "def test_that():\n    the.prepare(1)\n"
    )
    suites.write(text)
    assert suites.new() == text
    [note] = suites.notes()
    assert note.startswith("test_it.py:8 test_that: what it tests lives in fn/worker/index.py now")

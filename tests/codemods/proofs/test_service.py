from __future__ import annotations

import pytest

from codemods.proofs.service import Uses, clients_that_cannot_be_told, services_of
from codemods.syntax.module_names import Module

SHARED = """import boto3

SERVICE = "batch"


def make(region):
    return boto3.client(SERVICE, region_name=region)


def maker(service):
    return boto3.Session().client(service)


def jobs(client):
    return client.get_paginator("describe_jobs").paginate()


def innocent():
    return boto3.client("s3").list_buckets()
"""
AGAIN = "from common import make as make_again\n\n\ndef again():\n    return make_again('x')\n"
PATHS = {"common": "common.py", "kit.common": "common.py", "common_again": "again.py"}


def left(text: str) -> list[str]:
    """Why each of the places in a file that uses the service does."""
    files = {"index.py": text, "common.py": SHARED, "again.py": AGAIN}
    return [use.why for use in Uses("batch", files, PATHS).of("index.py")]


@pytest.mark.parametrize(
    "code",
    [
        "import boto3\nc = boto3.client('batch')",
        "import boto3 as b\ndef f():\n    return b.session.Session().resource('batch')",
        "from boto3 import client\nc = client('batch')",
        "from boto3 import client as c\nx = c('batch')",
        "import boto3\nmake = boto3.client\nc = make('batch')",
        "import boto3\nc = boto3.client(service_name='batch')",
        "import boto3\nNAME = 'batch'\nc = boto3.client(NAME)",
        "import boto3\nc = boto3.client('ba' + 'tch')",
        "import boto3\nPART = 'tch'\nc = boto3.client(f'ba{PART}')",
        "import boto3\nc = getattr(boto3, 'client')('batch')",
        "from common import make",
        "from common import maker\nc = maker('batch')",
        "from common import maker\nc = maker(service='batch')",
        "import common\nc = common.make('x')",
        "import kit.common\nc = kit.common.make('x')",
        "import common as kit\nc = kit.make('x')",
        "def f():\n    import common\n    return common.make('x')",
        "from kit import common\nc = common.make('x')",
        "from common import jobs as list_them",
        "from common_again import again",
        "def f(client):\n    return client.describe_jobs(jobs=[])",
        "def f(client):\n    return client.get_paginator('describe_jobs')",
        "import boto3\nc = boto3.client('sns')\ndef f(client):\n    client.tag_resource()",
        "import boto3\nc = boto3.client('sns')\nc = other()\nc.tag_resource()",
        "OPERATION = 'describe_jobs'\ndef f(client):\n    return client.get_paginator(OPERATION)",
        "def f(client):\n    return getattr(client, 'describe_jobs')(jobs=[])",
        "try:\n    from common import make\nexcept ImportError:\n    make = None",
    ],
)
def test_every_route_to_the_service(code: str) -> None:
    assert left(code)


@pytest.mark.parametrize(
    "code",
    [
        "import boto3\nc = boto3.client('s3').list_objects(Bucket='b')",
        "from common import innocent\n\ninnocent()",
        "from common import maker\nc = maker('s3')",
        "from elsewhere import make\n\nmake()",
        '"""boto3.client("batch")"""\n# boto3.client("batch")',
        "def client(name):\n    return name\n\nclient('batch')",
        # Services share names of operations.
        "import boto3\nboto3.client('sns').tag_resource()",
        "import boto3\nc = boto3.client('sns')\nc.tag_resource()\ngetattr(c, 'tag_resource')()",
    ],
)
def test_what_is_none(code: str) -> None:
    assert left(code) == []


def test_a_place_is_told_with_its_function_and_operation() -> None:
    text = "def work(client):\n    client.submit_job()\n    client.describe_jobs()\n"
    uses = Uses("batch", {"index.py": text}, {}).of("index.py")
    assert [(u.function, u.operation, u.reads_only, u.line) for u in uses] == [
        ("work", "submit_job", False, 2),
        ("work", "describe_jobs", True, 3),
    ]


def test_clients_whose_service_is_computed_are_listed() -> None:
    module = Module.read("index.py", "import boto3\n\nc = boto3.client(name)\nboto3.client('s3')")
    assert module is not None
    assert clients_that_cannot_be_told(module) == [3]
    assert services_of([module]) == ["s3"]


def test_a_file_that_this_python_cannot_parse_has_no_uses() -> None:
    assert Uses("batch", {"index.py": "def ("}, {}).of("index.py") == []

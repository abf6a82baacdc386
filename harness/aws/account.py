"""The fake account: moto, changed once a process, active in one world at a time, empty at first.

`start` makes moto serve DRS, run state machines on the virtual clock and functions in process, and
draw ids per call.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

# Read by moto when an EC2 backend is made: the default images cost 200 ms and nobody wants them.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

import boto3
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.config import default_user_config
from moto.core.model_instances import reset_model_data
from moto.core.models import botocore_stubber

import harness.aws.drs  # noqa: F401  (registers DRS with moto)
from harness.aws import calls, clients, ids, lambda_service, shortcuts, stepfunctions, trust
from harness.aws.container import running

_started = False

assert hasattr(boto3, "_get_default_session"), (
    "boto3 changed _get_default_session: harness/aws/account.py must follow"
)


def start() -> None:
    """Change moto and botocore in this process, once. Outside worlds moto stays as it was."""
    global _started
    if _started:
        return
    ids.install()
    calls.install()
    lambda_service.install()
    stepfunctions.install()
    trust.install()
    shortcuts.install()
    _started = True


@contextmanager
def active() -> Iterator[None]:
    """Let moto answer every AWS call, empty at first.

    What `mock_aws` does besides, for `requests` and for credentials in the environment, a world
    does not need; and one that is started inside finds moto as it expects it.
    """
    settings: Any = {"stepfunctions": {"execute_state_machine": True}}
    with patch.dict(default_user_config, settings):
        before, botocore_stubber.enabled = botocore_stubber.enabled, True
        reset()
        try:
            yield
        finally:
            botocore_stubber.enabled = before
            reset()


def reset() -> None:
    """Empty all accounts and start counting ids anew.

    As moto's own reset, but backends that are thrown away are not filled anew before that.
    """
    in_use: list[BackendDict[Any]] = vars(BackendDict)["_instances"]
    for accounts in in_use:
        for _, _, backend in accounts.iter_backends():
            if type(backend).reset is not BaseBackend.reset:
                backend.reset()
        accounts.clear()
    in_use.clear()
    reset_model_data()
    ids.reset()


def _session() -> boto3.Session:
    """The default session of whoever asks: each container has its own, the harness has one."""
    container = running.get()
    if container is None:
        return clients.session()
    if container.session is None:
        container.session = boto3.Session()
    return container.session


@contextmanager
def sessions() -> Iterator[None]:
    """Give each function its own default session, from its own environment."""
    with patch.object(boto3, "_get_default_session", _session):
        yield

"""The fake account: moto, started once a process and emptied between worlds.

`started()` is what everything else goes through: it makes moto serve DRS, run state machines and
run functions in process, draws ids per call, and keeps sockets at home.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

# Read by moto when an EC2 backend is made: the default images cost 200 ms and nobody wants them.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

import boto3
from moto import mock_aws
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data

import harness.aws.drs  # noqa: F401  (registers DRS with moto)
from harness.aws import calls, clients, ids, lambda_service, shortcuts, stepfunctions, trust
from harness.aws.lambda_runtime import running

_started = False

assert hasattr(boto3, "_get_default_session"), (
    "boto3 changed _get_default_session: harness/aws/account.py must follow"
)


def start() -> None:
    """Start the fake account in this process, once; real credentials are never read after it."""
    global _started
    if _started:
        return
    ids.install()
    calls.install()
    lambda_service.install()
    stepfunctions.install()
    trust.install()
    shortcuts.install()
    mock_aws(
        config={
            "stepfunctions": {"execute_state_machine": True},
            "core": {"reset_boto3_session": False},
        }
    ).start()
    _started = True


def reset() -> None:
    """Empty all accounts and start counting ids anew."""
    BackendDict.reset()
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

"""The fake account over HTTP: moto's server with DRS in it, for any AWS client.

It differs from a world in `harness.world`: time is real, nothing is recorded, no role is asked.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import yaml
from moto.moto_server import werkzeug_app
from werkzeug import Response
from werkzeug.serving import BaseWSGIServer, make_server

from drs_refactor.errors import InputError
from drs_refactor.yaml_errors import told_as_input
from harness.checked import Mistake, checked
from harness.drs_seeds import seed_drs
from harness.scenario import Scenario
from harness.scenario_files import Lines

SEEDS = ("servers", "timing", "jobs", "quotas", "initialized")
"""The keys of a seed file: those of a scenario that say what DRS holds, and how its jobs go."""

STOPS = (signal.SIGINT, signal.SIGTERM)
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class _Application(werkzeug_app.DomainDispatcherApplication):
    """moto's routing of requests to services, made fit for DRS."""

    def __init__(self) -> None:
        super().__init__(werkzeug_app.create_backend_app)
        self._one_at_a_time = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        app = self.get_application(environ)
        service: str = app.service  # type: ignore[attr-defined] # set where moto makes it
        # DRS launches into EC2 with ids from a stream that it puts into moto for that moment. In
        # other services a request may wait for another one (a state machine's task): no lock.
        alone = self._one_at_a_time if service in ("drs", "ec2") else nullcontext()
        try:
            with alone:
                answer: Iterable[bytes] = app(environ, start_response)
                return answer
        except NotImplementedError as error:
            if service != "drs":
                raise
            # moto's own answer is a page with a traceback and status 500, which clients retry.
            refusal = Response(json.dumps({"message": str(error)}), 501)
            refusal.headers["x-amzn-ErrorType"] = "NotImplemented"
            return refusal(environ, start_response)


def listen(host: str, port: int) -> BaseWSGIServer:
    """A server that accepts connections from now on; `serve_forever` answers them.

    Port 0 takes a free one. Raises InputError for a place where nobody can listen.
    """
    if not 0 <= port <= 65535:
        raise InputError(
            f"--port {port}: there is no such port", mend="Ports are 1 to 65535; 0 takes a free one"
        )
    # Sockets take no name for every address, which is more than was asked for.
    if not host:
        raise InputError("--host is empty", mend="Name an address of this machine: 127.0.0.1")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=128)
    except (OSError, TypeError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise InputError(
                f"port {port} of {host} is in use",
                mend="Name another with --port N, or take a free one with --port 0",
            ) from error
        # `create_server` appends the address, which stands there already.
        why = str(getattr(error, "strerror", error)).partition(" (while")[0]
        raise InputError(
            f"cannot listen at {host} port {port}: {why}",
            mend="Name an address of this machine with --host, and a port that you may use",
        ) from error
    with listener:  # the server has a duplicate of its own
        server = make_server(
            host,
            listener.getsockname()[1],
            _Application(),
            threaded=True,
            request_handler=werkzeug_app.MotoRequestHandler,
            fd=listener.fileno(),
        )
    # moto's state machines call it back at this port.
    os.environ["MOTO_PORT"] = str(server.port)
    return server


def url_of(server: BaseWSGIServer) -> str:
    """Where clients on this machine reach it."""
    host = EVERYWHERE.get(server.host, server.host)
    return f"http://[{host}]:{server.port}" if ":" in host else f"http://{host}:{server.port}"


@contextmanager
def until_told(server: BaseWSGIServer) -> Iterator[None]:
    """Let Ctrl-C or SIGTERM end what the server serves, without an error; before it does, it will
    not begin. For the main thread only.
    """

    def stop(*_: object) -> None:
        # An exception could be lost in a callback of the garbage collector. `shutdown` waits for
        # the loop that this handler stands in the way of.
        Thread(target=server.shutdown, daemon=True).start()

    before = {each: signal.signal(each, stop) for each in STOPS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def seed(path: Path) -> Scenario:
    """Put what a seed file says into the fake account, and give it.

    Raises InputError with the line for what is not understood, or what DRS refuses.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path=path) from error
    with told_as_input(text, path):
        lines = Lines(yaml.compose(text, yaml.CSafeLoader))
        document = yaml.load(text, yaml.CSafeLoader)
    if not isinstance(document, dict):
        raise InputError("there is nothing to seed in it", path=path, mend="Add servers: [{id: …}]")
    lines.check_twice(path)
    try:
        seeds = _checked(document)
        seed_drs(seeds)
    except Mistake as mistake:
        line = lines.at(mistake.place)
        raise InputError(mistake.what, path=path, line=line, mend=mistake.mend) from mistake
    return seeds


def _checked(document: dict[Any, Any]) -> Scenario:
    """A scenario in which nothing happens but what clients do. Raises Mistake."""
    for key in document:
        if key not in SEEDS:
            raise Mistake(f"unknown key {key!r}", (str(key),), f"Known: {', '.join(SEEDS)}")
    # What a scenario needs besides; nobody runs it.
    rest = {"name": "seed", "shows": "what is served", "call": [{"function": "none"}]}
    return checked({**document, **rest})

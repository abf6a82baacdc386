"""Shortcuts on a request's way into moto: which service it is for, and werkzeug's form of it."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import moto.backend_index
from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    Request,
    should_preserve_original_header_name,
)

from harness.aws.shortcuts.base import Patch, Shortcut

FIRST = ("dynamodb", "drs", "lambda", "sts", "ec2", "stepfunctions", "iam")
"""Services whose patterns are tried first; no pattern of another service matches their hosts."""


def _often_used_first(patterns: Any) -> Any:
    return sorted(
        patterns, key=lambda pair: FIRST.index(pair[0]) if pair[0] in FIRST else len(FIRST)
    )


def _environ_once(original: Any) -> Any:
    make = original.__func__
    known: dict[tuple[str, str], dict[str, Any]] = {}

    def from_primitives(cls: Any, method: str, url: str, headers: Any, body: Any = None) -> Any:
        """werkzeug's own environ for the host, filled in for plain paths and bytes."""
        if "?" in url or "%" in url or not isinstance(body, bytes | None):
            return make(cls, method, url, headers, body)
        parts = urlsplit(url)
        host = (parts.scheme, parts.netloc)
        if host not in known:
            plain = make(cls, "GET", f"{parts.scheme}://{parts.netloc}/", {}, b"")
            known[host] = dict(plain.environ)
        environ = dict(known[host])
        path = parts.path or "/"
        environ.update(
            {
                "REQUEST_METHOD": method,
                "PATH_INFO": path,
                "REQUEST_URI": path,
                "RAW_URI": path,
                "CONTENT_LENGTH": str(len(body or b"")),
                "wsgi.input": BytesIO(body or b""),
                PRESERVED_HEADER_NAMES_ENVIRON_KEY: {},
            }
        )
        for key, value in headers.items():
            text = value.decode("utf-8") if isinstance(value, bytes) else value
            name = key.upper().replace("-", "_")
            if should_preserve_original_header_name(key):
                return make(cls, method, url, headers, body)
            if name == "CONTENT_TYPE":
                environ[name] = text
            elif name not in ("CONTENT_LENGTH", "TRANSFER_ENCODING"):
                name = f"HTTP_{name}"
                environ[name] = f"{environ[name]}, {text}" if name in environ else text
        return cls(environ)

    return classmethod(from_primitives)


SHORTCUTS = (
    Shortcut(
        "url-patterns",
        "nothing: the patterns of the services that are called most are tried first",
        (Patch(moto.backend_index, "backend_url_patterns", _often_used_first),),
    ),
    Shortcut(
        "request-environs",
        "what werkzeug makes of a request's host, which is the same for all of a service",
        (Patch(Request, "from_primitives", _environ_once),),
    ),
)

"""Adds the `drs` service to moto, from outside; nothing else here touches moto's registration.

moto has no plugin API. What this leans on, all checked by `check_moto` when it is imported:
the package's search path, the one list of URL patterns that every part of moto shares, the
look-up of a backend by name, and the method of EC2's that `accept_latest_as_default` wraps.
"""

import functools
import inspect
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import moto
import moto.backend_index
import moto.backends

try:
    from moto.ec2.models.launch_templates import LaunchTemplate, LaunchTemplateBackend
except ImportError as error:
    raise ImportError(f"harness.aws.drs needs moto 5.2.x, found {moto.__version__}") from error

MOTO_WANTED = "5.2"
SERVICE = "drs"
SERVICE_PARENT = Path(__file__).parent / "service"
MODIFY_PARAMETERS = ["self", "default_version", "template_name", "template_id"]


class UnsupportedMotoError(ImportError):
    """The installed moto lacks an internal that the registration needs."""


def _require(holds: bool, what: str) -> None:
    """Raise UnsupportedMotoError, naming the versions, unless `holds`."""
    if not holds:
        raise UnsupportedMotoError(
            f"harness.aws.drs needs moto {MOTO_WANTED}.x, found {moto.__version__}: {what}"
        )


def check_moto() -> None:
    """Check each internal that is used here. Raises UnsupportedMotoError."""
    version_ok = moto.__version__.startswith(f"{MOTO_WANTED}.")
    _require(version_ok, "another release series")
    _require(hasattr(moto.__path__, "append"), "moto.__path__ cannot be extended")
    patterns = getattr(moto.backend_index, "backend_url_patterns", None)
    _require(isinstance(patterns, list), "backend_index.backend_url_patterns is no list")
    entries_ok = all(
        isinstance(name, str) and isinstance(pattern, re.Pattern)
        for name, pattern in (patterns or [])[:1]
    )
    _require(entries_ok, "backend_url_patterns holds no (name, compiled pattern)")
    _require(hasattr(moto.backends, "get_backend"), "backends.get_backend is gone")
    modify = inspect.unwrap(LaunchTemplateBackend.modify_launch_template)
    _require(
        list(inspect.signature(modify).parameters) == MODIFY_PARAMETERS
        and hasattr(LaunchTemplate, "get_version"),
        "EC2's modify_launch_template has another signature",
    )


def register() -> None:
    """Make `moto.drs` importable and routed. Idempotent. Raises UnsupportedMotoError."""
    parent = str(SERVICE_PARENT)
    if parent not in moto.__path__:
        moto.__path__.append(parent)
    urls = import_module(f"moto.{SERVICE}.urls")
    own = Path(str(urls.__file__)).resolve().is_relative_to(SERVICE_PARENT.resolve())
    _require(own, "this moto brings a drs service of its own")
    patterns: list[tuple[str, re.Pattern[str]]] = moto.backend_index.backend_url_patterns
    if not any(name == SERVICE for name, _ in patterns):
        patterns.extend((SERVICE, re.compile(base)) for base in urls.url_bases)
    accept_latest_as_default()


def accept_latest_as_default() -> None:
    """Let EC2's ModifyLaunchTemplate take `$Latest` and `$Default`, as DRS tooling sends it.

    moto 5.2.5 knows numbers only and answers InvalidLaunchTemplateId.VersionNotFound.
    That real EC2 resolves the two names here is assumed, not documented.
    """
    original = LaunchTemplateBackend.modify_launch_template
    if hasattr(original, "__wrapped__"):
        return

    @functools.wraps(original)
    def modify_launch_template(
        self: Any,
        default_version: str,
        template_name: str | None = None,
        template_id: str | None = None,
    ) -> LaunchTemplate:
        found = template_id or self.launch_template_name_to_ids.get(template_name)
        template = self.launch_templates.get(found)
        if template is not None and default_version in ("$Latest", "$Default"):
            default_version = str(template.get_version(default_version).number)
        return original(self, default_version, template_name, template_id)

    LaunchTemplateBackend.modify_launch_template = modify_launch_template  # type: ignore[method-assign] # no hook for it


check_moto()

"""The DRS service, in moto's own layout; importable as `moto.drs` only."""

from typing import TYPE_CHECKING

if not TYPE_CHECKING and __name__ != "moto.drs":
    raise ImportError(f"import this package as moto.drs, after harness.aws.drs, not as {__name__}")

from .models import drs_backends

__all__ = ["drs_backends"]

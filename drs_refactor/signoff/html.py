"""A page as one HTML file: no other file, no network, the same bytes for the same page."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from drs_refactor.signoff.page import Page, inlines

_ASSETS = "assets"


def html(page: Page) -> str:
    """The page. Whatever stands in it is escaped, but for pictures, which are made here."""
    environment = Environment(
        loader=PackageLoader("drs_refactor.signoff", _ASSETS),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.globals["kind"] = lambda value: type(value).__name__
    environment.globals["inlines"] = inlines
    environment.globals["sign"] = _sign
    environment.filters["svg"] = Markup
    template = environment.get_template("page.html")
    return template.render(page=page, style=Markup(_asset("page.css")), script=_script()) + "\n"


def _asset(name: str) -> str:
    return (files("drs_refactor.signoff") / _ASSETS / name).read_text(encoding="utf-8")


def _script() -> Any:
    return Markup(_asset("page.js"))


def _sign(line: str) -> str:
    """What a line of a diff is, by its first sign."""
    if line.startswith(("+++", "---")):
        return "file"
    return {"+": "added", "-": "taken", "@": "place"}.get(line[:1], "same")

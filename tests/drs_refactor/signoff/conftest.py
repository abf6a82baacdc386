"""The evidence of a sign-off, made by hand, in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, ClassVar

import pytest
from jinja2 import Environment

from drs_refactor.signoff import digests, html
from drs_refactor.signoff.evidence import Evidence
from tests.drs_refactor.signoff import support


class _Kept(Environment):
    """Compiles a template once; a page's is compiled for each page, and these tests make many."""

    _compiled: ClassVar[dict[str, CodeType]] = {}

    def compile(self, source: Any, *given: Any, **named: Any) -> Any:
        if source not in self._compiled:
            self._compiled[source] = super().compile(source, *given, **named)
        return self._compiled[source]


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html, "Environment", _Kept)
        yield


@pytest.fixture(autouse=True)
def _same_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "of_tool", lambda: support.TOOL)


@pytest.fixture
def evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Evidence:
    """Of which every part is good; `support.turned` changes one."""
    monkeypatch.chdir(tmp_path)
    return support.made(tmp_path)


@pytest.fixture
def crowded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Evidence:
    """In which there is something of everything that a page can show."""
    monkeypatch.chdir(tmp_path)
    return support.crowded(tmp_path)


@pytest.fixture(scope="session")
def with_names(tmp_path_factory: pytest.TempPathFactory) -> support.WithNames:
    """Crowded evidence with these words in every name and value: made once, for all who ask."""
    folder = tmp_path_factory.mktemp("names")

    @cache
    def made(words: str) -> Evidence:
        return support.hostile(folder, words)

    return made

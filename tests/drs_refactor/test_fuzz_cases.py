from __future__ import annotations

from pathlib import Path

import pytest

from drs_refactor.errors import InputError
from drs_refactor.fuzz_cases import read_cases, write_cases
from harness.scenario_files import shipped

HEAD = '{"format": "drs-refactor fuzz cases", "seed": 3}\n'
CASE = '{"scenario": {"name": "a", "invoke": [{"function": "f", "event": {}}]}}\n'


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "cases.jsonl"
    write_cases(path, 11, shipped())
    seed, found = read_cases(path)
    assert seed == 11
    assert [(one.name, one.tables, one.invoke) for one in found] == [
        (one.name, one.tables, one.invoke) for one in shipped()
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "there are no cases in it"),
        (HEAD, "there are no cases in it"),
        (HEAD.replace("3", "null") + CASE, "there are no cases in it"),
        ("no json\n", ":1: this is not valid JSON"),
        (CASE, ":1: this is no file of cases"),
        ("[]\n" + CASE, ":1: this is no file of cases"),
        (HEAD + "7\n", ":2: this is no case"),
        (HEAD + '{"scenario": 7}\n', ":2: this is no case"),
        (HEAD + CASE + CASE.replace("function", "func"), ":3: unknown key 'func' in invoke[0]"),
        (HEAD + '{"scenario": {"name": "a"}}\n', ":2: nothing happens"),
    ],
)
def test_what_is_no_file_of_cases(content: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_cases(path)
    assert f"cases.jsonl{'' if told[0] == ':' else ': '}{told}" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_cases(tmp_path)

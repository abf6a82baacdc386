from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from drs_refactor.errors import InputError
from drs_refactor.signoff.decision import decide
from drs_refactor.signoff.documents import as_json
from drs_refactor.signoff.evidence import PARTS, Evidence
from drs_refactor.signoff.reports import reports, write_all
from drs_refactor.signoff.sections import title
from tests.drs_refactor.signoff.support import Html, WithNames, crowded, made, turned

PAGES = ("signoff.html", "rollback.html")
NAMES = [
    *("benchmark.md", "manifest.json", "rollback.html", "rollback.md", "signoff.html"),
    *("signoff.json", "signoff.md", "signoff.sarif", "signoff.xml", "verify.md"),
]


def of(found: Evidence, folder: Path = Path("reports")) -> dict[str, bytes]:
    return reports(found, decide(found), folder)


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_document_of_a_sign_off(evidence: Evidence, crowded: Evidence) -> None:
    for found in (evidence, crowded):
        documents = of(found)
        assert sorted(name for name in documents if "/" not in name) == NAMES
        assert list(documents)[-1] == "manifest.json"
        decision = decide(found)
        wanted = as_json(found, decision, title(found))
        assert json.loads(documents["signoff.json"]) == json.loads(json.dumps(wanted, default=str))
        json.loads(documents["signoff.sarif"])


def test_pictures_that_markdown_shows_are_there(crowded: Evidence) -> None:
    documents = of(crowded)
    for name, text in documents.items():
        if name.endswith(".md"):
            shown = [part.partition(")")[0] for part in text.decode().split("](pictures/")[1:]]
            assert {f"pictures/{one}" for one in shown} <= documents.keys()
            assert shown or name in ("verify.md",)


def test_files_that_a_page_leads_to_are_there(crowded: Evidence) -> None:
    documents = of(crowded)
    links = [one for name in PAGES for one in Html(documents[name].decode()).of("href")]
    led = {one for one in links if not one.startswith("#")}
    # mutants.md is what `mutants --report` wrote, as mutants.json is what its --json did.
    assert led - {"mutants.md"} == {"rollback.html", "benchmark.md"}
    assert led - {"mutants.md"} <= documents.keys()


def test_the_manifest_lists_every_other_document(evidence: Evidence) -> None:
    documents = of(evidence)
    listed = json.loads(documents["manifest.json"])["predicate"]["reports"]
    assert {one["name"]: one["digest"]["sha256"] for one in listed} == {
        name: hashlib.sha256(data).hexdigest()
        for name, data in documents.items()
        if name != "manifest.json"
    }
    assert len(listed) == len(documents) - 1


@pytest.mark.parametrize("part", PARTS)
def test_without_a_part_its_reports_are_not_written(evidence: Evidence, part: str) -> None:
    names = set(of(turned(evidence, part, "not run")))
    own = {"verify": {"verify.md"}, "bench": {"benchmark.md"}}.get(part, set())
    assert set(NAMES) - names == own
    assert ("pictures/facets.svg" in names) == (part != "mutants")
    assert ("pictures/combinations.svg" in names) == (part != "rollback")


def test_the_same_evidence_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        both.append(of(crowded(tmp_path / name), tmp_path / name / "reports"))
    assert both[0] == both[1]
    assert both[0] == of(crowded(tmp_path / name), tmp_path / name / "reports")
    assert not [name for name, data in both[0].items() if str(tmp_path).encode() in data]


def test_bytes_do_not_depend_on_how_python_hashes(crowded: Evidence, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from drs_refactor.signoff import digests\n"
        "from tests.drs_refactor.signoff import support\n"
        "digests.of_tool = lambda: support.TOOL\n"
        "support.written(support.crowded(Path()), Path('reports'))\n"
    )
    root = Path(__file__).parents[3]
    subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONHASHSEED": "4", "PYTHONPATH": str(root)},
        check=True,
    )
    assert files(tmp_path / "reports") == of(crowded)


def test_values_that_utf_8_cannot_hold_are_written(with_names: WithNames) -> None:
    found = with_names("\ud800")
    documents = of(found)
    for data in documents.values():
        data.decode()
    name = json.loads(documents["signoff.json"])["parts"]["verify"]["scenarios"][0]["name"]
    assert name == "tags \ud800"


def test_a_file_whose_name_is_no_utf_8_is_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = made(tmp_path)
    name = os.fsdecode(b"\xff.py")
    (found.trees.refactored / name).write_text("x\n")
    found = made(tmp_path)
    manifest = json.loads(of(found)["manifest.json"])
    assert f"refactored/{name}" in [one["name"] for one in manifest["subject"]]
    assert "\\udcff.py" in Html(of(found)["signoff.html"].decode()).text


DOCUMENTS = {"a.txt": b"new a", "deep/b.txt": b"new b", "c.txt": b"new c"}


def test_all_are_written(tmp_path: Path) -> None:
    write_all(tmp_path / "to", DOCUMENTS)
    assert files(tmp_path / "to") == {name: DOCUMENTS[name] for name in sorted(DOCUMENTS)}
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "to").glob("*.txt")} == {0o644}
    write_all(tmp_path / "to", {**DOCUMENTS, "a.txt": b"newer"})
    assert files(tmp_path / "to")["a.txt"] == b"newer"
    assert len(files(tmp_path / "to")) == 3


def refusal(folder: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        write_all(folder, DOCUMENTS)
    assert "\n" not in str(caught.value)
    assert caught.value.path == folder
    assert caught.value.mend == "Name another with --output"
    return caught.value


@pytest.mark.parametrize("before", [{}, {"a.txt": b"old a", "deep/b.txt": b"old b"}])
@pytest.mark.parametrize("name", list(DOCUMENTS))
def test_where_one_cannot_be_written_none_is(
    tmp_path: Path, name: str, before: dict[str, bytes]
) -> None:
    kept = {path: data for path, data in before.items() if path != name}
    for path, data in kept.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    (tmp_path / name).mkdir(parents=True)
    there = sorted(tmp_path.rglob("*"))
    assert "cannot be written" in refusal(tmp_path).what
    assert sorted(tmp_path.rglob("*")) == there
    assert files(tmp_path) == kept


@pytest.mark.parametrize("number", range(6))
def test_where_a_move_fails_all_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    (tmp_path / "to").mkdir()
    (tmp_path / "to/a.txt").write_bytes(b"old a")
    moves = 0
    real = Path.replace

    def failing(self: Path, target: Path) -> Path:
        nonlocal moves
        moves += 1
        if moves == number + 1:
            raise PermissionError(13, "Permission denied")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    if number < len(DOCUMENTS):
        assert refusal(tmp_path / "to").what == "cannot be written: Permission denied"
        assert files(tmp_path / "to") == {"a.txt": b"old a"}
        assert not (tmp_path / "to/deep").exists()
    else:
        write_all(tmp_path / "to", DOCUMENTS)
        assert len(files(tmp_path / "to")) == 3


def test_a_folder_that_cannot_be_written_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    assert "cannot be written" in refusal(tmp_path / "file").what
    written = 0

    def full(*_: object) -> None:
        nonlocal written
        written += 1
        if written == len(DOCUMENTS):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "chmod", full)
    assert refusal(tmp_path / "new").what == "cannot be written: No space left on device"
    assert sorted(tmp_path.rglob("*")) == [tmp_path / "file"]


def test_an_interrupt_leaves_nothing_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "chmod", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_all(tmp_path / "new", DOCUMENTS)
    assert list(tmp_path.rglob("*")) == []

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codemods.proposals.proposal import propose
from codemods.proposals.survey import survey
from drs_refactor.errors import InputError

CRAWLERS = Path(__file__).parent.parent.parent / "samples/crawlers"


@pytest.fixture
def crawlers(tmp_path: Path) -> Path:
    shutil.copytree(CRAWLERS, tmp_path / "crawlers")
    return tmp_path / "crawlers"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_functions_their_files_and_roles(crawlers: Path) -> None:
    found = survey(crawlers)
    facts = [(f.key, f.resource, f.path, f.handler, f.role, f.certain) for f in found.lambdas]
    assert facts == [
        ("nightly", "NightlyCrawls", "src/nightly/app.py", "handler", "NightlyRole", True),
        ("catalog", "CatalogApi", "src/catalog/app.py", "handler", "CatalogRole", True),
    ]
    assert [f.in_state_machine for f in found.lambdas] == [True, False]
    assert (found.layers, found.templates) == (("src/common",), ("template.yaml",))
    assert found.modules["runlog"] == "src/common/runlog.py"


def test_names_that_tell_nothing_are_in_doubt(crawlers: Path) -> None:
    for old, new in (("NightlyCrawls", "One"), ("CatalogApi", "Two")):
        change(crawlers / "template.yaml", old, new)
    for old, new in (("nightly-crawls", "f1"), ("catalog-api", "f2"), ("nightly.zip", "f1.zip")):
        change(crawlers / "template.yaml", old, new)
    change(crawlers / "template.yaml", "catalog.zip", "f2.zip")
    found = survey(crawlers)
    assert [f.certain for f in found.lambdas] == [False, True]
    assert found.lambdas[0].candidates == ("src/catalog/app.py", "src/nightly/app.py")


def test_a_folder_that_the_template_names_is_certain(crawlers: Path) -> None:
    change(crawlers / "template.yaml", "nightly-crawls", "x")
    change(crawlers / "template.yaml", "NightlyCrawls", "Catalog")
    change(
        crawlers / "template.yaml",
        "Code: {S3Bucket: !Ref Bucket, S3Key: nightly.zip}",
        "Code: ./src/nightly",
    )
    assert survey(crawlers).lambdas[0].path == "src/nightly/app.py"


def test_a_template_that_cannot_be_read_is_named(crawlers: Path) -> None:
    (crawlers / "odd.yaml").write_text("Resources:\n\tA: 1\n")
    assert [problem.split(":")[0] for problem in survey(crawlers).unread] == ["odd.yaml"]


def test_a_tree_without_functions(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no template of this tree defines a Lambda function"):
        survey(tmp_path)
    with pytest.raises(InputError, match="there is no such folder"):
        survey(tmp_path / "nowhere")


def test_what_could_move(crawlers: Path) -> None:
    found = propose(survey(crawlers))
    assert (found.source.key, found.service, found.other_services) == ("nightly", "glue", ())
    assert [(m.function, m.places, m.helper, m.operations) for m in found.moves] == [
        ("glue", ("catalog",), True, ()),
        ("launch", ("catalog",), False, ("start_crawler",)),
        ("states", ("catalog",), False, ("get_crawlers",)),
    ]


def test_what_an_invocation_cannot_keep_is_a_doubt(crawlers: Path) -> None:
    change(crawlers / "src/nightly/app.py", "def launch(run, attempt=1)", "def launch(run, *more)")
    moves = {m.function: m.doubts for m in propose(survey(crawlers)).moves}
    assert moves["launch"] == ("it takes *more, which an invocation cannot keep",)
    assert moves["states"] == ()


def test_source_and_service_can_be_named(crawlers: Path) -> None:
    found = propose(survey(crawlers), source="catalog")
    assert [m.function for m in found.moves] == ["glue", "states"]
    with pytest.raises(InputError, match="nothing in it calls batch"):
        propose(survey(crawlers), service="batch")
    with pytest.raises(InputError, match="there is no Lambda 'x'"):
        propose(survey(crawlers), source="x")


def test_a_helper_of_functions_that_part_is_carried_to_both(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "legacy", tmp_path / "legacy")
    index = tmp_path / "legacy/lambda/orchestration-stepfunctions/index.py"
    with index.open("a") as file:
        file.write("\n\ndef _both(client):\n    client.describe_jobs()\n")
    for function in ("update_wave_status(event", "start_wave_recovery(state"):
        head, _, rest = index.read_text().partition(f"\ndef {function}")
        signature, _, body = rest.partition("\n")
        index.write_text(f"{head}\ndef {function}{signature}\n    _both(1)\n{body}")
    moves = {m.function: m for m in propose(survey(tmp_path / "legacy")).moves}
    assert moves["_both"].places == ("execution-handler", "query-handler")
    assert moves["_both"].helper

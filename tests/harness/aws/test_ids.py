from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto.ec2.models import ec2_backends
from moto.moto_api._internal import mock_random

from harness.aws import account, ids


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    account.start()
    ids.reset()
    yield
    ids.reset()


def drawn(*identity: str) -> str:
    with ids.derived_from(*identity):
        return mock_random.get_random_hex(17)


def test_an_id_depends_on_its_operation_and_number_alone() -> None:
    alone = [drawn("1", "eu", "ec2", "RunInstances") for _ in range(3)]
    ids.reset()
    mixed = []
    for number in range(3):
        drawn("1", "eu", "lambda", f"Invoke{number}")
        mixed.append(drawn("1", "eu", "ec2", "RunInstances"))
    assert alone == mixed
    assert len(set(alone)) == 3


@pytest.mark.parametrize(
    "other",
    [
        ("2", "eu", "ec2", "Run"),
        ("1", "us", "ec2", "Run"),
        ("1", "eu", "ecs", "Run"),
        ("1", "eu", "ec2", "Stop"),
    ],
)
def test_every_part_of_the_identity_counts(other: tuple[str, ...]) -> None:
    assert drawn("1", "eu", "ec2", "Run") != drawn(*other)


def test_the_outer_stream_goes_on_after_an_inner_call() -> None:
    with ids.derived_from("outer"):
        mock_random.get_random_hex(5)
        plain = mock_random.get_random_hex(5)
    ids.reset()
    with ids.derived_from("outer"):
        mock_random.get_random_hex(5)
        drawn("inner")
        assert mock_random.get_random_hex(5) == plain


def test_a_default_vpc_has_its_ids_from_its_region_whoever_asks_first() -> None:
    found = []
    for asker in ("DescribeVpcs", "RunInstances"):
        account.reset()
        with ids.derived_from("123456789012", "eu-west-1", "ec2", asker):
            backend = ec2_backends["123456789012"]["eu-west-1"]
        found.append(sorted(backend.vpcs))
    assert found[0] == found[1]


def test_choice_and_uuid_draw_from_the_stream_too() -> None:
    def all_kinds() -> tuple[object, ...]:
        with ids.derived_from("kinds"):
            return (
                mock_random.choice(range(1000)),
                mock_random.uuid4(),
                mock_random.random(),
                mock_random.randint(1, 10**9),
                mock_random.get_random_string(9),
            )

    first = all_kinds()
    ids.reset()
    assert all_kinds() == first

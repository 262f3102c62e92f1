"""The values of the rules and those of the contract have the same names."""

from enum import Enum
from typing import Any

import pytest

import apology_rules
from apology.v1 import review_pb2 as pb
from apology_service.from_wire import enum_prefix
from apology_service.to_wire import number

PAIRS = [
    (getattr(apology_rules, name), getattr(pb, "DraftPart" if name == "Part" else name))
    for name in apology_rules.__all__
    if isinstance(getattr(apology_rules, name), type) and issubclass(getattr(apology_rules, name), Enum)
]


@pytest.mark.parametrize(("rules", "wire"), PAIRS, ids=[kind.__name__ for kind, _ in PAIRS])
def test_every_value_of_the_rules_has_its_value_on_the_wire_and_the_other_way_round(
    rules: type[Enum], wire: Any
) -> None:
    names = {name.removeprefix(enum_prefix(wire)) for name in wire.keys()}  # noqa: SIM118  # no mapping
    assert names == {member.name for member in rules} | {"UNSPECIFIED"}


def test_what_is_not_known_is_unspecified() -> None:
    assert number(pb.Relation, None) == pb.RELATION_UNSPECIFIED

"""Laws that hold for every valid spec: a few random ones here, as many as wanted by ``make prove``."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from programs.prove_laws import Laws
from schemagen.project.pipeline import Options, check
from support.built_cases import FOLDERS
from support.reduce_spec import reduced
from support.schema_edits import is_valid, random_successor
from support.schemas import random_spec, specs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.databases.servers import Server
    from support.built_cases import Case
    from support.schema_values import Data

SLOW = settings(
    max_examples=5,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # `make prove` makes failing specs smaller, in less time
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def laws(postgres18: Server) -> Iterator[Laws]:
    with Laws(postgres18) as made:
        yield made


@SLOW
@seed(1)
@given(spec=specs())
def test_everything_that_a_random_spec_claims_is_proved(laws: Laws, spec: Data) -> None:
    assert laws.outcome(spec).findings == []


@settings(SLOW, max_examples=10)
@seed(1)
@given(number=st.integers(0, 100_000))
def test_a_random_spec_and_its_successor_are_valid(number: int) -> None:
    random = Random(number)
    spec = random_spec(random)
    assert is_valid(spec)
    successor, edits = random_successor(spec, random)
    assert is_valid(successor)
    assert edits or successor == spec


def test_the_same_seed_makes_the_same_spec() -> None:
    assert random_spec(Random("one")) == random_spec(Random("one"))
    assert random_spec(Random("one")) != random_spec(Random("two"))


def test_a_failing_spec_is_made_smaller() -> None:
    spec = {"tables": {"a": {"columns": {"x": {}, "y": {}}}, "b": {}}, "notes": {"n": ["1", "2"]}}
    assert reduced(spec, lambda smaller: "y" in smaller.get("tables", {}).get("a", {}).get("columns", {})) == {
        "tables": {"a": {"columns": {"y": {}}}}
    }


def test_a_second_build_of_a_case_changes_nothing(case: Case) -> None:
    assert check(Options(FOLDERS[case.name], case.output)).outdated == ()

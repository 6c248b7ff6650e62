"""A small sample of ``make agree``: generated values, the same on both engines."""

from __future__ import annotations

from programs.agree import agree


def test_generated_values_give_the_same_on_both_engines() -> None:
    found = agree(1, start=3, step=15)
    assert found.compared
    assert found.different == {}

"""Literals of specs: what a column can hold is read exactly, and everything else is refused with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from schemagen.schema import types as t
from schemagen.schema.scalars import Plain
from schemagen.schema.values import ValueProblem, parse_value

if TYPE_CHECKING:
    from schemagen.schema.model import Value

MANY = "7" * 5000


@pytest.mark.parametrize(
    ("type_", "literal", "value"),
    [
        (t.Numeric(40, 2), "1" * 38, "1" * 38 + ".00"),
        (t.Numeric(1000, 10), "9" * 990 + ".5", "9" * 990 + ".5000000000"),
        (t.Numeric(35), "9" * 35, "9" * 35),
        (t.Numeric(5, 2), "-0", "0.00"),
        (t.Numeric(5, 2), "+1.5", "1.50"),
        (t.BigInt(), "9_2_2_3_3_7_2_0_3_6_8_5_4_7_7_5_8_0_7", 2**63 - 1),
        (t.Double(), "-1.5e-3", -0.0015),
        (t.Jsonb(), Plain("12"), 12),
        (t.Jsonb(), Plain("1e2"), 100.0),
        (t.TimestampTz(), "2026-01-01T00:00:00+02:00", "2025-12-31T22:00:00.000000Z"),
    ],
)
def test_a_literal_is_read_exactly(type_: t.Type, literal: Any, value: Value) -> None:
    assert parse_value(type_, literal) == value


@pytest.mark.parametrize(
    ("type_", "literal", "reason"),
    [
        (t.Numeric(40, 2), "1" * 39, "more digits"),
        (t.Numeric(35), "1" + "0" * 35, "more digits"),
        (t.Numeric(40, 2), "0.001", "more than 2 decimals"),
        (t.Numeric(40, 2), MANY, "more digits"),
        (t.BigInt(), MANY, "outside bigint"),
        (t.Double(), "1_0", "not a valid double precision"),
        (t.Double(), " 1", "not a valid double precision"),
        (t.Double(), "٣", "not a valid double precision"),
        (t.Double(), "inf", "both engines"),
        (t.Double(), "1e999", "both engines"),
        (t.Jsonb(), Plain(MANY), "too large"),
        (t.Jsonb(), Plain("1e999"), "too large"),
        (t.Jsonb(), {"key": "a\0b"}, "NUL"),
        (t.Jsonb(), {"a\0b": "value"}, "NUL"),
        (t.TimestampTz(), "0001-01-01T00:00:00+14:00", "not a valid timestamptz"),
    ],
)
def test_what_no_column_can_hold_is_refused(type_: t.Type, literal: Any, reason: str) -> None:
    with pytest.raises(ValueProblem, match=reason):
        parse_value(type_, literal)

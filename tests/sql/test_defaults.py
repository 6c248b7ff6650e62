"""Defaults, assignments and the columns of expressions."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from uuid import UUID

import pytest

from schemagen.schema import types as t
from schemagen.sql import SqlError, expression
from schemagen.sql.translate_expression import translated

FORMS = {
    "timestamptz": (t.TimestampTz(), r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000Z"),
    "timestamp": (t.Timestamp(), r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000"),
    "date": (t.Date(), r"\d{4}-\d\d-\d\d"),
    "time": (t.Time(), r"\d\d:\d\d:\d\d\.\d{3}000"),
    "timestamptz(3)": (t.TimestampTz(3), r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000Z"),
    "timestamp(0)": (t.Timestamp(0), r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000"),
    "time(1)": (t.Time(1), r"\d\d:\d\d:\d\d\.\d00000"),
}


def on_sqlite(text: str, result: t.Type) -> object:
    made = expression(text, {}, result=result)
    return sqlite3.connect(":memory:").execute(f"SELECT {made.sql.sqlite}").fetchone()[0]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "text",
    [
        "now()",
        "CURRENT_TIMESTAMP",
        "clock_timestamp()",
        "statement_timestamp()",
        "transaction_timestamp()",
        "(now())",
        "now() AT TIME ZONE 'UTC'",
        "LOCALTIMESTAMP",
    ],
)
def test_the_current_time_takes_the_form_of_its_column(text: str, form: str) -> None:
    type_, pattern = FORMS[form]
    if "AT TIME ZONE" in text and form.startswith("timestamptz"):
        with pytest.raises(SqlError, match="depends on the session's time zone"):
            on_sqlite(text, type_)
        return
    assert re.fullmatch(pattern, str(on_sqlite(text, type_)))


@pytest.mark.parametrize(
    ("type_", "timestamp", "rounded"),
    [
        (t.Timestamp(0), "2024-12-31 23:59:59.499", "2024-12-31T23:59:59.000000"),
        (t.Timestamp(0), "2024-12-31 23:59:59.500", "2025-01-01T00:00:00.000000"),
        (t.TimestampTz(1), "2024-12-31 23:59:59.949", "2024-12-31T23:59:59.900000Z"),
        (t.TimestampTz(1), "2024-12-31 23:59:59.950", "2025-01-01T00:00:00.000000Z"),
        (t.TimestampTz(2), "2024-12-31 23:59:59.994", "2024-12-31T23:59:59.990000Z"),
        (t.Time(2), "2024-12-31 11:59:59.995", "12:00:00.000000"),
    ],
)
def test_a_clock_that_is_finer_than_its_column_is_rounded(type_: t.Type, timestamp: str, rounded: str) -> None:
    text = (expression("now()", {}, result=type_).sql.sqlite or "").replace("'now'", f"'{timestamp}'")
    assert sqlite3.connect(":memory:").execute(f"SELECT {text}").fetchone() == (rounded,)


def test_a_cut_moment_fits_a_column_of_fewer_decimals() -> None:
    columns = {"at": t.Timestamp(), "coarse": t.Timestamp(3)}
    for text in ("date_trunc('second', at)", "date_trunc('milliseconds', at)", "coarse", "now() + interval '1 day'"):
        result = t.TimestampTz(3) if "now" in text else t.Timestamp(3)
        assert expression(text, columns, result=result).sql.sqlite
    for text in ("at", "at + interval '1 second'", "coarse::timestamp(0)", "'2024-01-01 00:00:00.1234'"):
        with pytest.raises(SqlError, match=r"rounding|more than 3 decimals"):
            expression(text, columns, result=t.Timestamp(3))


def test_the_current_day() -> None:
    assert re.fullmatch(FORMS["date"][1], str(on_sqlite("current_date", t.Date())))
    assert re.fullmatch(FORMS["date"][1], str(on_sqlite("CURRENT_DATE + 7", t.Date())))
    assert re.fullmatch(FORMS["timestamptz"][1], str(on_sqlite("now() + interval '1 month 2 days'", t.TimestampTz())))


def test_a_random_uuid_is_version_4() -> None:
    made = {str(on_sqlite("gen_random_uuid()", t.Uuid())) for _ in range(200)}
    assert len(made) == 200
    for text in made:
        assert str(UUID(text)) == text
        assert UUID(text).version == 4
        assert UUID(text).variant == "specified in RFC 4122"


@pytest.mark.parametrize(
    ("text", "type_", "value"),
    [
        ("true", t.Boolean(), 1),
        ("'abc'", t.Text(), "abc"),
        ("upper('abc')", t.Varchar(3), "ABC"),
        ("1 + 2", t.Integer(), 3),
        ("1.005", t.Numeric(10, 2), 1.01),
        ("0.1 + 0.2", t.Numeric(10, 2), 0.3),
        ("2.5", t.Integer(), 3),
        ("7", t.Numeric(10, 2), 7),
        ("'7B1E6F0A-3C1D-4E55-9A55-2F1D7F6F1A01'", t.Uuid(), "7b1e6f0a-3c1d-4e55-9a55-2f1d7f6f1a01"),
        ("'2026-01-01T00:00:00+02:00'", t.TimestampTz(), "2025-12-31T22:00:00.000000Z"),
        ("timestamptz '2026-01-01 00:00+02'", t.TimestampTz(), "2025-12-31T22:00:00.000000Z"),
        ("'2026-01-01'::date", t.Timestamp(), "2026-01-01T00:00:00.000000"),
        ("'{}'::jsonb", t.Jsonb(), "{}"),
        ("'[]'", t.Jsonb(), "[]"),
        ("NULL", t.Integer(), None),
        ("3", t.Text(), "3"),
    ],
)
def test_a_default_is_stored_as_its_column_holds_it(text: str, type_: t.Type, value: object) -> None:
    assert on_sqlite(text, type_) == value


@pytest.mark.parametrize(
    ("text", "type_", "reason"),
    [
        ("'abc'", t.Integer(), "'abc' is not a valid integer"),
        ("'{'", t.Jsonb(), "is not JSON"),
        ("'abcd'", t.Varchar(3), "4 characters are more than"),
        ("'c'", t.Enum(("a", "b")), "'c' is none of a, b"),
        ("now()", t.Integer(), "can't be stored"),
        ("now()", t.Text(), "depends on the session's time zone"),
        ("1", t.Boolean(), "a integer can't be stored as boolean"),
        ("name", t.Text(), "stands where there are no columns"),
        ("interval '1 day'", t.Interval(), "interval"),
        ("'2026-01-01'", t.TimestampTz(), "has no zone"),
    ],
)
def test_a_default_that_its_column_cannot_hold_is_refused(text: str, type_: t.Type, reason: str) -> None:
    with pytest.raises(SqlError, match=re.escape(reason)):
        expression(text, {}, result=type_)


def test_the_columns_are_those_that_it_reads_in_order() -> None:
    columns = {"a": t.Integer(), "b": t.Integer(), "c": t.Integer(), "order": t.Integer()}
    assert expression('c > a AND ("order" = 1 OR a < 2)', columns).columns == ("c", "a", "order")


def test_the_commonest_defaults_need_no_parser() -> None:
    program = (
        "import sys; from schemagen.sql import expression; from schemagen.schema import types as t;"
        "expression('now()', {}, result=t.TimestampTz()); expression('gen_random_uuid()', {}, result=t.Uuid());"
        "expression('CURRENT_DATE', {}, result=t.Date()); sys.exit('sqlglot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_parser_gives_the_same_as_the_table_of_common_defaults() -> None:
    for text, type_ in (("now()", t.TimestampTz()), ("gen_random_uuid()", t.Uuid()), ("current_date", t.Date())):
        parsed = translated(text, {}, type_, is_condition=False, is_immutable=False)
        assert parsed == expression(text, {}, result=type_)


def test_deep_nesting_is_an_error_and_no_crash() -> None:
    with pytest.raises(SqlError, match="nested too deeply"):
        expression("(" * 3000 + "1" + ")" * 3000, {}, result=t.Integer())
    with pytest.raises(SqlError):
        expression("NOT " * 3000 + "true", {})


def test_the_current_day_as_a_moment_is_its_midnight() -> None:
    assert str(on_sqlite("current_date", t.Timestamp())).endswith("T00:00:00.000000")
    with pytest.raises(SqlError, match="session's time zone"):
        on_sqlite("current_date", t.TimestampTz())

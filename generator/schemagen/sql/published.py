"""The published list of what is translated to SQLite: documents print it, tests prove every line of it."""

from __future__ import annotations

from .aggregates import AGGREGATE_FUNCTIONS, WINDOW_FUNCTIONS
from .clock import CLOCK
from .entry import Entry, Function
from .functions import JSON_FUNCTIONS, NULL_FUNCTIONS, NUMBER_FUNCTIONS, TEXT_FUNCTIONS, UUID_FUNCTIONS
from .times import TIME_FUNCTIONS

_GROUPS: dict[str, tuple[Function, ...]] = {
    "text": TEXT_FUNCTIONS,
    "numbers": NUMBER_FUNCTIONS,
    "NULL": NULL_FUNCTIONS,
    "JSON": JSON_FUNCTIONS,
    "uuid": UUID_FUNCTIONS,
    "time": TIME_FUNCTIONS,
    "aggregates": AGGREGATE_FUNCTIONS,
    "windows": WINDOW_FUNCTIONS,
}

FUNCTIONS: dict[str, Function] = {function.name: function for group in _GROUPS.values() for function in group}
AGGREGATES = frozenset(function.name for function in AGGREGATE_FUNCTIONS)
WINDOWS = frozenset(function.name for function in WINDOW_FUNCTIONS)

_NOW, _DAY = (text for type_, text in CLOCK.items() if type_.__name__ in {"TimestampTz", "Date"})

SYNTAX: tuple[Entry, ...] = (
    Entry(
        "comparison",
        "= <> != < <= > >=",
        "the same",
        "both sides of one kind; a literal takes the type of its column",
        "operators",
    ),
    Entry("row comparison", "(a, b) < (:a, :b)", "the same", "as in keyset pagination", "operators"),
    Entry("AND OR NOT", "a AND NOT b", "the same", "", "operators"),
    Entry("IN", "x [NOT] IN (a, b)", "the same", "", "operators"),
    Entry("= ANY(ARRAY)", "x = ANY(ARRAY[a, b])", "x IN (a, b)", "", "operators"),
    Entry("BETWEEN", "x [NOT] BETWEEN a AND b", "the same", "", "operators"),
    Entry("IS NULL", "x IS [NOT] NULL", "the same", "", "operators"),
    Entry("IS TRUE", "x IS [NOT] TRUE, x IS [NOT] FALSE", "the same", "", "operators"),
    Entry("IS DISTINCT FROM", "x IS [NOT] DISTINCT FROM y", "x IS NOT y, x IS y", "", "operators"),
    Entry(
        "+ - *",
        "a + b, a - b, a * b, -a",
        "the same; numeric in round(…, scale)",
        "integers that overflow are an error on PostgreSQL",
        "operators",
    ),
    Entry(
        "/",
        "a / 2, a / NULLIF(b, 0)",
        "the same",
        "15 digits for numeric; the divisor is a number or NULLIF(b, 0)",
        "operators",
    ),
    Entry("%", "a % 2", "the same", "integers", "operators"),
    Entry("& |", "a & b, a | b", "the same", "integers", "operators"),
    Entry("||", "a || b", "the same", "text with text, integers and uuid", "operators"),
    Entry(
        "LIKE",
        "x [NOT] LIKE 'a%', x LIKE :pattern",
        "x [NOT] GLOB 'a*', the pattern rewritten",
        "a pattern that ends in its escape character is an error on PostgreSQL alone",
        "operators",
    ),
    Entry("ILIKE", "x [NOT] ILIKE '%a%'", "x [NOT] LIKE '%a%'", "case is ignored for ASCII letters only", "operators"),
    Entry("true false", "true, false", "1, 0", "", "values"),
    Entry("CASE", "CASE WHEN a THEN b ELSE c END", "the same", "", "values"),
    Entry(
        "CAST",
        "CAST(x AS integer), x::integer",
        "CAST(round(x) AS INTEGER) for numeric",
        "only where both engines give the same",
        "values",
    ),
    Entry("typed literal", "DATE '2026-01-31', 'a'::text", "the literal in our text form", "", "values"),
    Entry("position", "position(part IN x)", "instr(x, part)", "", "text"),
    Entry("substring", "substring(x FROM 2 FOR 3)", "substr(x, 2, 3)", "never negative", "text"),
    Entry(
        "trim",
        "trim([BOTH | LEADING | TRAILING] [characters] FROM x)",
        "trim, ltrim or rtrim(x, characters)",
        "",
        "text",
    ),
    Entry("COLLATE", 'x COLLATE "C"', "x COLLATE BINARY", "no other collation", "text"),
    Entry(
        "->",
        "x -> 'key', x -> 0",
        "x -> '$.key'",
        "a number counts in arrays; PostgreSQL takes a scalar for an array of one",
        "JSON",
    ),
    Entry(
        "->>",
        "x ->> 'key'",
        "CASE json_type(x, '$.key') …",
        "an object or array comes as JSON text, spaced differently",
        "JSON",
    ),
    Entry("CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP", _NOW, "as now()", "time"),
    Entry("LOCALTIMESTAMP", "LOCALTIMESTAMP", "the same without Z", "where the session's time zone is UTC", "time"),
    Entry("CURRENT_DATE", "CURRENT_DATE", _DAY, "where the session's time zone is UTC", "time"),
    Entry(
        "interval",
        "x + interval '30 days', x - :n * interval '1 hour'",
        "strftime(…, '+30 days')",
        "whole seconds; days are 24 hours, as in UTC",
        "time",
    ),
    Entry("date + days", "d + 7, d - n", "date(d, '+7 days')", "", "time"),
    Entry(
        "difference",
        "d1 - d2, ts1 - ts2 <= interval '8 hours'",
        "days; microseconds",
        "a difference of timestamps only in comparisons and EXTRACT(epoch)",
        "time",
    ),
    Entry(
        "EXTRACT",
        "EXTRACT(year FROM x)",
        "CAST(substr(x, 1, 4) AS INTEGER)",
        "year, quarter, month, day, dow, isodow, doy, hour, minute, second, epoch",
        "time",
    ),
    Entry("AT TIME ZONE", "x AT TIME ZONE 'UTC'", "substr(x, 1, 26); x || 'Z'", "UTC only", "time"),
    Entry("FILTER", "count(*) FILTER (WHERE a)", "the same", "", "aggregates"),
    Entry(
        "OVER", "sum(x) OVER (PARTITION BY a ORDER BY b)", "the same, NULLs where PostgreSQL puts them", "", "windows"
    ),
    Entry(
        "ORDER BY",
        "ORDER BY x DESC",
        "ORDER BY x DESC NULLS FIRST where x may be NULL",
        "text sorts by bytes on SQLite",
        "queries",
    ),
    Entry(
        "LATERAL",
        "JOIN LATERAL (SELECT … FROM b WHERE b.a = a.id ORDER BY c LIMIT 1) AS x ON true",
        "JOIN (SELECT …, row_number() OVER (PARTITION BY b.a ORDER BY c) …) AS x ON …",
        "the subquery meets the outer row by `=` alone, both name their columns; SQLite numbers the rows of all",
        "queries",
    ),
    Entry(
        "DISTINCT ON",
        "SELECT DISTINCT ON (a) … ORDER BY a, b DESC",
        "row_number() OVER (PARTITION BY a ORDER BY a, b DESC) = 1",
        "ORDER BY has to say which row is the first",
        "queries",
    ),
    Entry("LIMIT OFFSET", "LIMIT :n OFFSET :m", "the same; LIMIT -1 where there is only OFFSET", "", "queries"),
    Entry("WITH", "WITH [RECURSIVE] x AS (SELECT …)", "the same", "", "queries"),
    Entry(
        "JOIN", "JOIN, LEFT JOIN, CROSS JOIN, ON, USING", "the same", "RIGHT and FULL JOIN from SQLite 3.39", "queries"
    ),
    Entry("subquery", "(SELECT …), EXISTS (SELECT …), x IN (SELECT …), FROM (SELECT …)", "the same", "", "queries"),
    Entry("UNION", "UNION [ALL], INTERSECT, EXCEPT", "the same", "", "queries"),
    Entry("INSERT", "INSERT INTO t (…) VALUES (…), SELECT …, DEFAULT VALUES", "the same", "", "queries"),
    Entry(
        "ON CONFLICT",
        "ON CONFLICT (a) DO UPDATE SET …, DO NOTHING",
        "the same",
        "columns, not ON CONSTRAINT",
        "queries",
    ),
    Entry("UPDATE", "UPDATE t SET … [FROM …] WHERE …", "the same", "", "queries"),
    Entry("DELETE", "DELETE FROM t WHERE …", "the same", "", "queries"),
    Entry("RETURNING", "RETURNING id, *", "the same", "", "queries"),
    Entry(
        "search",
        "search(c, :words)",
        "id IN (SELECT … WHERE … MATCH …)",
        "c has `full_text`; a condition of WHERE or ON, without NOT",
        "full text",
    ),
    Entry(
        "search_prefix",
        "search_prefix(c, :words)",
        "id IN (SELECT … WHERE … MATCH …)",
        "the last word is a beginning",
        "full text",
    ),
)

PUBLISHED: tuple[Entry, ...] = (
    *SYNTAX,
    *(function.entry(group) for group, functions in _GROUPS.items() for function in functions),
)
"""The published list: what stands in no line of it is refused, with the hint to give SQLite its own text."""

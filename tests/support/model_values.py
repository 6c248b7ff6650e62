"""A value of each type for the row of ``samples`` in ``models_schema``, and values that its columns refuse."""

from __future__ import annotations

import datetime as dt
import ipaddress
from decimal import Decimal
from typing import Any
from uuid import UUID

VALUES: dict[str, Any] = {
    "id": 1,
    "a_uuid": UUID("5f0c2a34-8d0e-4a0b-8a43-6f2f3c9b7e11"),
    "a_char": "ab",
    "a_small": -5,
    "a_big": 2**62,
    "a_numeric": Decimal("-12345678901.2345"),
    "a_real": 0.5,
    "a_double": 0.1,
    "a_boolean": False,
    "a_date": dt.date(999, 2, 3),
    "a_time": dt.time(23, 59, 59, 999999),
    "a_timestamp": dt.datetime(2024, 2, 29, 1, 2, 3, 4),  # noqa: DTZ001
    "a_timestamptz": dt.datetime(2024, 2, 29, 1, 2, 3, 456000, tzinfo=dt.UTC),
    "a_interval": dt.timedelta(days=3, hours=4, microseconds=5),
    "a_json": [1, {"x": None, "y": "é%:z"}],
    "a_jsonb": {"list": [1, 2], "name": "it's"},
    "a_bytea": b"\x00\xff",
    "a_texts": ["a,b", 'c"d', None],
    "a_uuids": [UUID("5f0c2a34-8d0e-4a0b-8a43-6f2f3c9b7e11")],
    "a_moments": [dt.datetime(2024, 1, 1, tzinfo=dt.UTC)],
    "a_inet": ipaddress.IPv4Address("10.0.0.1"),
    "a_enum": "a_rather_long_value_number_3",
}

LITERALS: dict[str, Any] = {
    "a_uuid": "5f0c2a34-8d0e-4a0b-8a43-6f2f3c9b7e11",
    "a_char": "ab",
    "a_numeric": "-12345678901.2345",
    "a_date": "0999-02-03",
    "a_time": "23:59:59.999999",
    "a_timestamp": "2024-02-29T01:02:03.000004",
    "a_timestamptz": "2024-02-29T01:02:03.456000Z",
    "a_interval": "P3DT4H0.000005S",
    "a_bytea": "\\x00ff",
    "a_uuids": ["5f0c2a34-8d0e-4a0b-8a43-6f2f3c9b7e11"],
    "a_moments": ["2024-01-01T00:00:00.000000Z"],
    "a_inet": "10.0.0.1",
}

REFUSED_BY_MODELS: list[tuple[str, object]] = [
    ("a_timestamptz", dt.datetime(2024, 1, 1)),  # noqa: DTZ001
    ("a_timestamp", dt.datetime(2024, 1, 1, tzinfo=dt.UTC)),
    ("a_time", dt.time(1, tzinfo=dt.UTC)),
    ("a_date", dt.datetime(2024, 1, 1, tzinfo=dt.UTC)),
    ("a_numeric", Decimal("0.00001")),
    ("a_uuid", "not a valid uuid"),
    ("a_double", float("nan")),
    ("a_real", float("inf")),
    ("a_double", "abc"),
    ("a_numeric", Decimal("NaN")),
    ("a_numeric", Decimal("-Infinity")),
    ("a_numeric", "abc"),
    ("a_date", "2024-01-01"),
    ("a_time", "12:00"),
    ("a_timestamp", "2024-01-01T00:00:00"),
    ("a_interval", "1 day"),
    ("a_texts", ["with \0"]),
    ("a_char", "\0"),
]

REFUSED_BY_ENGINES: list[tuple[str, object]] = [
    ("a_char", "12345"),
    ("a_small", 40_000),
    ("a_numeric", Decimal(10) ** 11),
    ("a_enum", "other"),
    ("a_json", None),
]

"""Vectors of 32-bit numbers: one text for each, as pgvector prints it, and the bytes that SQLite keeps of it.

Source: pgvector 0.8, "Vector Type" and "Half-Precision Vectors".
"""

from __future__ import annotations

import json
import math
import struct
from typing import TYPE_CHECKING

from .types import Vector

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .model import Schema

VECTOR_METHODS = ("hnsw", "ivfflat")
"""The kinds of indexes that find the nearest (pgvector 0.8, "Indexing")."""

_FEWEST_DIGITS, _MOST_DIGITS = 6, 9
"""Decimal digits that are enough for some, and for every, number of 32 bits (``FLT_DIG``, ``FLT_DECIMAL_DIG``)."""


def vector_text(numbers: Iterable[float]) -> str:
    """The one text of a vector, such as ``[0.5,1,-2]``.

    Args:
        numbers: its elements; each is rounded to 32 bits, and a negative zero is zero.

    Raises:
        ValueError: when an element is not a finite number of 32 bits, or all are zero, which has no direction.
    """
    rounded = [_rounded(number) for number in numbers]
    if not any(rounded):
        raise ValueError("a vector of zeros has no direction")
    return f"[{','.join(map(_shortest, rounded))}]"


def vector_numbers(text: str) -> list[float]:
    """The elements of a vector's text.

    Raises:
        ValueError: when the text is no list of numbers.
    """
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(type(number) in (int, float) for number in found):
        raise ValueError(f"{text!r} is not a list of numbers")
    return [float(number) for number in found]


def vector_bytes(text: str) -> bytes:
    """What SQLite keeps of a vector's text: 4 bytes an element, the lowest first."""
    numbers = vector_numbers(text)
    return struct.pack(f"<{len(numbers)}f", *numbers)


def numbers_of_bytes(stored: bytes) -> list[float]:
    """The elements that SQLite keeps."""
    return list(struct.unpack(f"<{len(stored) // 4}f", stored))


def has_vectors(schema: Schema) -> bool:
    """Whether a column is a vector."""
    return any(isinstance(column.type, Vector) for table in schema.tables for column in table.columns)


def _rounded(number: float) -> float:
    try:
        (rounded,) = struct.unpack("<f", struct.pack("<f", number))
    except OverflowError:
        rounded = math.inf
    if not math.isfinite(rounded):
        raise ValueError(f"{number} is not a finite number of 32 bits")
    return float(rounded) + 0.0  # no negative zero


def _shortest(number: float) -> str:
    """The fewest digits that give the number of 32 bits back."""
    texts = (f"{number:.{digits}g}" for digits in range(_FEWEST_DIGITS, _MOST_DIGITS + 1))
    return next(text for text in texts if _rounded(float(text)) == number)

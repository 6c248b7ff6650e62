"""The distances of vectors on a SQLite that proofs run in: the same functions as those of generated models."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from schemagen.schema.vectors import numbers_of_bytes

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence


def add_distances(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that a translated query calls."""
    for name, distance in DISTANCES.items():
        connection.create_function(name, 2, _of_bytes(distance), deterministic=True)


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """0 for the same direction, 2 for the opposite one."""
    product = math.fsum(a * b for a, b in zip(one, other, strict=True))
    return 1 - product / (math.hypot(*one) * math.hypot(*other))


def euclidean(one: Sequence[float], other: Sequence[float]) -> float:
    """The length of the straight line between the two."""
    return math.dist(one, other)


def taxicab(one: Sequence[float], other: Sequence[float]) -> float:
    """The sum of how far the numbers are apart."""
    return math.fsum(abs(a - b) for a, b in zip(one, other, strict=True))


def _of_bytes(
    distance: Callable[[Sequence[float], Sequence[float]], float],
) -> Callable[[bytes | None, bytes | None], float | None]:
    def apart(one: bytes | None, other: bytes | None) -> float | None:
        return None if one is None or other is None else distance(numbers_of_bytes(one), numbers_of_bytes(other))

    return apart


DISTANCES = {"vec_distance_cosine": cosine, "vec_distance_L2": euclidean, "vec_distance_L1": taxicab}

"""Derived names: stable, at most 63 bytes, unique where the engines need them to be."""

from __future__ import annotations

import hashlib
import re
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_BYTES = 63
"""PostgreSQL cuts longer names without an error ("4.1.1. Identifiers and Key Words")."""

HASH_LENGTH = 8

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_WORD_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+")


def words_of(name: str) -> list[str]:
    """The words of ``ConversationAgent`` or ``conversation_agent``, in lower case."""
    return [word.lower() for word in _WORD_BORDER.split(name) if word]


def is_identifier(name: str) -> bool:
    """Whether a name is an ASCII identifier of at most 63 bytes."""
    return len(name) <= MAX_BYTES and IDENTIFIER.fullmatch(name) is not None


def is_database_name(name: str) -> bool:
    """Whether the databases can call something so, quoted, and every artefact show it."""
    return name.isprintable() and {*"`|"}.isdisjoint(name) and 0 < len(name.encode()) <= MAX_BYTES


def folded(name: str) -> str:
    """A name as SQLite compares it: A to Z are its only letters without case (SQLite, "Core Functions": lower)."""
    return name.lower() if name.isascii() else name.translate(_LOWER)


_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def bounded_name(*parts: str) -> str:
    """The parts joined by ``_``; over 63 bytes, cut and ended with a hash of the whole."""
    name = "_".join(parts)
    return name if len(name.encode()) <= MAX_BYTES else hashed_name(name)


def type_check_name(table: str, column: str) -> str:
    """The derived name of the check that a column's type implies; as all derived names, it is made of keys."""
    return bounded_name("ck", table, column, "type")


def partition_name(table: str) -> str:
    """The name of the partition that takes every row of a table for which no others are written."""
    return bounded_name(table, "default")


def row_update_name(table: str, column: str) -> str:
    """The name of the trigger that fills a column at an UPDATE."""
    return bounded_name("trg", table, column, "row_update")


def derived_names(parts: Iterable[str], seed: str) -> Iterator[str]:
    """The plain name, then those that end in a stable hash, for when it is taken."""
    name = "_".join(parts)
    yield bounded_name(name)
    yield hashed_name(name, seed)
    for number in count(2):
        yield hashed_name(name, f"{seed} {number}")


def hashed_name(name: str, seed: str = "") -> str:
    """A name that ends in a stable hash of itself and ``seed``, at most 63 bytes long."""
    digest = hashlib.sha256(f"{name}\0{seed}".encode()).hexdigest()[:HASH_LENGTH]
    start = name.encode()[: MAX_BYTES - HASH_LENGTH - 1].decode(errors="ignore")
    return f"{start}_{digest}"

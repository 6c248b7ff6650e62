"""Full-text indexes: what words are, and what SQLite keeps of such an index beside its table.

Words are what is left of a text without the punctuation of ASCII, in any case and with their accents. PostgreSQL's
configuration ``simple`` and SQLite's tokenizer ``unicode61`` find the same ones then.
"""

from __future__ import annotations

METHOD = "full_text"
"""The method of such an index in a schema: GIN on PostgreSQL, FTS5 on SQLite."""

PUNCTUATION = "!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
"""The punctuation of ASCII but for the quote, which marks the parts of a query."""

LONGEST = 200_000
"""Characters of a column whose words never fill the 1 MiB that PostgreSQL keeps of a row ("12.11. Limitations")."""

SHADOWS = ("data", "idx", "docsize", "config")
"""What SQLite calls the tables in which FTS5 keeps an index, behind its name ("FTS5 Extension", "External Content")."""

EVENTS = ("insert", "update", "delete")
"""What the triggers of SQLite that keep the index in step act on, which ends their names."""


def key_table(index: str) -> str:
    """The table of SQLite that gives each key the number by which FTS5 knows the row."""
    return f"_schemagen_{index}"


def rows_view(index: str) -> str:
    """The view of SQLite that shows FTS5 the rows by that number."""
    return f"_schemagen_{index}_rows"


def key_column(number: int) -> str:
    """The column of the key table for a column of the primary key, from 0."""
    return f"key{number + 1}"


def text_column(number: int) -> str:
    """What the view and FTS5 call a column of the index, from 0: ``rank`` and ``rowid`` are not names there."""
    return f"text{number + 1}"


def kept_names(index: str) -> tuple[str, ...]:
    """Every relation that SQLite has for an index besides the one of its name."""
    return (key_table(index), rows_view(index), *(f"{index}_{part}" for part in SHADOWS))

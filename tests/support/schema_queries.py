"""Query patterns for random specs: reads by a key or an index, joins, and writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

    from support.schema_drafts import Draft
    from support.schema_values import Data

COMPARABLE = frozenset(
    {"uuid", "text", "varchar", "smallint", "integer", "bigint", "date", "timestamp", "timestamptz", "enum", "bytea"}
)


def add_queries(spec: Data, drafts: Sequence[Draft], random: Random, quoted: Callable[[str], str]) -> None:
    """Add a few query patterns to a spec."""
    found: list[Data] = []
    parents = {parent for draft in drafts for _, parent, _, _ in draft.references()}
    for draft in drafts:
        found += (query for query in _of_table(draft, quoted, is_parent=draft.name in parents) if random.random() < 0.3)
    for number, query in enumerate(found[:4], start=1):
        spec.setdefault("queries", {})[f"query_{number}"] = {"description": "Made by chance", "p95_ms": 200, **query}


def _of_table(draft: Draft, quoted: Callable[[str], str], *, is_parent: bool) -> Iterator[Data]:
    table = quoted(draft.name)
    key = draft.key
    if key and all(draft.kinds[name].name in COMPARABLE for name in key):
        where = " AND ".join(f"{quoted(name)} = :key_{number}" for number, name in enumerate(key))
        written = draft.spec.get("primary_key")
        name = written["name"] if isinstance(written, dict) else f"pk_{draft.name}"
        used = {"uses": name} if len(name) <= 63 else {}
        yield {"sql": f"SELECT * FROM {table} WHERE {where}", **used}
        if not is_parent:  # else a foreign key may refuse it
            yield {"sql": f"DELETE FROM {table} WHERE {where}"}
        yield from _updates(draft, table, where, quoted)
    yield {"sql": f"SELECT count(*) FROM {table}"}
    for index in draft.spec.get("indexes", []):
        first = index["columns"][0]
        usable = not {"where", "only", "method"} & set(index) and "name" in index and isinstance(first, str)
        if usable and draft.kinds[first.split()[0]].name in COMPARABLE - {"enum"}:
            yield {"sql": f"SELECT * FROM {table} WHERE {quoted(first.split()[0])} = :value"}
    for names, parent, of, _ in draft.references():
        on = " AND ".join(f"c.{quoted(name)} = p.{quoted(other)}" for name, other in zip(names, of, strict=True))
        yield {"sql": f"SELECT count(*) AS n FROM {table} c JOIN {quoted(parent)} p ON {on}"}


def _updates(draft: Draft, table: str, where: str, quoted: Callable[[str], str]) -> Iterator[Data]:
    plain = [
        name
        for name, column in draft.columns.items()
        if draft.kinds[name].name in COMPARABLE
        and not {"immutable", "generated", "check", "references"} & set(column)
        and name not in (*draft.key, *draft.referring)
    ]
    if plain and not draft.spec.get("append_only"):
        yield {"sql": f"UPDATE {table} SET {quoted(plain[0])} = :new WHERE {where} RETURNING {quoted(plain[0])}"}

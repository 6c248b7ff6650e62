"""Example rows for random specs: keys that exist, unique where they have to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from support.schema_drafts import Draft
    from support.schema_values import Data

ROWS = 3


def add_examples(drafts: Sequence[Draft], random: Random) -> None:
    """Give about half of the tables example rows; references lead to rows of earlier tables."""
    types = {draft.name: {name: _type_of(drafts, draft, name) for name in draft.columns} for draft in drafts}
    made: dict[str, list[Data]] = {}
    for draft in drafts:
        if random.random() < 0.6:
            rows = _rows(draft, types[draft.name], made, random)
            if rows:
                made[draft.name] = rows
                draft.spec["examples"] = rows


def _type_of(drafts: Sequence[Draft], draft: Draft, name: str) -> Data:
    """The keys that make a column's type: its own, or those of the column that it refers to."""
    column = draft.columns[name]
    if "type" in column or "enum" in column:
        return column
    for names, parent, of, _ in draft.references():
        if name in names:
            other = next(found for found in drafts if found.name == parent)
            return _type_of(drafts, other, of[names.index(name)])
    return column


def _rows(draft: Draft, types: dict[str, Data], made: dict[str, list[Data]], random: Random) -> list[Data]:
    rows: list[Data] = []
    for number in range(random.randint(1, ROWS)):
        row = _row(draft, types, made, number, random)
        if row is None:
            continue
        keys = [[name for name in columns if name not in draft.generated] for columns in draft.uniques()]
        if not any(_collide(row, other, columns) for other in rows for columns in keys):
            rows.append(row)
    return rows


def _collide(row: Data, other: Data, columns: list[str]) -> bool:
    return all(row.get(name) is not None and row.get(name) == other.get(name) for name in columns)


def _row(draft: Draft, types: dict[str, Data], made: dict[str, list[Data]], number: int, random: Random) -> Data | None:
    """One row; None where a foreign key that may not be NULL finds no parent."""
    row: Data = {}
    for names, parent, of, written in draft.references():
        if written.get("enforced") is False:
            continue
        values = _parent_values(made.get(parent, []), of, random)
        fits = values is not None and all(
            row.get(name, value) == value for name, value in zip(names, values, strict=True)
        )
        if fits:
            row |= dict(zip(names, values or (), strict=True))
        elif all(draft.columns[name].get("nullable") and row.get(name) is None for name in names):
            row |= dict.fromkeys(names)
        else:
            return None
    keyed = {name for columns in draft.uniques() for name in columns}
    for name, column in draft.columns.items():
        if name in row or name in draft.generated:
            continue
        if name not in keyed and _may_be_left_out(column) and random.random() < 0.5:
            continue
        if column.get("nullable") and random.random() < 0.2:
            row[name] = None
        else:
            row[name] = draft.kinds[name].value(types[name], number + 1, random)
    return {name: row[name] for name in draft.columns if name in row}


def _may_be_left_out(column: Data) -> bool:
    return bool(column.get("nullable") and "default" not in column) or "default" in column


def _parent_values(rows: list[Data], columns: list[str], random: Random) -> list[Any] | None:
    known = [row for row in rows if all(row.get(name) is not None for name in columns)]
    return (
        [random.choice(known)[name] for name in columns]
        if len(columns) == 1 and known
        else ([row[name] for name in columns] if known and (row := random.choice(known)) else None)
    )

"""The tables of ``synthetic`` as SQLModel classes written by hand: what generated ones are measured against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic import name_of, parents_of

if TYPE_CHECKING:
    from pathlib import Path

_MODULE = '''\
"""The table {table}."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, Optional
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Relationship, SQLModel

if TYPE_CHECKING:
{imports}


class {cls}(SQLModel, table=True):
    """Synthetic table number {number}"""

    __tablename__ = "{table}"
    __table_args__ = (
        sa.UniqueConstraint("first_id", "email", name="uq_{table}_first_id_email"),
        sa.CheckConstraint("amount >= 0", name="ck_{table}_amount_not_negative"),
        sa.Index("idx_{table}_first_id_created_at", "first_id", sa.text("created_at DESC")),
        sa.Index("idx_{table}_second_id", "second_id"),
        sa.Index(
            "idx_{table}_name",
            "name",
            postgresql_where=sa.text("status = 'active'"),
            sqlite_where=sa.text("status = 'active'"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True, description="Unique identifier")
    first_id: UUID = Field(foreign_key="{first}.id", ondelete="CASCADE", description="The first parent")
    second_id: UUID | None = Field(
        default=None, foreign_key="{second}.id", ondelete="SET NULL", description="The second parent"
    )
    name: str = Field(max_length=255, description="Name that people see")
    email: str = Field(max_length=255, description="Address for messages")
    status: Literal["active", "archived", "deleted"] = Field(
        default="active", sa_type=sa.String, description="State of the row"
    )
    amount: Decimal = Field(
        default=Decimal(0), max_digits=10, decimal_places=2, description="Amount in the currency of the owner"
    )
    details: Any = Field(default_factory=dict, sa_type=sa.JSON, description="Room to grow without a migration")
    created_at: dt.datetime = Field(
        default=None,
        sa_type=sa.DateTime(timezone=True),
        sa_column_kwargs={{"server_default": sa.func.now()}},
        description="When the row was made (UTC)",
    )
    updated_at: dt.datetime = Field(
        default=None,
        sa_type=sa.DateTime(timezone=True),
        sa_column_kwargs={{"server_default": sa.func.now()}},
        description="When the row was changed (UTC)",
    )

{relationships}
'''


def write_models(folder: Path, tables: int) -> None:
    """Write a package: a module a table, and one that imports them all."""
    folder.mkdir(parents=True, exist_ok=True)
    children: dict[int, list[tuple[str, int]]] = {number: [] for number in range(tables)}
    for number in range(tables):
        for role, parent in zip(("first", "second"), parents_of(number), strict=True):
            children[parent].append((role, number))
    for number in range(tables):
        (folder / f"{name_of(number)}.py").write_text(_module(number, children[number]), encoding="utf-8")
    names = [f"from .{name_of(number)} import {_class(number)}" for number in range(tables)]
    exports = ", ".join(f'"{_class(number)}"' for number in range(tables))
    text = "\n".join(["from sqlmodel import SQLModel", "", *names, "", f'__all__ = ["SQLModel", {exports}]', ""])
    (folder / "__init__.py").write_text(text, encoding="utf-8")


def _class(number: int) -> str:
    return name_of(number).title().replace("_", "")


def _module(number: int, children: list[tuple[str, int]]) -> str:
    mine, parents = _class(number), parents_of(number)
    lines = []
    for role, parent in zip(("first", "second"), parents, strict=True):
        side = f', "remote_side": "{mine}.id"' if parent == number else ""
        kind = f'"{_class(parent)}"' if role == "first" else f'Optional["{_class(parent)}"]'
        lines.append(
            f'    {role}: {kind} = Relationship(back_populates="{role}_{name_of(number)}", '
            f'sa_relationship_kwargs={{"foreign_keys": "{mine}.{role}_id"{side}}})'
        )
    for role, child in children:
        passive = 'cascade_delete=True, passive_deletes="all", ' if role == "first" else 'passive_deletes="all", '
        lines.append(
            f'    {role}_{name_of(child)}: list["{_class(child)}"] = Relationship(back_populates="{role}", '
            f'{passive}sa_relationship_kwargs={{"foreign_keys": "{_class(child)}.{role}_id"}})'
        )
    others = sorted({*parents, *(child for _, child in children)} - {number})
    imports = [f"    from .{name_of(other)} import {_class(other)}" for other in others] or ["    pass"]
    return _MODULE.format(
        table=name_of(number),
        cls=mine,
        number=number,
        first=name_of(parents[0]),
        second=name_of(parents[1]),
        imports="\n".join(imports),
        relationships="\n".join(lines),
    )

"""The part of the spec language that makes the words of texts searchable."""

from __future__ import annotations

from pydantic import Field

from schemagen.schema.scalars import ColumnList, DatabaseName, TextValue

from .part import Part


class FullTextSpec(Part):
    """An index of the words of texts, for `search(c, :q)` and `search_prefix(c, :q)` in queries."""

    columns: ColumnList
    name: DatabaseName | None = Field(
        default=None, description="Its name; else fts_{table}_{columns}.", examples=["fts_messages"]
    )
    description: TextValue = Field(default="", description="What is searched.", examples=["Words of a message"])
    reason: TextValue = Field(
        default="",
        description="Why it stands although no query of the spec searches it.",
        examples=["Searched by the support team's own tool"],
    )

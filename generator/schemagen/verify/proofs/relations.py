"""The models' relationships: one for each foreign key, and its inverse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemagen.schema.model_names import model_names
from schemagen.schema.relationships import relationships

if TYPE_CHECKING:
    from schemagen.schema.model import ForeignKey, Schema, Table
    from schemagen.schema.relationships import Relationship
    from schemagen.verify.report import Section

ModelFacts = dict[str, Any]

_CASCADES = {
    "": ["merge", "save-update"],
    "all": ["delete", "expunge", "merge", "refresh-expire", "save-update"],
    "all, delete-orphan": ["delete", "delete-orphan", "expunge", "merge", "refresh-expire", "save-update"],
}
"""What SQLAlchemy makes of no cascade and of others: an orphan goes with the list that it left."""


def prove_relationships(section: Section, schema: Schema, reported: ModelFacts) -> None:
    """Compare what the mapped classes say with the foreign keys of the spec.

    Args:
        section: where facts go.
        schema: what is claimed.
        reported: the answer of the models' process to ``load``.
    """
    found: list[ModelFacts] = reported["relationships"]
    for table in schema.tables:
        for key in table.foreign_keys:
            if table.primary_key and schema.table(key.parent).primary_key and not _is_contained(table, key):
                _prove_pair(section, table, key, found)
    names = model_names(schema)
    for name, links in relationships(schema, names).items():
        seen = {one["name"]: one for one in found if one["table"] == name}
        section.equal(f"relationships of the model of {name}", sorted(link.name for link in links), sorted(seen))
        for link in links:
            if link.name in seen:
                _prove_options(section, f"{name}, relationship {link.name}", link, seen[link.name])


def _prove_options(section: Section, subject: str, link: Relationship, reported: ModelFacts) -> None:
    """What a session reads along a relationship, and what it writes and deletes."""
    arguments = dict(link.arguments)
    is_written = not arguments.get("viewonly", False)
    section.equal(f"{subject}, inverse", link.back_populates, reported["inverse"])
    section.equal(f"{subject}, a list", link.many, reported["many"])
    section.equal(f"{subject}, writes", is_written, not reported["viewonly"])
    section.equal(f"{subject}, reads", "select", reported["lazy"])
    section.equal(f"{subject}, leaves deletes to the database", link.passive_deletes, reported["passive"])
    section.equal(f"{subject}, writes in two steps", arguments.get("post_update", False), reported["post_update"])
    if is_written:
        section.equal(
            f"{subject}, cascades in the session", _CASCADES[str(arguments.get("cascade", ""))], reported["cascade"]
        )


def _prove_pair(section: Section, table: Table, key: ForeignKey, found: list[ModelFacts]) -> None:
    pairs = sorted(list(pair) for pair in zip(key.columns, key.parent_columns, strict=True))
    forward = [
        one
        for one in found
        if one["table"] == table.name
        and one["target"] == key.parent
        and one["direction"] == "MANYTOONE"
        and one["pairs"] == pairs
    ]
    subject = f"{table.name}, relationship by {', '.join(key.columns)}"
    if not forward:
        section.fails(subject, f"a relationship to {key.parent}", "there is none")
        return
    section.holds()
    if key.relationship:
        section.equal(f"{subject}, name", key.relationship, forward[0]["name"])
    back = sorted([of, name] for name, of in pairs)
    inverse = [
        one for one in found if one["table"] == key.parent and one["target"] == table.name and one["pairs"] == back
    ]
    inverse = [one for one in inverse if not (key.enforced and one["inverse"] != forward[0]["name"])]
    if not inverse:
        section.fails(f"{subject}, its inverse", f"a relationship of {key.parent}", "there is none that points back")
        return
    section.holds()
    if key.enforced:
        section.equal(
            f"{subject}, its inverse leaves deletes to the database", expected=True, seen=bool(inverse[0]["passive"])
        )
    if key.inverse:
        section.equal(f"{subject}, name of its inverse", key.inverse, inverse[0]["name"])


def _is_contained(table: Table, key: ForeignKey) -> bool:
    """Whether another key to the same parent has fewer of the same columns, so that one relationship serves both."""
    mine = set(zip(key.columns, key.parent_columns, strict=True))
    return not (key.relationship or key.inverse) and any(
        other is not key
        and other.parent == key.parent
        and other.enforced
        and set(zip(other.columns, other.parent_columns, strict=True)) <= mine
        for other in table.foreign_keys
    )

"""Owners of rows: a role that policies bind, even as the owner of the table, reaches the rows of who is set alone.

Source: PostgreSQL, "5.9. Row Security Policies". SQLite has no policies, so there is nothing to prove of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.databases.memory import insert
from schemagen.databases.refusals import StatementError
from schemagen.databases.roles import bound_role, grant_all
from schemagen.databases.scratch import PostgresEngine
from schemagen.datagen.references import refers
from schemagen.datagen.test_rows import where
from schemagen.verify.dependent_rows import insert_all, judge_refusal
from schemagen.verify.report import Claim

if TYPE_CHECKING:
    from schemagen.databases.memory import Row
    from schemagen.databases.scratch import Database
    from schemagen.schema.model import Schema, Table, Value
    from schemagen.verify.context import ProofContext
    from schemagen.verify.dependent_rows import Rows
    from schemagen.verify.report import Section

_SETTING = "app.owner"  # as applications set it, whatever the policies say
_REFUSED = "violates row-level security policy"


def prove_owners(context: ProofContext, database: Database) -> None:
    """Reach for another's row in each table whose rows have owners, and for any row with nobody set."""
    owned, engine = [table for table in context.sample_rows.tables if table.owner], context.engine
    if not owned or not isinstance(engine, PostgresEngine):
        return
    ((member,),) = database.run("SELECT quote_ident(current_user)")
    with context.section(Claim.ROW_RULES) as section, bound_role(engine.on, member) as role:
        for table in owned:
            if role:
                _prove(context, database, section, table, role)
            else:
                section.untried(f"owners of {table.name}: the server lets no role be made that policies bind")


def _prove(context: ProofContext, database: Database, section: Section, table: Table, role: str) -> None:
    keys = {key.name for key in table.enforced_foreign_keys if table.owner in key.columns}
    family = context.sample_rows.family([table.name], apart=keys)
    pair = _of_two_owners(context.schema, table, family)
    if pair is None:
        section.untried(f"owners of {table.name}: no rows of two owners could be made")
        return
    mine, theirs = pair
    rest = family | {table.name: [row for row in family[table.name] if row is not theirs]}
    number = sum(row[table.owner] == theirs[table.owner] for row in family[table.name])
    with database.scratch():
        database.run(grant_all(role))
        database.run(f"ALTER TABLE {database.dialect.quote(table.name)} OWNER TO {role}")
        if insert_all(context, database, rest, section):
            _Bound(context, database, section, table, role).prove(mine, theirs, number)


def _of_two_owners(schema: Schema, table: Table, family: Rows) -> tuple[Row, Row] | None:
    """Two rows of a table whose owners differ; no row refers to the second, so that it can come last."""
    for theirs in reversed(family[table.name]):
        others = (row for row in family[table.name] if row[table.owner] != theirs[table.owner])
        mine = next(others, None)
        if mine and not _is_parent(schema, table, theirs, family):
            return mine, theirs
    return None


def _is_parent(schema: Schema, table: Table, row: Row, family: Rows) -> bool:
    children = ((key, each) for child, key in schema.children(table.name) for each in family.get(child.name, ()))
    return any(each is not row and refers(each, key, row) for key, each in children)


class _Bound:
    """One table, asked by a role that policies bind."""

    def __init__(self, context: ProofContext, database: Database, section: Section, table: Table, role: str) -> None:
        self._schema = context.schema
        self._database = database
        self._section = section
        self._table = table
        self._role = role

    def prove(self, mine: Row, theirs: Row, number: int) -> None:
        """Reach for a row as nobody, as another owner, and as its own, who has ``number`` of them."""
        of, owner = self._database.dialect.quote(self._table.name), self._table.owner
        same = where(self._database.dialect, self._table, {owner: theirs[owner]})
        self._ask_as("")
        self._reaches("seen with nobody set", 0, f"SELECT 1 FROM {of}")
        self._ask_as(mine[owner])
        statement = insert(self._database.dialect, self._table, [theirs])
        refusal = self._database.attempt(statement, self._schema)
        seen = _REFUSED if refusal and _REFUSED in refusal.message else refusal.message if refusal else "accepted"
        self._section.equal(f"{self._table.name}, an INSERT for another owner", _REFUSED, seen, statement)
        if refusal:
            self._ask_as(theirs[owner])
            if refusal := self._database.attempt(statement, self._schema):
                judge_refusal(self._section, self._table, refusal, statement)
                return
            self._reaches("seen by their owner", number, f"SELECT 1 FROM {of} WHERE {same}")
            self._ask_as(mine[owner])
        self._reaches("seen by another owner", 0, f"SELECT 1 FROM {of} WHERE {same}")
        quoted = self._database.dialect.quote(owner)
        self._reaches("updated by another owner", 0, f"UPDATE {of} SET {quoted} = {quoted} WHERE {same} RETURNING 1")
        self._reaches("deleted by another owner", 0, f"DELETE FROM {of} WHERE {same} RETURNING 1")

    def _ask_as(self, owner: Value) -> None:
        self._database.run(f"SET LOCAL ROLE {self._role}")
        self._database.run(f"SELECT set_config('{_SETTING}', {sql_string(str(owner))}, true)")

    def _reaches(self, how: str, number: int, statement: str) -> None:
        """Count the rows of a statement, and undo it."""
        self._database.run("SAVEPOINT reached")
        try:
            found: object = len(self._database.run(statement))
        except StatementError as error:
            found = error.refusal.message
        self._database.run("ROLLBACK TO reached")
        self._section.equal(f"{self._table.name}, rows that are {how}", number, found, statement)

"""Runners whose migrations are programs: yoyo, node-pg-migrate, knex and Django; each sends a list as it stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from schemagen.base.render import render as render_template
from schemagen.targets.python_code import Call, Named, Text, layout, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from schemagen.changes.migration import Migration, Statement, Step

Files = dict[str, str]


def _stem(one: Migration | Step) -> str:
    return f"{one.number:04d}_{one.name}"


def yoyo(migration: Migration, previous: Migration | None) -> Files:
    """One module a migration; it names the one before it, without which yoyo takes back one alone."""
    text = render_template(
        "layouts/yoyo.py.jinja",
        identifier=migration.identifier,
        depends=quoted(_stem(previous)) if previous else "",
        transactional=migration.transactional,
        up=_python_list(migration.statements),
        down=_python_list(migration.rollback),
    )
    return {f"{migration.dialect}/{_stem(migration)}.py": text}


def django(step: Step, previous: Step | None, app: str) -> Files:
    """One module a migration for both engines, of an app; and once what sends the statements."""
    halves: Mapping[str, Migration] = {"sqlite": step.sqlite, "postgresql": step.postgres}
    text = render_template(
        "layouts/django.py.jinja",
        identifier=step.identifier,
        atomic=step.postgres.transactional and step.sqlite.transactional,
        dependency=f"({quoted(app)}, {quoted(_stem(previous))})" if previous else "",
        up=_python_dict({engine: half.statements for engine, half in halves.items()}),
        down=_python_dict({engine: half.rollback for engine, half in halves.items()}),
    )
    helper = render_template("layouts/django_statements.py.jinja")
    return {"__init__.py": "", "_statements.py": helper, f"{_stem(step)}.py": text}


def _python_list(statements: Iterable[Statement]) -> str:
    return layout(Call("", *(Text(one.sql) for one in statements), brackets="[]"), before=20)


def _python_dict(by_engine: Mapping[str, Iterable[Statement]]) -> str:
    items = [
        Named(quoted(engine), Call("", *(Text(one.sql) for one in statements), brackets="[]"), ": ")
        for engine, statements in by_engine.items()
    ]
    return layout(Call("", *items, brackets="{}"), before=100)


def node_pg_migrate(migration: Migration) -> Files:
    """One CommonJS module a migration, of PostgreSQL alone."""
    text = render_template(
        "layouts/node-pg-migrate.cjs.jinja",
        identifier=migration.identifier,
        transactional=migration.transactional,
        up=[_javascript(one.sql) for one in migration.statements],
        down=[_javascript(one.sql) for one in migration.rollback],
    )
    return {f"{_stem(migration)}.cjs": text}


def knex(migration: Migration) -> Files:
    """One CommonJS module a migration; a question mark would be a parameter on PostgreSQL alone."""
    is_postgres = migration.dialect == "postgres"

    def listed(statements: Iterable[Statement]) -> list[str]:
        texts = (one.sql.replace("?", "\\?") if is_postgres else one.sql for one in statements)
        return [_javascript(text) for text in texts]

    text = render_template(
        "layouts/knex.cjs.jinja",
        identifier=migration.identifier,
        transactional=migration.transactional,
        up=listed(migration.statements),
        down=listed(migration.rollback),
    )
    return {f"{migration.dialect}/{_stem(migration)}.cjs": text}


def _javascript(sql: str) -> str:
    """A template literal, which keeps lines as lines; it would read a carriage return as a newline."""
    if "\r" in sql or not sql.isascii():
        return json.dumps(sql)
    return "`" + sql.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${") + "`"

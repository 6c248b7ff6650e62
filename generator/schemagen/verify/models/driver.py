"""A process of its own that imports generated models and runs Alembic, so that no registry of ours is touched.

It reads one JSON request a line from standard input and answers each with one line; ``models.py`` is the other side.
Nothing that the models or Alembic print reaches the answers.
"""

from __future__ import annotations

import datetime as dt
import importlib
import importlib.util
import inspect
import json
import math
import os
import pathlib
import runpy
import sys
import time
import traceback
import warnings
from types import ModuleType
from typing import Any

from schemagen.base.tree import PACKAGE
from schemagen.databases.values import comparable, from_driver, to_python
from schemagen.schema.codec import decode
from schemagen.schema.model import Schema
from schemagen.schema.query import Parameter, Result

from .answers import canonical, field, functions, relationship, rows_of_function, rows_of_text
from .invalid_values import invalid_values

Answer = dict[str, Any]

ELSEWHERE = dt.timezone(dt.timedelta(hours=5, minutes=30))
"""Moments are given to models, and PostgreSQL's session is held, in a time zone that is not UTC."""


OPERATIONS = 10_000
"""How many operations of SQLite's machine pass between two looks at the clock."""

TIMED_OUT = (": interrupted", "canceling statement due to statement timeout")
"""What the engines say of a statement that took too long."""


def forget_models(package: str = PACKAGE) -> None:
    """Forget a package of models, imported in part or whole; its tables go with it, as their registry is its own."""
    for name in [
        name for name in sys.modules if f"{package}.".startswith(f"{name}.") or name.startswith(f"{package}.")
    ]:
        del sys.modules[name]


def import_models(package: str, folder: str) -> ModuleType:
    """Import a package of models from its folder by its own name, without the code of the packages that hold it."""
    *above, _ = package.split(".")
    for depth in range(len(above), 0, -1):
        folder_above = os.path.join(folder, *[os.pardir] * (len(above) + 1 - depth))  # noqa: PTH118
        parent = ModuleType(".".join(above[:depth]))
        parent.__path__ = [os.path.normpath(folder_above)]
        sys.modules[parent.__name__] = parent
    place = os.path.join(folder, "__init__.py")  # noqa: PTH118
    spec = importlib.util.spec_from_file_location(package, place, submodule_search_locations=[folder])
    assert spec  # noqa: S101  (a name that ends in .py has a loader)
    assert spec.loader  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    sys.modules[package] = module
    spec.loader.exec_module(module)
    return module


class Driver:
    """The models of one output folder, once they are loaded."""

    def __init__(self) -> None:
        self.package, self.ini = PACKAGE, ""
        self.schema = Schema()
        self.models: Any = None
        self.classes: dict[str, Any] = {}
        self.tables: dict[str, Any] = {}
        self.engine: Any = None
        self.url = ""
        self.seconds = self.deadline = math.inf

    def load(self, package: str, folder: str, ini: str, schema: Any) -> Answer:
        """Import the models of a folder in place of those before; tell their relationships."""
        self._forget()
        self.package, self.ini, self.schema = package, ini, decode(Schema, schema)
        importlib.invalidate_caches()
        self.models = import_models(package, folder)
        registry = self.models.Base._sa_registry  # noqa: SLF001  (SQLModel has no other name for it)
        registry.configure()
        mappers = registry.mappers
        self.classes = {mapper.local_table.name: mapper.class_ for mapper in mappers}
        self.tables = dict(self.models.Base.metadata.tables)
        return {
            "tables": sorted(self.tables),
            "classes": {name: cls.__name__ for name, cls in self.classes.items()},
            "relationships": [relationship(mapper, found) for mapper in mappers for found in mapper.relationships],
            "attributes": {name: self._attributes(name) for name in self.classes},
            "fields": {name: self._fields(name) for name in self.classes},
            "functions": functions(self.package, self.schema.queries),
            "exports": sorted(name for name in self.models.__all__ if hasattr(self.models, name)),
        }

    def _forget(self) -> None:
        self._disconnect()
        forget_models(self.package)
        self.models, self.classes, self.tables = None, {}, {}

    def _attributes(self, table: str) -> dict[str, str]:
        import sqlalchemy as sa

        mapper = sa.inspect(self.classes[table])
        return {column.name: mapper.get_property_by_column(column).key for column in mapper.local_table.columns}

    def _fields(self, table: str) -> dict[str, Answer]:
        """What a class says of each column that the spec has, too."""
        columns = self.schema.table(table).by_name if table in self.schema.by_name else {}
        return {
            name: field(self.classes[table], attribute, columns[name].type)
            for name, attribute in self._attributes(table).items()
            if name in columns and attribute in self.classes[table].model_fields
        }

    def create_all(self, url: str) -> Answer:
        """Make every table of the models."""
        engine = self.models.make_engine(url)
        self.models.Base.metadata.create_all(engine)
        engine.dispose()
        return {}

    def drop_all(self, url: str) -> Answer:
        """Drop every table of the models."""
        engine = self.models.make_engine(url)
        self.models.Base.metadata.drop_all(engine)
        engine.dispose()
        return {}

    def alembic(self, url: str, command: str, revision: str) -> Answer:
        """A command of Alembic with the revisions of the folder; ``check`` takes no revision."""
        from alembic import command as commands
        from alembic.config import Config

        os.environ["DATABASE_URL"] = url
        config = Config(self.ini, stdout=sys.stderr)
        getattr(commands, command)(config, *filter(None, [revision]))
        return {}

    def read_edited(self, reader: str, file: str, engine: str) -> Answer:
        """What the revisions' own reader says of a file with another hash than a revision has; empty if it reads it."""
        try:
            runpy.run_path(reader)["read"](pathlib.Path(file), "of another file", engine)
        except Exception as error:  # noqa: BLE001  (of generated code)
            return {"refusal": str(error)}
        return {"refusal": ""}

    def session(self, url: str, steps: list[Answer], seconds: float) -> Answer:
        """Run steps in one transaction that is rolled back: the result of each one; no statement takes longer."""
        from sqlmodel import Session

        engine = self._connected(url)
        with engine.connect() as connection:
            self._limit(connection, seconds)
            transaction = connection.begin()
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL TIME ZONE 'Asia/Kolkata'")
            try:
                with Session(connection, join_transaction_mode="create_savepoint") as session:
                    results = [self._step(session, **step) for step in steps]
            finally:
                transaction.rollback()
        return {"results": results}

    def _limit(self, connection: Any, seconds: float) -> None:
        """Give each step on SQLite, and each statement on PostgreSQL, its time."""
        self.seconds = seconds
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET statement_timeout = '{seconds}s'")
            connection.commit()
        else:
            raw = connection.connection.driver_connection
            raw.set_progress_handler(lambda: time.monotonic() > self.deadline, OPERATIONS)

    def _connected(self, url: str) -> Any:
        """The engine of the last session, where it was of this database: to connect takes longer than most sessions."""
        if url != self.url:
            self._disconnect()
            self.engine, self.url = self.models.make_engine(url), url
        return self.engine

    def _disconnect(self) -> None:
        if self.engine is not None:
            self.engine.dispose()
        self.engine, self.url = None, ""

    def _step(self, session: Any, do: str, **arguments: Any) -> Any:
        import sqlalchemy as sa

        self.deadline = time.monotonic() + self.seconds
        try:
            result = getattr(self, f"_{do}")(session, **arguments)
            session.commit()
        except (sa.exc.SQLAlchemyError, ValueError, TypeError) as error:
            session.rollback()
            reported = _reported_error(error)
            if reported.endswith(TIMED_OUT):
                reported = f"it did not end within {self.seconds} s, the limit of a statement"
            return {"error": reported}
        return {"value": result}

    def _sql(self, session: Any, texts: list[str]) -> Any:
        """Send statements as they stand."""
        for text in texts:
            session.connection().exec_driver_sql(text, execution_options={"no_parameters": True})

    def _add(self, session: Any, table: str, row: Answer) -> Any:
        """Insert a row through its model: the key that it has now."""
        import sqlalchemy as sa

        columns = self.schema.table(table).by_name
        values = {name: _far_away(to_python(columns[name].type, value)) for name, value in row.items()}
        if table not in self.classes:
            session.execute(sa.insert(self.tables[table]).values(values))
            return None
        attributes = self._attributes(table)
        instance = self.classes[table](**{attributes[name]: value for name, value in values.items()})
        session.add(instance)
        session.flush()
        key = self.schema.table(table).primary_key
        names = key.columns if key else ()
        return {name: canonical(columns[name].type, getattr(instance, attributes[name])) for name in names}

    def _offer(self, session: Any, table: str, column: str, number: int) -> str:
        """Offer a value that the column's type must refuse: the class of the error, or that there was none."""
        import sqlalchemy as sa

        _, value, _ = invalid_values(self.schema.table(table).column(column).type)[number]
        try:
            if table in self.classes:
                session.add(self.classes[table](**{self._attributes(table)[column]: value}))
                session.flush()
            else:
                session.execute(sa.insert(self.tables[table]).values({column: value}))
        except sa.exc.StatementError as error:
            session.rollback()
            return type(error.orig).__name__
        except (TypeError, ValueError) as error:
            session.rollback()
            return type(error).__name__
        return "row that was accepted"

    def _read(self, session: Any, table: str, columns: list[str]) -> Any:
        """Every row of a table through its model, as canonical values."""
        import sqlalchemy as sa

        session.expire_all()
        types = {name: column.type for name, column in self.schema.table(table).by_name.items()}
        if table not in self.classes:
            rows = session.execute(sa.select(*(self.tables[table].c[name] for name in columns)))
            return [{n: canonical(types[n], v) for n, v in zip(columns, row, strict=True)} for row in rows]
        attributes = self._attributes(table)
        found = session.scalars(sa.select(self.classes[table]))
        return [{name: canonical(types[name], getattr(one, attributes[name])) for name in columns} for one in found]

    def _rows(self, session: Any, table: str, text: str, columns: list[str] | None = None) -> Any:
        """Every row by SQL, as canonical values; ``text`` selects the columns, without names the comparable ones."""
        of = self.schema.table(table)
        listed = comparable(of) if columns is None else [of.column(name) for name in columns]
        found = session.connection().exec_driver_sql(text, execution_options={"no_parameters": True})
        return [{c.name: from_driver(c.type, raw) for c, raw in zip(listed, row, strict=True)} for row in found]

    def _query(self, session: Any, name: str, text: str, values: Answer, parameters: list[Any], result: Any) -> Answer:
        """What the text of a query gives, and what its function gives, as canonical values; neither is kept."""
        given = decode(Result, result)
        types = {each.name: each.type for each in (decode(Parameter, part) for part in parameters)}
        function = getattr(importlib.import_module(f"{self.package}.queries"), name)
        keywords = list(inspect.signature(function).parameters)[1:]
        arguments = [to_python(types[key], values[key]) for key in types]
        with session.begin_nested() as savepoint:
            sent = session.connection().exec_driver_sql(text, execution_options={"no_parameters": True})
            by_text = rows_of_text(given, sent)
            savepoint.rollback()
        with session.begin_nested() as savepoint:
            by_function = rows_of_function(given, function(session, **dict(zip(keywords, arguments, strict=True))))
            savepoint.rollback()
        return {"by_text": by_text, "by_function": by_function}

    def _find(self, session: Any, table: str, key: Answer) -> Any:
        """Whether a row is found by its key."""
        return self._got(session, table, key) is not None

    def _delete(self, session: Any, table: str, key: Answer, *, loaded: bool) -> Any:
        """Delete a row through the session, which may know its children."""
        session.delete(self._held(session, table, key, loaded=loaded))
        session.flush()
        self._settle(session)

    def _change(self, session: Any, table: str, key: Answer, values: Answer, *, loaded: bool) -> Any:
        """Set columns of a row through the session, which may know its children."""
        instance = self._held(session, table, key, loaded=loaded)
        columns, attributes = self.schema.table(table).by_name, self._attributes(table)
        for name, value in values.items():
            setattr(instance, attributes[name], to_python(columns[name].type, value))
        session.flush()
        self._settle(session)

    def _refresh(self, session: Any, table: str, key: Answer, values: Answer, columns: list[str]) -> Answer:
        """Set columns of a row that was read, and tell what the session then shows of others."""
        instance = self._held(session, table, key, loaded=False)
        types, attributes = self.schema.table(table).by_name, self._attributes(table)
        for name, value in values.items():
            setattr(instance, attributes[name], to_python(types[name].type, value))
        session.flush()
        return {name: canonical(types[name].type, getattr(instance, attributes[name])) for name in columns}

    def _held(self, session: Any, table: str, key: Answer, *, loaded: bool) -> Any:
        """A row by its key, with its relationships read where ``loaded``."""
        instance = self._got(session, table, key)
        if instance is None:
            raise ValueError("the row was not found by its key")
        if loaded:
            for relationship in _mapper(instance).relationships:
                getattr(instance, relationship.key)
        return instance

    def _settle(self, session: Any) -> None:
        """Refuse now what COMMIT would refuse: nothing of a session here is ever committed.

        Raises:
            sqlalchemy.exc.IntegrityError: for a foreign key without its parent.
        """
        import sqlalchemy as sa

        connection = session.connection()
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
        elif connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise sa.exc.IntegrityError("COMMIT", None, Exception("FOREIGN KEY constraint failed"))

    def _got(self, session: Any, table: str, key: Answer) -> Any:
        columns = self.schema.table(table).by_name
        attributes = self._attributes(table)
        identity = {attributes[name]: to_python(columns[name].type, value) for name, value in key.items()}
        return session.get(self.classes[table], identity)


def _mapper(instance: Any) -> Any:
    import sqlalchemy as sa

    return sa.inspect(type(instance))


def _far_away(value: Any) -> Any:
    """The same moment as another part of the world writes it: models keep it in UTC."""
    if isinstance(value, dt.datetime) and value.tzinfo is not None and dt.MINYEAR < value.year < dt.MAXYEAR:
        return value.astimezone(ELSEWHERE)
    return value


def _reported_error(error: BaseException) -> str:
    origin = getattr(error, "orig", None) or error
    return f"{type(error).__name__}: {' '.join(str(origin).split())}"


def main() -> None:
    """Answer requests until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    driver = Driver()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(driver, request.pop("call"))(**request)
        except BaseException as error:  # noqa: BLE001  (whatever generated code raises is the answer)
            answer = {"error": _reported_error(error), "trace": traceback.format_exc()}
        answers.write(f"{json.dumps(answer)}\n")
        answers.flush()


if __name__ == "__main__":
    main()

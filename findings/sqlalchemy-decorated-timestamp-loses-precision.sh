#!/usr/bin/env bash
# Version: SQLAlchemy 2.1.9.
# Guess: a TypeDecorator that answers dialect.type_descriptor(TIMESTAMP(precision=3)), as its documentation does, makes
#   TIMESTAMP(3) with every driver of PostgreSQL.
# So it is: psycopg and asyncpg put a type of their own in its place and forget the precision; psycopg2 keeps it.
# Why users meet it: decorators for aware times; after a change of driver create_all makes a column that rounds otherwise.
# shellcheck source=/dev/null
source "$(dirname "$0")/common.sh"
python_with sqlalchemy==2.1.9

seen=$(venv/bin/python - <<'PYTHON'
from sqlalchemy import Column, DateTime, MetaData, Table
from sqlalchemy.dialects.postgresql import TIMESTAMP, asyncpg, psycopg, psycopg2
from sqlalchemy.schema import CreateTable
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator):
    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(TIMESTAMP(precision=3))


table = Table("t", MetaData(), Column("plain", TIMESTAMP(precision=3)), Column("decorated", Moment()))
for driver in (psycopg2, psycopg, asyncpg):
    text = " ".join(str(CreateTable(table).compile(dialect=driver.dialect())).split())
    print(driver.__name__.rpartition(".")[2], text.count("TIMESTAMP(3)"))
PYTHON
)
expect "columns that keep their precision" 'psycopg2 2
psycopg 1
asyncpg 1' "$seen"

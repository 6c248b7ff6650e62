"""The table users."""

import datetime as dt
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Relationship, SQLModel

from . import _support as db
from . import _types as types

if TYPE_CHECKING:
    from .conversation import Conversation
    from .message import Message
    from .task import Task


class User(SQLModel, table=True):
    """One account, with an e-mail address and a bcrypt password hash.

    - Written once, then refused by both engines: created_at.
    - Refreshed by an UPDATE that leaves it unchanged: updated_at.
    - Filled by the database where it is None at the INSERT: created_at and updated_at.
    - Deleting a row here deletes its tasks, conversations and messages.
    - Security: A random UUID as the key prevents sequential enumeration of accounts.
    - Security: The unique index on email allows one account per address; the application stores
      addresses in lower case.
    - Security: The password is kept as a bcrypt hash, never in plain text, and a check refuses
      anything that is no bcrypt hash.
    - Security: created_at is immutable, updated_at follows every change.
    """

    __tablename__ = "users"
    __table_args__ = (
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.CheckConstraint(
            db.sql("substr(password_hash, 1, 2) = '$2' AND length(password_hash) = 60"),
            name="ck_users_password_hash_is_bcrypt",
        ),
        sa.Index("idx_users_email", "email", unique=True),
        {
            "comment": "One account, with an e-mail address and a bcrypt password hash.",
            "sqlite_strict": True,
        },
    )

    id: UUID = Field(
        default_factory=uuid4,
        description="Unique identifier; not sequential, so accounts cannot be counted or guessed",
        sa_column=sa.Column(
            types.Uuid(),
            primary_key=True,
            server_default=db.sql(
                postgres="gen_random_uuid()",
                sqlite=(
                    "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || "
                    "substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1) "
                    "|| substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))"
                ),
            ),
        ),
    )
    email: str = Field(
        max_length=255,
        description="Login name, in lower case; one account per address",
        sa_column=sa.Column(types.Varchar(255), nullable=False),
    )
    password_hash: str = Field(
        max_length=255,
        description="bcrypt hash of the password, never the password itself",
        sa_column=sa.Column(types.Varchar(255), nullable=False),
    )
    created_at: dt.datetime = Field(
        default=None,
        description="When the account was made (UTC); never changes",
        sa_column=sa.Column(
            types.TimestampTz(),
            nullable=False,
            server_default=db.sql(
                postgres="now()",
                sqlite="(strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')",
            ),
        ),
    )
    updated_at: dt.datetime = Field(
        default=None,
        description="When the account last changed (UTC)",
        sa_column=sa.Column(
            types.TimestampTz(),
            nullable=False,
            server_default=db.sql(
                postgres="now()",
                sqlite="(strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')",
            ),
            server_onupdate=sa.FetchedValue(),
        ),
    )

    tasks: list["Task"] = Relationship(
        back_populates="user",
        passive_deletes=True,
        sa_relationship_kwargs={"cascade": "all"},
    )
    conversations: list["Conversation"] = Relationship(
        back_populates="user",
        passive_deletes=True,
        sa_relationship_kwargs={"cascade": "all"},
    )
    messages: list["Message"] = Relationship(
        back_populates="user",
        passive_deletes=True,
        sa_relationship_kwargs={"cascade": "all"},
    )


db.complete(
    User,
    sqlite_checks={
        "ck_users_id_type": (
            "id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND "
            "length(CAST(replace(id, '-', '') AS BLOB)) = 32"
        ),
        "ck_users_email_type": "length(email) <= 255 AND instr(email, char(0)) = 0",
        "ck_users_password_hash_type": "length(password_hash) <= 255 AND instr(password_hash, char(0)) = 0",
        "ck_users_created_at_type": (
            "substr(created_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND created_at >= "
            "'0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), '+0 days') "
            "|| substr(created_at, 20) IS created_at"
        ),
        "ck_users_updated_at_type": (
            "substr(updated_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND updated_at >= "
            "'0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19), '+0 days') "
            "|| substr(updated_at, 20) IS updated_at"
        ),
    },
    triggers=[
        db.Trigger(
            sqlite=[
                """\
CREATE TRIGGER IF NOT EXISTS trg_users_created_at_immutable
BEFORE UPDATE ON users FOR EACH ROW WHEN NEW.created_at IS NOT OLD.created_at
BEGIN
    SELECT RAISE(ABORT, 'users.created_at is immutable');
END""",
            ],
            postgres=[
                """\
CREATE OR REPLACE FUNCTION trg_users_created_at_immutable() RETURNS trigger LANGUAGE plpgsql AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = 'on' AND has_table_privilege(TG_RELID, 'TRIGGER') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'users.created_at is immutable';
END
$schemagen$""",
                """\
CREATE OR REPLACE TRIGGER trg_users_created_at_immutable
BEFORE UPDATE ON users FOR EACH ROW WHEN (NEW.created_at IS DISTINCT FROM OLD.created_at)
EXECUTE FUNCTION trg_users_created_at_immutable()""",
            ],
            drop_sqlite=["DROP TRIGGER IF EXISTS trg_users_created_at_immutable"],
            drop_postgres=[
                "DROP TRIGGER IF EXISTS trg_users_created_at_immutable ON users",
                "DROP FUNCTION IF EXISTS trg_users_created_at_immutable()",
            ],
        ),
        db.Trigger(
            sqlite=[
                """\
CREATE TRIGGER IF NOT EXISTS trg_users_updated_at_row_update
AFTER UPDATE ON users FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE users SET updated_at = (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
    WHERE id = NEW.id AND updated_at IS OLD.updated_at AND updated_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z');
END""",
            ],
            postgres=[
                """\
CREATE OR REPLACE FUNCTION trg_users_updated_at_row_update() RETURNS trigger LANGUAGE plpgsql AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = 'on' AND has_table_privilege(TG_RELID, 'TRIGGER') THEN
        RETURN NEW;
    END IF;
    NEW.updated_at := now();
    RETURN NEW;
END
$schemagen$""",
                """\
CREATE OR REPLACE TRIGGER trg_users_updated_at_row_update
BEFORE UPDATE ON users FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
EXECUTE FUNCTION trg_users_updated_at_row_update()""",
            ],
            drop_sqlite=["DROP TRIGGER IF EXISTS trg_users_updated_at_row_update"],
            drop_postgres=[
                "DROP TRIGGER IF EXISTS trg_users_updated_at_row_update ON users",
                "DROP FUNCTION IF EXISTS trg_users_updated_at_row_update()",
            ],
        ),
    ],
)

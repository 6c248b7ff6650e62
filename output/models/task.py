"""The table tasks."""

import datetime as dt
from typing import TYPE_CHECKING, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Relationship, SQLModel

from . import _support as db
from . import _types as types

if TYPE_CHECKING:
    from .user import User


class Task(SQLModel, table=True):
    """One to-do item of one user, with its completion status.

    - Written once, then refused by both engines: created_at.
    - Refreshed by an UPDATE that leaves it unchanged: updated_at.
    - Filled by the database where it is None at the INSERT: created_at and updated_at.
    - Deleting a row of users deletes its tasks (user_id).
    - Security: The foreign key to users makes sure that every task has an owner.
    - Security: Every query carries user_id = :user_id, so a task of somebody else is never found;
      the application has to pass the signed-in user.
    - Security: Deleting a user deletes the user's tasks.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        sa.Index("idx_tasks_user_id", "user_id"),
        sa.Index("idx_tasks_user_id_created_at", "user_id", db.sql("created_at DESC")),
        {
            "comment": "One to-do item of one user, with its completion status.",
            "sqlite_strict": True,
        },
    )

    id: UUID = Field(
        default_factory=uuid4,
        description="Unique identifier",
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
    user_id: UUID = Field(
        description="Owner; every query filters by it",
        sa_column=sa.Column(
            types.Uuid(),
            sa.ForeignKey("users.id", name="fk_tasks_user_id", ondelete="CASCADE"),
            nullable=False,
        ),
    )
    title: str = Field(
        max_length=255,
        description="What is to be done",
        sa_column=sa.Column(types.Varchar(255), nullable=False),
    )
    description: str | None = Field(
        default=None,
        max_length=10000,
        description="Details, if any",
        sa_column=sa.Column(types.Text(), nullable=True),
    )
    completed: bool = Field(
        default=False,
        description="Whether it is done",
        sa_column=sa.Column(
            types.Boolean(),
            nullable=False,
            server_default=db.sql(postgres="false", sqlite="0"),
        ),
    )
    priority: Literal["low", "normal", "high"] = Field(
        default="normal",
        description="How pressing it is",
        sa_column=sa.Column(types.Text(), nullable=False, server_default=db.sql("'normal'")),
    )
    created_at: dt.datetime = Field(
        default=None,
        description="When the task was written down (UTC); never changes",
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
        description="When the task last changed (UTC)",
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

    user: "User" = Relationship(back_populates="tasks")


db.complete(
    Task,
    sqlite_checks={
        "ck_tasks_id_type": (
            "id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND "
            "length(CAST(replace(id, '-', '') AS BLOB)) = 32"
        ),
        "ck_tasks_user_id_type": (
            "user_id GLOB '????????-????-????-????-????????????' AND user_id NOT GLOB "
            "'*[^0-9a-f-]*' AND length(CAST(replace(user_id, '-', '') AS BLOB)) = 32"
        ),
        "ck_tasks_title_type": "length(title) <= 255 AND instr(title, char(0)) = 0",
        "ck_tasks_description_type": "length(description) <= 10000 AND instr(description, char(0)) = 0",
        "ck_tasks_completed_type": "completed IN (0, 1)",
        "ck_tasks_priority_type": "priority IN ('low', 'normal', 'high')",
        "ck_tasks_created_at_type": (
            "substr(created_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND created_at >= "
            "'0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), '+0 days') "
            "|| substr(created_at, 20) IS created_at"
        ),
        "ck_tasks_updated_at_type": (
            "substr(updated_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND updated_at >= "
            "'0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19), '+0 days') "
            "|| substr(updated_at, 20) IS updated_at"
        ),
    },
    postgres_checks={
        "ck_tasks_description_type": "length(description) <= 10000",
        "ck_tasks_priority_type": "priority IN ('low', 'normal', 'high')",
    },
    triggers=[
        db.Trigger(
            sqlite=[
                """\
CREATE TRIGGER IF NOT EXISTS trg_tasks_created_at_immutable
BEFORE UPDATE ON tasks FOR EACH ROW WHEN NEW.created_at IS NOT OLD.created_at
BEGIN
    SELECT RAISE(ABORT, 'tasks.created_at is immutable');
END""",
            ],
            postgres=[
                """\
CREATE OR REPLACE FUNCTION trg_tasks_created_at_immutable() RETURNS trigger LANGUAGE plpgsql AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = 'on' AND has_table_privilege(TG_RELID, 'TRIGGER') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'tasks.created_at is immutable';
END
$schemagen$""",
                """\
CREATE OR REPLACE TRIGGER trg_tasks_created_at_immutable
BEFORE UPDATE ON tasks FOR EACH ROW WHEN (NEW.created_at IS DISTINCT FROM OLD.created_at)
EXECUTE FUNCTION trg_tasks_created_at_immutable()""",
            ],
            drop_sqlite=["DROP TRIGGER IF EXISTS trg_tasks_created_at_immutable"],
            drop_postgres=[
                "DROP TRIGGER IF EXISTS trg_tasks_created_at_immutable ON tasks",
                "DROP FUNCTION IF EXISTS trg_tasks_created_at_immutable()",
            ],
        ),
        db.Trigger(
            sqlite=[
                """\
CREATE TRIGGER IF NOT EXISTS trg_tasks_updated_at_row_update
AFTER UPDATE ON tasks FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE tasks SET updated_at = (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
    WHERE id = NEW.id AND updated_at IS OLD.updated_at AND updated_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z');
END""",
            ],
            postgres=[
                """\
CREATE OR REPLACE FUNCTION trg_tasks_updated_at_row_update() RETURNS trigger LANGUAGE plpgsql AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = 'on' AND has_table_privilege(TG_RELID, 'TRIGGER') THEN
        RETURN NEW;
    END IF;
    NEW.updated_at := now();
    RETURN NEW;
END
$schemagen$""",
                """\
CREATE OR REPLACE TRIGGER trg_tasks_updated_at_row_update
BEFORE UPDATE ON tasks FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
EXECUTE FUNCTION trg_tasks_updated_at_row_update()""",
            ],
            drop_sqlite=["DROP TRIGGER IF EXISTS trg_tasks_updated_at_row_update"],
            drop_postgres=[
                "DROP TRIGGER IF EXISTS trg_tasks_updated_at_row_update ON tasks",
                "DROP FUNCTION IF EXISTS trg_tasks_updated_at_row_update()",
            ],
        ),
    ],
)

"""The six stories, and the two tables that they need, as SQLModel's manual writes them."""

import datetime as dt
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Relationship, Session, SQLModel, col, select


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class User(SQLModel, table=True):
    __tablename__ = "users"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    email: str = Field(max_length=255, unique=True, index=True)
    password_hash: str = Field(max_length=255)
    created_at: dt.datetime = Field(default_factory=utc_now, sa_type=sa.DateTime(timezone=True))
    updated_at: dt.datetime = Field(
        default_factory=utc_now, sa_type=sa.DateTime(timezone=True), sa_column_kwargs={"onupdate": utc_now}
    )
    tasks: list["Task"] = Relationship(back_populates="user", cascade_delete=True)


class Task(SQLModel, table=True):
    __tablename__ = "tasks"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    title: str = Field(max_length=255)
    description: str | None = None
    completed: bool = False
    priority: str = "normal"
    created_at: dt.datetime = Field(default_factory=utc_now, sa_type=sa.DateTime(timezone=True))
    updated_at: dt.datetime = Field(
        default_factory=utc_now, sa_type=sa.DateTime(timezone=True), sa_column_kwargs={"onupdate": utc_now}
    )
    user: User = Relationship(back_populates="tasks")


def sign_up(session: Session, email: str, password_hash: str) -> UUID:
    user = User(email=email, password_hash=password_hash)
    session.add(user)
    session.commit()
    return user.id


def hash_of(session: Session, email: str) -> str | None:
    found = session.exec(select(User).where(User.email == email)).first()
    return found.password_hash if found else None


def add_task(session: Session, user_id: UUID, title: str) -> UUID:
    task = Task(user_id=user_id, title=title)
    session.add(task)
    session.flush()
    task.priority = "high"
    session.commit()
    return task.id


def open_titles(session: Session, user_id: UUID) -> list[str]:
    chosen = select(Task).where(Task.user_id == user_id, col(Task.completed).is_(False))
    return [task.title for task in session.exec(chosen.order_by(col(Task.created_at).desc(), col(Task.id)))]


def toggle(session: Session, task_id: UUID, user_id: UUID) -> bool | None:
    task = session.exec(select(Task).where(Task.id == task_id, Task.user_id == user_id)).first()
    if task is None:
        return None
    task.completed = not task.completed
    session.commit()
    return task.completed


def delete_account(session: Session, user_id: UUID) -> bool:
    user = session.get(User, user_id)
    if user is None:
        return False
    session.delete(user)
    session.commit()
    return True

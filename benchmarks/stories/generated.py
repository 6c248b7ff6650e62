"""The six stories with what `schemagen build` writes of specs/accounts-and-tasks.yaml."""

from uuid import UUID

from models import queries
from sqlmodel import Session


def sign_up(session: Session, email: str, password_hash: str) -> UUID:
    made = queries.sign_up(session, email=email, password_hash=password_hash)
    session.commit()
    return made


def hash_of(session: Session, email: str) -> str | None:
    found = queries.login(session, email=email)
    return found.password_hash if found else None


def add_task(session: Session, user_id: UUID, title: str) -> UUID:
    task = queries.create_task(session, user_id=user_id, title=title, description=None)
    queries.set_task_priority(session, priority="high", task_id=task.id, user_id=user_id)
    session.commit()
    return task.id


def open_titles(session: Session, user_id: UUID) -> list[str]:
    return [task.title for task in queries.open_tasks(session, user_id=user_id)]


def toggle(session: Session, task_id: UUID, user_id: UUID) -> bool | None:
    task = queries.toggle_task(session, task_id=task_id, user_id=user_id)
    session.commit()
    return task.completed if task else None


def delete_account(session: Session, user_id: UUID) -> bool:
    deleted = queries.delete_account(session, user_id=user_id)
    session.commit()
    return deleted == 1

"""The models: one class a table, relationships both ways, the same values on SQLite and PostgreSQL."""

from sqlmodel import SQLModel

from ._support import make_engine
from .conversation import Conversation
from .conversation_agent import ConversationAgent
from .message import Message
from .task import Task
from .user import User

__all__ = [
    "Conversation",
    "ConversationAgent",
    "Message",
    "SQLModel",
    "Task",
    "User",
    "make_engine",
]

"""How the scalars of a spec are read: as the text that stands in the YAML, converted by the type of their key.

Each type also says what an editor, which makes YAML's own guesses, has to accept (its JSON Schema).
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from .names import MAX_BYTES, is_database_name


class Plain(str):
    """An unquoted YAML scalar: in JSON values it may mean null, a boolean or a number."""

    __slots__ = ()


def to_text(value: Any) -> Any:
    """A scalar as the text that stands there; an unquoted nothing is not a value."""
    if isinstance(value, Plain):
        if value == "":
            raise PydanticCustomError("no_value", "has no value")
        return str(value)
    return value


def _flag(value: Any) -> Any:
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise PydanticCustomError("flag", "must be true or false")


def _numbering(value: Any) -> Any:
    if isinstance(value, str) and value.lower() in {"true", "false", *_NUMBERINGS}:
        return value.lower() if value.lower() in _NUMBERINGS else value.lower() == "true"
    raise PydanticCustomError("numbering", "must be true, false, always or serial")


def _database_name(value: str) -> str:
    if not is_database_name(value):
        raise PydanticCustomError("database_name", "can't name anything in a database")
    return value


_NUMBERINGS = ("always", "serial")
_WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]*(_[0-9]+)*)")
_NUMBER = re.compile(r"[0-9][0-9_]*(\.[0-9]+)?")


def _whole_number(value: Any) -> Any:
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value):
        return int(value)
    raise PydanticCustomError("whole_number", "must be an integer, such as 2000000 or 2_000_000")


def _number(value: Any) -> Any:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    raise PydanticCustomError("number", "must be a number, such as 200 or 0.5")


def _action(value: Any) -> Any:
    return " ".join(value.lower().replace("_", " ").split()) if isinstance(value, str) else value


def _deferrable(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def column_list(value: Any) -> Any:
    """A single name as a list of one."""
    return [value] if isinstance(value, str) else value


TEXT, LIST, MAPPING = "<text>", "<list>", "<mapping>"
"""The tags of the forms that a value may have where a key takes several; pydantic shows them in an error's location."""


def shape_of(value: Any) -> str:
    """The tag of the form that a value has, where a key takes several."""
    return MAPPING if isinstance(value, dict) else LIST if isinstance(value, list) else TEXT


EXTENSION_PATTERN = r"^[a-z_][a-z0-9_-]{0,62}$"
NAME_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]{0,62}$"
TARGET_PATTERN = r"^[^.\s]+\.[^.\s]+$"
ELEMENT_PATTERN = r"^\s*\S+(\s+([Aa][Ss][Cc]|[Dd][Ee][Ss][Cc]))?\s*$"


def _any_case(word: str) -> str:
    """A regular expression for words in any case, with spaces or underscores between them."""
    pairs = ("[ _]+" if letter == " " else f"[{letter.upper()}{letter}]" for letter in word)
    return "".join(pairs)


def _words(*words: str) -> WithJsonSchema:
    """What editors know of a word whose case doesn't matter: the usual form to complete, every form to accept."""
    pattern = "|".join(map(_any_case, words))
    return WithJsonSchema({"anyOf": [{"enum": list(words)}, {"type": "string", "pattern": f"^({pattern})$"}]})


def _digits(number: str, pattern: str, **limits: int) -> WithJsonSchema:
    """What editors know of a number: some read ``2_000_000`` as text."""
    return WithJsonSchema({"anyOf": [{"type": number, **limits}, {"type": "string", "pattern": pattern}]})


# To an editor an unquoted `1.0` is a number and `no` a boolean, where we read the text that stands there.
TextValue = Annotated[str, BeforeValidator(to_text), WithJsonSchema({"type": ["string", "number", "boolean"]})]
Name = Annotated[
    str,
    BeforeValidator(to_text),
    Field(pattern=NAME_PATTERN),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": NAME_PATTERN,
            "description": "An ASCII identifier of at most 63 bytes.",
            "examples": ["created_at"],
        }
    ),
]
DatabaseName = Annotated[
    str,
    BeforeValidator(to_text),
    AfterValidator(_database_name),
    WithJsonSchema({"type": ["string", "number", "boolean"], "minLength": 1, "maxLength": MAX_BYTES}),
]
ExtensionName = Annotated[
    str,
    BeforeValidator(to_text),
    Field(pattern=EXTENSION_PATTERN),
    WithJsonSchema({"type": "string", "pattern": EXTENSION_PATTERN}),
]
Flag = Annotated[bool, BeforeValidator(_flag)]
Numbering = Annotated[
    bool | Literal["always", "serial"],
    BeforeValidator(_numbering),
    WithJsonSchema({"enum": [True, False, *_NUMBERINGS]}),
]
Count = Annotated[
    int, BeforeValidator(_whole_number), Field(ge=0), _digits("integer", "^(0|[1-9][0-9]*(_[0-9]+)*)$", minimum=0)
]
Length = Annotated[
    int, BeforeValidator(_whole_number), Field(ge=1), _digits("integer", "^[1-9][0-9]*(_[0-9]+)*$", minimum=1)
]
Milliseconds = Annotated[
    float, BeforeValidator(_number), Field(gt=0), _digits("number", "^[0-9][0-9_]*([.][0-9]+)?$", exclusiveMinimum=0)
]
Engine = Annotated[Literal["postgres", "sqlite"], BeforeValidator(to_text)]
ActionName = Annotated[
    Literal["cascade", "restrict", "set null", "set default", "no action"],
    BeforeValidator(_action),
    _words("cascade", "restrict", "set null", "set default", "no action"),
]
DeferrableName = Annotated[
    Literal["true", "false", "immediate", "deferred"],
    BeforeValidator(_deferrable),
    WithJsonSchema({"enum": ["immediate", "deferred", True, False]}),
]
StateName = Annotated[
    Literal["not valid", "not enforced"],
    BeforeValidator(_action),
    WithJsonSchema({"enum": ["not_valid", "not_enforced"]}),
]
Order = Annotated[Literal["asc", "desc"], BeforeValidator(_action), _words("asc", "desc")]
NullsPlace = Annotated[Literal["first", "last"], BeforeValidator(_action), _words("first", "last")]
Target = Annotated[
    str,
    BeforeValidator(to_text),
    Field(pattern=TARGET_PATTERN),
    WithJsonSchema({"type": "string", "pattern": TARGET_PATTERN}),
]
ColumnList = Annotated[
    list[Name],
    BeforeValidator(column_list),
    Field(min_length=1, description="Its columns.", examples=[["conversation_id", "user_id"]]),
]

NOTE_KEYS = (
    "security", "persistence", "audit", "performance", "scalability", "partitioning", "archiving", "evolution",
    "ordering", "size_limits", "soft_deletes", "timestamps", "concurrency", "design_decisions", "future", "full_text",
    "embeddings", "phase",
)  # fmt: skip
"""Notes that have a place of their own in the document; any other key is printed under its own heading."""

TextOrTexts = Annotated[
    Annotated[TextValue, Tag(TEXT)] | Annotated[list[TextValue], Tag(LIST)], Discriminator(shape_of)
]

NotesSpec = Annotated[
    dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], TextOrTexts],
    Field(
        description="Prose for the document, by topic: a text or a list of texts. These topics have their place: "
        + ", ".join(NOTE_KEYS)
        + "; `{column}_shape` documents a JSON column; any other key is printed under its own heading.",
        examples=[{"security": "Every query filters by user_id."}],
    ),
]

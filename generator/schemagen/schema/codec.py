"""Dataclasses ↔ JSON values, driven by their type hints: one encoder and one decoder a class, made once.

Fields at their default are left out, and so are fields that take no part in equality (positions). A class that is one
of several is tagged: ``"uuid"`` when all its fields are at their defaults, else ``{"varchar": {"length": 255}}``. A
tuple of (text, value) pairs is written as an object.
"""

from __future__ import annotations

import types as python_types
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from . import types
from .places import PlacedName

if TYPE_CHECKING:
    from collections.abc import Callable

    Decoder = Callable[[Any], Any]
    Encoder = Callable[[Any], Any]

T = TypeVar("T")

_NAMES = {"Type": types.Type, "Origin": object, "Value": Any}
"""What the annotations of the model name but its module imports for type checkers only, or recursively."""

_MISSING = object()


class DecodeError(ValueError):
    """A JSON value that is not what a class needs; ``path`` says where it stands."""

    def __init__(self, reason: str, *path: str | int) -> None:
        self.reason = reason
        self.path = path
        super().__init__(f"{'.'.join(map(str, path)) or 'the value'}: {reason}")


def encode(value: object) -> Any:
    """The JSON value of a dataclass instance, ready for ``json.dumps``."""
    cls: Any = type(value)
    return _encoder(cls)(value)


def decode(cls: type[T], value: Any) -> T:
    """The instance of ``cls`` that ``encode`` made a JSON value of.

    Raises:
        DecodeError: when a key is unknown or missing, or a value has another type than its field.
    """
    hashable: Any = cls  # mypy does not take a class for hashable
    decoder: Callable[[Any], T] = _decoder(hashable)
    return decoder(value)


def _is_class(hint: Any) -> bool:
    return isinstance(hint, type) and is_dataclass(hint)


def _plain_fields(cls: Any) -> list[tuple[str, Any, Any]]:
    """Name, resolved hint and default of each field that is written."""
    hints = get_type_hints(cls, localns=_NAMES)
    return [(f.name, hints[f.name], _MISSING if f.default is MISSING else f.default) for f in fields(cls) if f.compare]


def _members(hint: Any) -> tuple[Any, ...]:
    """The classes that a hint allows, None left out: the members of a union, every type for ``Type``."""
    if hint is types.Type:
        return types.TYPES
    if get_origin(hint) in {Union, python_types.UnionType}:
        given = (member for member in get_args(hint) if member is not type(None))
        return tuple(each for member in given for each in (_members(member) if member is types.Type else (member,)))
    return (hint,)


def _tag(cls: type) -> str:
    return str(getattr(cls, "keyword", "")) or cls.__name__


def _is_pairs(item: Any) -> bool:
    """Whether the items of a tuple are (text, value) pairs, which are written as an object."""
    arguments = get_args(item)
    return get_origin(item) is tuple and len(arguments) == 2 and arguments[0] is str and arguments[1] is not ...  # noqa: PLR2004


@cache
def _encoder(cls: type) -> Encoder:
    """How to encode an instance of a dataclass."""
    members = [(name, default, _encoder_of(hint)) for name, hint, default in _plain_fields(cls)]

    def encode_fields(instance: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, default, encoder in members:
            value = getattr(instance, name)
            if value is not default and value != default:
                found[name] = encoder(value) if encoder else str(value) if isinstance(value, PlacedName) else value
        return found

    return encode_fields


@cache
def _encoder_of(hint: Any) -> Encoder | None:
    """How to encode what a hint allows; None where the value is JSON already."""
    members = _members(hint)
    if len(members) > 1 and any(map(_is_class, members)):
        return _encode_tagged
    member: Any = members[0] if len(members) == 1 else Any
    if _is_class(member):
        return _optional(_encoder(member))
    if get_origin(member) is tuple:
        return _tuple_encoder(get_args(member)[0])
    return None


def _optional(inner: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else inner(value)


def _encode_tagged(value: Any) -> Any:
    if value is None:
        return None
    cls: Any = type(value)
    content = _encoder(cls)(value)
    return {_tag(cls): content} if content else _tag(cls)


def _tuple_encoder(item: Any) -> Encoder:
    if _is_pairs(item):
        inner = _encoder_of(get_args(item)[1])
        return lambda pairs: {key: inner(value) if inner else value for key, value in pairs}
    inner = _encoder_of(item)
    return (lambda items: list(map(inner, items))) if inner else list


@cache
def _decoder(cls: Any) -> Decoder:
    """How to decode an instance of a dataclass."""
    plain = _plain_fields(cls)
    decoders = {name: _decoder_of(hint) for name, hint, _ in plain}
    required = {name for name, _, default in plain if default is _MISSING}

    def decode_fields(value: Any) -> Any:
        if type(value) is not dict:
            raise DecodeError(f"{cls.__name__} has to be an object")
        found = {}
        for name, item in value.items():
            decoder = decoders.get(name)
            if decoder is None:
                raise DecodeError(f"{cls.__name__} has no {name!r}")
            try:
                found[name] = decoder(item)
            except DecodeError as error:
                raise DecodeError(error.reason, name, *error.path) from None
        if not required <= found.keys():
            raise DecodeError(f"{cls.__name__} needs {', '.join(sorted(required - found.keys()))}")
        return cls(**found)

    return decode_fields


@cache
def _decoder_of(hint: Any) -> Decoder:
    """How to decode what a hint allows."""
    if hint is Any:
        return lambda value: value
    members = _members(hint)
    optional = type(None) in get_args(hint)
    if len(members) > 1 and all(map(_is_class, members)):
        decoder = _tagged_decoder(members)
    elif len(members) > 1:
        decoder = _scalar_decoder(members)
    else:
        decoder = _member_decoder(members[0])
    return (lambda value: None if value is None else decoder(value)) if optional else decoder


def _member_decoder(member: Any) -> Decoder:
    if _is_class(member):
        return _decoder(member)
    if get_origin(member) is tuple:
        return _tuple_decoder(get_args(member)[0])
    if get_origin(member) is Literal:
        return _choice_decoder({choice: choice for choice in get_args(member)})
    if issubclass(member, Enum):
        return _choice_decoder({choice.value: choice for choice in member})
    return _scalar_decoder((member,))


def _scalar_decoder(classes: tuple[type, ...]) -> Decoder:
    allowed = frozenset(classes) | ({int} if float in classes else frozenset())

    def decode_scalar(value: Any) -> Any:
        if type(value) not in allowed:
            raise DecodeError(f"{value!r:.60} is not {' or '.join(sorted(cls.__name__ for cls in allowed))}")
        return value

    return decode_scalar


def _choice_decoder(choices: dict[Any, Any]) -> Decoder:
    def decode_choice(value: Any) -> Any:
        try:
            return choices[value]
        except (KeyError, TypeError):
            raise DecodeError(f"{value!r:.60} is not one of {', '.join(map(str, choices))}") from None

    return decode_choice


def _tagged_decoder(members: tuple[Any, ...]) -> Decoder:
    by_tag = {_tag(member): member for member in members}

    def decode_tagged(value: Any) -> Any:
        tag, content = next(iter(value.items())) if type(value) is dict and len(value) == 1 else (value, {})
        member = by_tag.get(tag) if type(tag) is str else None
        if member is None:
            raise DecodeError(f"{value!r:.60} is not one of {', '.join(by_tag)}")
        return _decoder(member)(content)  # only now: a type may contain another

    return decode_tagged


def _tuple_decoder(item: Any) -> Decoder:
    if _is_pairs(item):
        return _pairs_decoder(_decoder_of(get_args(item)[1]))
    inner = _decoder_of(item)

    def decode_items(value: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise DecodeError("a list is needed")
        found: list[Any] = []
        try:
            found.extend(map(inner, value))
        except DecodeError as error:
            raise DecodeError(error.reason, len(found), *error.path) from None
        return tuple(found)

    return decode_items


def _pairs_decoder(inner: Decoder) -> Decoder:
    def decode_pairs(value: Any) -> tuple[tuple[str, Any], ...]:
        if type(value) is not dict:
            raise DecodeError("an object is needed")
        return tuple((key, inner(item)) for key, item in value.items())

    return decode_pairs

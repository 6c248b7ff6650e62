"""What libyaml says when it gives up, in words that name the mistake and the fix."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from yaml.error import MarkedYAMLError

from schemagen.base.diagnostics import Diagnostic, Related

from . import yaml_pages as pages
from .nodes import MAX_DEPTH

if TYPE_CHECKING:
    from collections.abc import Callable

    from yaml import YAMLError

    from .nodes import Positions


class Failure(NamedTuple):
    """Why a text can't be read as YAML, and the offset where reading stopped."""

    diagnostic: Diagnostic
    offset: int


@dataclass(frozen=True, slots=True)
class _Stop:
    """libyaml's error: what it was doing, since where, what it met, and where."""

    context: str
    context_at: int
    problem: str
    at: int
    text: str

    @property
    def character(self) -> str:
        return self.text[self.at : self.at + 1]

    @property
    def line_before(self) -> str:
        """What stands on the line before the place where reading stopped."""
        return self.text[self.text.rfind("\n", 0, self.at) + 1 : self.at]


@dataclass(frozen=True, slots=True)
class _Reason:
    code: str
    message: str
    hint: str | None
    start: int
    end: int
    related: str = ""


_LONE_KEY = re.compile(r"[ ]*(?:-[ ]+)*[^\s:]+[ ]*")
_CLOSERS: Final = {"{": "}", "[": "]"}


def syntax_error(error: YAMLError, text: str, positions: Positions) -> Failure:
    """The diagnostic of an error that the YAML parser raised."""
    stop = _stop(error, text)
    reason = next(filter(None, (explain(stop) for explain in _EXPLANATIONS)), None) or _unknown(stop)
    related = (Related(reason.related, positions.span(stop.at, stop.at)),) if reason.related else ()
    span = positions.span(reason.start, reason.end)
    return Failure(Diagnostic(reason.code, reason.message, span, hint=reason.hint, related=related), stop.at)


def _stop(error: YAMLError, text: str) -> _Stop:
    if not isinstance(error, MarkedYAMLError):
        return _Stop("", 0, str(error).splitlines()[0], 0, text)
    at = min(error.problem_mark.index, len(text)) if error.problem_mark else len(text)
    context_at = min(error.context_mark.index, len(text)) if error.context_mark else at
    return _Stop(error.context or "", context_at, error.problem or "", at, text)


def _depth(stop: _Stop) -> _Reason | None:
    """Libyaml has a limit of its own (1,000 levels), and meets it before the nodes above it are known."""
    if "nesting depth" not in stop.problem:
        return None
    message = f"nested deeper than {MAX_DEPTH} levels"
    return _Reason(pages.TOO_DEEP, message, None, stop.at, stop.at + 1)


def _tab(stop: _Stop) -> _Reason | None:
    starts_nothing = stop.character == "\t" and "cannot start any token" in stop.problem
    if not starts_nothing and "tab character" not in stop.problem:
        return None
    at = stop.at if stop.character == "\t" else max(stop.line_before.find("\t"), 0) + stop.at - len(stop.line_before)
    return _Reason(pages.TAB, "a tab can't indent YAML", "indent with spaces, two for each level", at, at + 1)


def _open_quote(stop: _Stop) -> _Reason | None:
    if "quoted scalar" not in stop.context or "unexpected" not in stop.problem:
        return None
    quote = stop.text[stop.context_at : stop.context_at + 1]
    double = quote * 2 if quote == "'" else f"\\{quote}"
    hint = f"close it; inside of the text that quote is written `{double}`"
    return _Reason(pages.UNCLOSED, f"the quote `{quote}` is never closed", hint, stop.context_at, stop.context_at + 1)


def _escape(stop: _Stop) -> _Reason | None:
    if "quoted scalar" not in stop.context:
        return None
    start = max(stop.text.rfind("\\", stop.context_at, stop.at + 1), stop.context_at)
    hint = "double the backslash, or use single quotes, where a backslash is only a backslash"
    return _Reason(pages.SYNTAX, "double quotes know no such escape", hint, start, max(stop.at + 1, start + 2))


def _flow(stop: _Stop) -> _Reason | None:
    if "flow" not in stop.context:
        return None
    opener = stop.text[stop.context_at : stop.context_at + 1]
    closer = _CLOSERS.get(opener)
    if closer is None or "flow node" in stop.context:
        return _Reason(pages.SYNTAX, "expected a value", "write it, or quote it", stop.at, stop.at + 1)
    if not stop.text[stop.at :].strip() or "\n" in stop.text[stop.context_at : stop.at]:
        hint = f"close it with `{closer}`; a text that holds brackets has to be quoted"
        message = f"the `{opener}` is never closed"
        return _Reason(pages.UNCLOSED, message, hint, stop.context_at, stop.context_at + 1, "reading stopped here")
    hint = f"quote the text if `{stop.character}` belongs to it"
    message = f"`,` or `{closer}` has to stand before this"
    return _Reason(pages.SYNTAX, message, hint, stop.at, stop.at + 1)


def _second_colon(stop: _Stop) -> _Reason | None:
    if "mapping values are not allowed" not in stop.problem:
        return None
    before = stop.line_before
    if not _LONE_KEY.fullmatch(before):
        hint = "quote the whole text if the colon belongs to it"
        return _Reason(pages.SYNTAX, "a second `:` on this line", hint, stop.at, stop.at + 1)
    indent = len(before) - len(before.lstrip(" "))
    hint = "align it with the keys beside it; the line above already has its value"
    message = "this key is indented deeper than the one above, which has a value"
    return _Reason(pages.INDENTATION, message, hint, stop.at - len(before) + indent, stop.at)


def _block(stop: _Stop) -> _Reason | None:
    if "block" not in stop.context:
        return None
    if stop.character in "]}" and stop.character:
        message = f"this `{stop.character}` closes nothing"
        return _Reason(pages.SYNTAX, message, "remove it, or quote the text that holds it", stop.at, stop.at + 1)
    if stop.line_before.strip(" -"):
        hint = "quote the whole value"
        return _Reason(pages.SYNTAX, "nothing can follow the value before this", hint, stop.at, stop.at + 1)
    if "'-' indicator" in stop.problem or "collection" in stop.context:
        message = "expected a list item (`- …`) or a line with less indentation"
    elif stop.character == "-":
        message = "expected a key, not a list item"
    else:
        message = "this line is indented unlike the keys that it belongs to"
    hint = "give all keys of one mapping, and all items of one list, the same indentation"
    return _Reason(pages.INDENTATION, message, hint, stop.at, stop.at + 1)


def _missing_colon(stop: _Stop) -> _Reason | None:
    if "could not find expected ':'" not in stop.problem:
        return None
    end = stop.text.find("\n", stop.context_at)
    end = len(stop.text) if end < 0 else end
    hint = "write `key: value`; a list item needs a space after its dash"
    return _Reason(pages.SYNTAX, "a `:` is missing after this", hint, stop.context_at, max(end, stop.context_at + 1))


def _bad_start(stop: _Stop) -> _Reason | None:
    if "cannot start any token" not in stop.problem:
        return None
    message = f"an unquoted text can't begin with `{stop.character}`"
    return _Reason(pages.QUOTE_THIS, message, "quote the whole text", stop.at, stop.at + 1)


def _property(stop: _Stop) -> _Reason | None:
    words = stop.context + stop.problem
    for word, code in (
        ("tag", pages.TAG),
        ("anchor", pages.UNKNOWN_ALIAS),
        ("alias", pages.UNKNOWN_ALIAS),
    ):
        if word in words:
            sign = stop.text[stop.context_at : stop.context_at + 1]
            hint = "quote a text that begins with `!`, `&` or `*`"
            return _Reason(
                code, f"`{sign}` has a meaning of its own in YAML", hint, stop.context_at, stop.context_at + 1
            )
    return None


def _unknown(stop: _Stop) -> _Reason:
    message = f"YAML can't be read from here on: {stop.problem or 'something else was expected'}"
    return _Reason(pages.SYNTAX, message, "quote the text if it holds one of `{}[]:#,`", stop.at, stop.at + 1)


_EXPLANATIONS: Final[tuple[Callable[[_Stop], _Reason | None], ...]] = (
    _depth,
    _tab,
    _open_quote,
    _escape,
    _missing_colon,
    _second_colon,
    _bad_start,
    _property,
    _flow,
    _block,
)

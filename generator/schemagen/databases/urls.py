"""PostgreSQL URLs: other databases of a server, other writings, and what of a URL may be shown.

They are cut as libpq cuts them, so a password may hold what should have been escaped in it (``#``, ``?``).
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode

ENCODING = "UTF8"

PRINTING = {
    "datestyle": "ISO, MDY",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "standard_conforming_strings": "on",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "quote_all_identifiers": "off",
}
"""Settings by which PostgreSQL prints expressions and values in one way; its defaults, but for the time zone."""

OWN = {
    "search_path": "public",
    "default_transaction_read_only": "off",
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}
"""What else a role may have set otherwise, to PostgreSQL's defaults; for databases of our own."""

ENVIRONMENT = frozenset({"PGOPTIONS", "PGTZ", "PGDATESTYLE", "PGCLIENTENCODING"})
"""Variables by which libpq changes a session's settings after the URL has."""

SHORT_SECRET = 3
"""Characters below which a secret may stand in a message by chance, so that replacing it would spoil the words."""

_HOST = r"(?:\[[\w:.%]*\]|[^:/?#\[\]]*)(?::\d{1,5}(?=[/,]|$))?"
_PLACE = re.compile(rf"{_HOST}(?:,{_HOST})*(?:/[^:]*$)?")
"""Hosts with their ports, then the name of the database; it ends before a colon that no port follows."""

_SEPARATORS = re.compile(r"[@:/?#%&=,\s]+")
_PASSWORD = re.compile(r"[?&][^=&]*pass[^=&]*=", re.IGNORECASE)
_CONNINFO = re.compile(
    r"\s*(host|hostaddr|port|dbname|user|password|passfile|service|sslmode|connect_timeout|options)\s*=", re.IGNORECASE
)


def with_database(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    scheme, _, rest = url.partition("://")
    user, at, place = rest.partition("@") if _has_user(rest) else ("", "", rest)
    host, _, query = place.partition("?")
    kept = urlencode([(key, value) for key, value in parse_qsl(query) if key != "dbname"], quote_via=quote)
    return f"{scheme}://{user}{at}{host.partition('/')[0]}/{name}{'?' if kept else ''}{kept}"


def own_database(url: str, name: str) -> str:
    """The URL of a database of our own on a server, in which every session has the same settings.

    They stand in the URL, so that every program that is given it has them, whatever the server, the role or the URL
    says otherwise.
    """
    base, _, query = with_database(url, name).partition("?")
    words = dict(parse_qsl(query))
    settings = {**PRINTING, **OWN}
    options = " ".join(f"-c {key}={value.replace(' ', '')}" for key, value in settings.items())
    words["options"] = f"{words.get('options', '')} {options}".strip()
    return f"{base}?{urlencode({**words, 'client_encoding': ENCODING}, quote_via=quote)}"


def with_user(url: str, user: str, password: str) -> str:
    """The same database for another role; both words need no escaping."""
    scheme, _, rest = url.partition("://")
    place = rest.partition("@")[2] if _has_user(rest) else rest
    host, _, query = place.partition("?")
    kept = urlencode([(key, value) for key, value in parse_qsl(query) if key not in _ROLE], quote_via=quote)
    return f"{scheme}://{user}:{password}@{host}{'?' if kept else ''}{kept}"


_ROLE = frozenset({"user", "password", "passfile"})


def _has_user(rest: str) -> bool:
    """Whether a URL begins with a user: an ``@`` comes before the first slash."""
    return "@" in rest.partition("/")[0]


def sqlalchemy_url(url: str) -> str:
    """The same database as SQLAlchemy and Alembic name it."""
    return f"postgresql+psycopg://{url.partition('://')[2]}"


def is_conninfo(text: str) -> bool:
    """Whether a text is a connection string of libpq's other form: ``host=localhost dbname=app``."""
    return _CONNINFO.match(text) is not None


def url_of_conninfo(text: str) -> str | None:
    """A connection string of words as a URL; None where libpq cannot read it."""
    import psycopg  # the driver is an extra
    from psycopg.conninfo import conninfo_to_dict

    try:
        words = conninfo_to_dict(text)
    except psycopg.Error:
        return None
    return f"postgresql:///?{urlencode(words, quote_via=quote)}"


def redacted(url: str) -> str:
    """A URL that may be shown: without its user and password, and without parameters, which may hold one.

    The place begins after the last ``@``, wherever that is: a password may hold one, or a slash. Where a question mark
    stands before it, nobody can tell a password from a parameter, so nothing more is shown.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or not re.fullmatch(r"[\w+]+", scheme):
        return "what was given"
    before, _, place = rest.rpartition("@")
    match = _PLACE.match(re.split(r"[?#]", place, maxsplit=1)[0])
    return f"{scheme}://{match[0] if match and '?' not in before else '…'}"


def scrubbed(text: str, url: str) -> str:
    """A driver's words without any piece of a URL's password, however the driver has cut the URL."""
    written = list(_secrets(url.partition("://")[2]))
    pieces = {piece for one in written for words in (one, unquote(one)) for piece in _SEPARATORS.split(words)}
    pieces |= {unquote(one) for one in written} | set(written)
    found = sorted((piece for piece in pieces if piece and piece in text), key=len, reverse=True)
    if any(len(piece) < SHORT_SECRET for piece in found):
        return "(the driver's words are left out: they may hold a part of the password)"
    for piece in found:
        text = text.replace(piece, "***")
    return text


def _secrets(rest: str) -> list[str]:
    """What of a URL without its scheme may be a password: all between the first colon and the last ``@``.

    Where there is no ``@``, all after a colon that no port follows; and all from a parameter on that says one, as it
    may hold what separates parameters.
    """
    before, at, _ = rest.rpartition("@")
    match = _PLACE.match(re.split(r"[?#]", rest, maxsplit=1)[0])
    odd = rest[match.end() if match else 0 :]
    found = [before.partition(":")[2] if at else "" if odd.startswith("?") else odd]
    parameter = _PASSWORD.search(rest)
    if parameter:
        found.append(rest[parameter.end() :])
    return found

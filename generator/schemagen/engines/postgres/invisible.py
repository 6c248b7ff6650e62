"""String constants with invisible characters, written so that whoever reviews the SQL sees them.

Source: PostgreSQL, "String Constants with C-Style Escapes". Functions keep their bodies, which the catalog has as text.
"""

from __future__ import annotations

import re

from schemagen.base.escape import invisible, visible

_PARTS = re.compile(
    r"--[^\n]*|/\*.*?\*/"
    r'|"(?:[^"]|"")*"'
    r"|(?<![\w$])(?:[bxn]|u&)'(?:[^']|'')*'|(?<![\w$])e'(?:[^'\\]|\\.|'')*'"
    r"|(?P<tag>(?<![\w$])\$\w*\$)(?P<body>.*?)(?P=tag)"
    r"|(?P<before>\w?)'(?P<text>(?:[^']|'')*)'",
    re.DOTALL | re.IGNORECASE,
)


def with_visible_strings(sql: str) -> str:
    """SQL that means the same, without an invisible character in a string constant."""
    if not invisible(sql):
        return sql
    is_block = sql.startswith("DO ")

    def shown(match: re.Match[str]) -> str:
        text, tag = match["text"], match["tag"]
        if tag and is_block:
            return f"{tag}{with_visible_strings(match['body'])}{tag}"
        if text is None or not invisible(text):
            return match[0]
        lines = text.replace("\\", r"\\").split("\n")
        escaped = "\n".join("\t".join(map(visible, line.split("\t"))) for line in lines)
        return f"{match['before']}{' ' * bool(match['before'])}E'{escaped}'"

    return _PARTS.sub(shown, sql)

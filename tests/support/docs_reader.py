"""Reads the generated Markdown as a CommonMark parser does, for the documents' tests."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from markdown_it import MarkdownIt

from schemagen.targets.docs.markdown import anchor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from markdown_it.token import Token

PARSER = MarkdownIt("commonmark").enable("table")


def tokens(text: str) -> list[Token]:
    return PARSER.parse(text)


def shown(inline: Token) -> str:
    """The text that a reader sees of one inline token."""
    return "".join(child.content for child in inline.children or ())


def structure(text: str) -> list[tuple[str, str]]:
    """Every block and inline element in order, without its text: what hostile strings must not change."""
    found = []
    for token in tokens(text):
        found.append((token.type, token.tag))
        found += [
            (child.type, child.tag) for child in token.children or () if child.type not in {"text", "text_special"}
        ]
    return found


def headings(text: str) -> list[str]:
    found = tokens(text)
    return [shown(found[place + 1]) for place, token in enumerate(found) if token.type == "heading_open"]


def links(text: str) -> Iterator[str]:
    for token in tokens(text):
        for child in token.children or ():
            if child.type == "link_open":
                yield str(child.attrs["href"])


def fences(text: str, language: str) -> list[str]:
    return [token.content for token in tokens(text) if token.type == "fence" and token.info == language]


def tables(text: str) -> list[list[list[str]]]:
    """Every table as rows of shown cells."""
    found: list[list[list[str]]] = []
    parsed = tokens(text)
    for place, token in enumerate(parsed):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type in {"th_open", "td_open"}:
            found[-1][-1].append(shown(parsed[place + 1]))
    return found


def raw_table_widths(text: str) -> Iterator[tuple[int, list[int]]]:
    """The header's width and each row's: a parser drops cells in excess without a word, so they are counted here."""
    outside = re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    for block in re.findall(r"(?:^\|.*\|$\n?)+", outside, flags=re.MULTILINE):
        widths = [len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) - 1 for line in block.splitlines()]
        yield widths[0], widths


def dead_links(files: Mapping[str, str], known: set[str]) -> list[str]:
    """Links that lead to no file of ``files`` or ``known``, or to no heading of a file."""
    dead = []
    anchors = {path: {anchor(heading) for heading in headings(text)} for path, text in files.items()}
    for path, text in files.items():
        for link in links(text):
            target, _, fragment = unquote(link).partition("#")
            full = posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path
            if full not in files and full not in known:
                dead.append(f"{path}: {link}")
            if fragment and fragment not in anchors.get(full, set()):
                dead.append(f"{path}: {link}")
    return dead


def untidy(text: str) -> list[str]:
    """Lines with trailing spaces, and places with other than one empty line between blocks."""
    outside = re.sub(r"^(`{3,}).*?^\1$", "```", text, flags=re.DOTALL | re.MULTILINE)
    found = [line for line in text.split("\n") if line != line.rstrip()]
    found += ["two empty lines"] * ("\n\n\n" in outside)
    found += re.findall(r"[^\n]\n#+ .*|^#+ .*\n[^\n].*", outside, flags=re.MULTILINE)
    return found + ["no single final newline"] * (not text.endswith("\n") or text.endswith("\n\n"))

"""Hostile text stays inside the place where it is put, and means the same there."""

from __future__ import annotations

import ast
import json
from itertools import product

import pytest

from schemagen.base.escape import docstring, json_text, python_string, terminal, visible
from schemagen.targets.python_code import block, quoted

PIECES = ('"', "'", '"""', "\\", "\n", "a", "\r", "\0", "\x7f", "\u2028", "\ud800", "\U000e0001")
TEXTS = ["".join(pieces) for pieces in product(PIECES, repeat=3)]


@pytest.mark.parametrize("literal", [python_string, quoted, block])
def test_a_python_literal_reads_back_as_the_same_text(literal: object) -> None:
    assert callable(literal)
    assert [text for text in TEXTS if ast.literal_eval(literal(text)) != text] == []


def test_no_text_ends_its_docstring() -> None:
    for text in TEXTS:
        tree = ast.parse(f'"""{docstring(text)}"""')
        assert len(tree.body) == 1
        assert ast.get_docstring(tree) is not None


def test_nothing_invisible_is_shown_as_it_is() -> None:
    assert visible("a\u202eb\x1b\U000e0001") == "a\\u202eb\\x1b\\U000e0001"
    assert terminal("a\tb\r\nc\x9b") == "a    b\\x0d\nc\\u009b"


def test_json_without_invisible_characters_is_read_back_as_the_same_text() -> None:
    for text in TEXTS:
        shown = json_text(json.dumps(text, ensure_ascii="\ud800" in text))
        assert json.loads(shown) == text
        assert visible(shown) == shown

"""Applying fixes: all edits of a fix or none, and every other character stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from schemagen.base.diagnostics import Edit, Fix, Span
from schemagen.lint.fixes import apply_fixes
from schemagen.spec.source.nodes import Positions


def edit(line: int, column: int, end_column: int, text: str, end_line: int | None = None) -> Edit:
    return Edit(Span("f.yaml", line, column, end_line or line, end_column), text)


def fix(*edits: Edit) -> Fix:
    return Fix("repair", edits)


def test_replaces_inserts_and_deletes() -> None:
    text = "abc\ndef\nghi\n"
    fixes = [
        fix(edit(1, 1, 2, "A")),
        fix(edit(2, 2, 2, "--")),
        fix(edit(3, 1, 1, "", end_line=4)),
        fix(edit(1, 4, 4, "!")),
    ]
    assert apply_fixes(text, fixes) == "Abc!\nd--ef\n"
    assert apply_fixes(text, reversed(fixes)) == "Abc!\nd--ef\n"


def test_every_other_character_stays() -> None:
    text = "\ufeffa: x  # é\u2028\r\n\r\nb:\ty \rc: z"
    assert apply_fixes(text, []) == text
    assert apply_fixes(text, [fix(edit(1, 4, 5, '"x"')), fix(edit(4, 4, 5, "Z"))]) == (
        '\ufeffa: "x"  # é\u2028\r\n\r\nb:\ty \rc: Z'
    )


def test_of_overlapping_fixes_the_first_is_made() -> None:
    assert apply_fixes("abcdef", [fix(edit(1, 3, 5, "X")), fix(edit(1, 1, 4, "Y"))]) == "Ydef"
    assert apply_fixes("abcdef", [fix(edit(1, 1, 3, "X")), fix(edit(1, 3, 5, "Y"))]) == "XYef"
    assert apply_fixes("abcdef", [fix(edit(1, 2, 2, "X")), fix(edit(1, 2, 2, "Y"))]) == "aXbcdef"
    assert apply_fixes("abcdef", [fix(edit(1, 2, 2, "X"))] * 3) == "aXbcdef"
    assert apply_fixes("abcdef", [fix(edit(1, 2, 4, "X")), fix(edit(1, 4, 4, ","))]) == "aX,ef".replace("e", "de")


def test_all_edits_of_a_fix_or_none() -> None:
    both = fix(edit(1, 6, 7, "F"), edit(1, 1, 2, "A"))
    assert apply_fixes("abcdef", [both]) == "AbcdeF"
    assert apply_fixes("abcdef", [fix(edit(1, 1, 3, "X")), both]) == "AbcdeF"
    assert apply_fixes("abcdef", [fix(edit(1, 1, 1, "X")), both]) == "Xabcdef"
    assert apply_fixes("abcdef", [fix(edit(1, 1, 2, "A"), edit(9, 1, 2, "F"))]) == "abcdef"


def test_a_fix_outside_of_the_text_is_left_out() -> None:
    for bad in (edit(0, 1, 1, "X"), edit(2, 1, 1, "X"), edit(1, 3, 9, "X"), edit(1, 3, 2, "X"), edit(1, 1, 1, "X", 5)):
        assert apply_fixes("abc", [fix(bad)]) == "abc"


@given(st.text(st.sampled_from("ab\r\n\u2028é"), max_size=20), st.data())
def test_positions_and_fixes_agree(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    span = Positions("f.yaml", text).span(start, end)
    assert apply_fixes(text, [Fix("repair", (Edit(span, "<>"),))]) == f"{text[:start]}<>{text[end:]}"

"""The documents of every case are Markdown as it was meant: whole tables, no dead links, no HTML, nothing executed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docs_reader import dead_links, fences, headings, raw_table_widths, structure, untidy

if TYPE_CHECKING:
    from built_cases import Case


@pytest.fixture(scope="session")
def documents(case: Case) -> dict[str, str]:
    """Every Markdown file: path below the output folder → text."""
    return {
        file.relative_to(case.output).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted(case.output.rglob("*.md"))
    }


def test_there_is_one_a_spec_and_the_guide(case: Case, documents: dict[str, str]) -> None:
    expected = {f"docs/{document.name}.md" for document in case.schema.documents}
    assert documents.keys() == expected | {"migrations/README.md"}


def test_they_are_tidy_and_their_tables_are_whole(documents: dict[str, str]) -> None:
    for path, text in documents.items():
        assert untidy(text) == [], path
        for width, rows in raw_table_widths(text):
            assert rows == [width] * len(rows), path


def test_every_link_leads_somewhere(case: Case, documents: dict[str, str]) -> None:
    known = {file.relative_to(case.output).as_posix() for file in case.output.rglob("*") if file.is_file()}
    assert dead_links(documents, known) == []


def test_no_text_of_a_spec_becomes_html_or_an_image(documents: dict[str, str]) -> None:
    for path, text in documents.items():
        kinds = {kind for kind, _ in structure(text)}
        assert not kinds & {"html_block", "html_inline", "image"}, path


def test_every_table_has_its_section_and_every_query_both_texts(case: Case, documents: dict[str, str]) -> None:
    for document in case.schema.documents:
        text = documents[f"docs/{document.name}.md"]
        assert all(
            any(table.name in heading for heading in headings(text)) for table in case.schema.of_document(document)
        )
        shown = " ".join(" ".join(block.split()) for block in fences(text, "sql"))
        for query in case.schema.queries_of(document):
            for sql in filter(None, (query.sql.postgres, query.sql.sqlite)):
                assert " ".join(sql.split()) in shown, query.name

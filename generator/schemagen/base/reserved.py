"""The words that cannot stand bare as a name, for each engine."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


POSTGRES = _words(
    """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast
    char character check coalesce collate collation column concurrently constraint create cross current_catalog
    current_date current_role current_schema current_time current_timestamp current_user dec decimal default deferrable
    desc distinct do else end except exists extract false fetch float for foreign freeze from full grant greatest group
    grouping having ilike in initially inner inout int integer intersect interval into is isnull join json json_array
    json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value
    lateral leading least left like limit localtime localtimestamp merge_action national natural nchar none normalize
    not notnull null nullif numeric offset on only or order out outer overlaps overlay placing position precision
    primary real references returning right row select session_user setof similar smallint some substring symmetric
    system_user table tablesample then time timestamp to trailing treat trim true union unique user using values varchar
    variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces
    xmlparse xmlpi xmlroot xmlserialize xmltable
    """
)
"""What ``quote_ident()`` quotes: every word of ``pg_get_keywords()`` that is not unreserved, on PostgreSQL 16 or 18."""

POSTGRES_BARE = _words(
    """
    between bigint bit boolean char character coalesce dec decimal exists extract float greatest grouping inout int
    integer interval json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar
    json_serialize json_table json_value least merge_action national nchar none normalize nullif numeric out overlay
    position precision real row setof smallint substring time timestamp treat trim values varchar xmlattributes
    xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
    """
)
"""Those of them that stand bare as the name of a table or column: no function or type may be called so, that is all
(PostgreSQL, "Appendix C. SQL Key Words")."""

SQLITE = _words(
    """
    add all alter and as autoincrement between case cast check collate commit constraint create current_date
    current_time current_timestamp default deferrable delete distinct drop else escape except exists foreign from group
    having if in index insert intersect into is isnull join limit not nothing notnull null on or order primary raise
    references returning select set table then to transaction union unique update using values when where with

    cross current false full glob indexed inner left like match natural oid outer regexp right rowid true
    """
)
"""The keywords (SQLite, "SQL Keywords") that SQLite 3.40 refuses as the name of a table, column, constraint, index or
trigger; below them words that it takes but reads as something else in some places: joins, operators, literals, the
number of a row."""

PARSER = _words(
    """
    alter any connect_by_root describe drop fetch for function glob grant if ilike insert lateral partitioned_by qualify
    regexp revoke rlike rollback tablesample uncache xor
    """
)
"""Words that the engines take bare, but the parser of sqlglot 30.30 does not; tools that read our files are like it."""

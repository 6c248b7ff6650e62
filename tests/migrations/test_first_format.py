"""Locks of format 1, which kept sentences: they load, and what those say is known as of any other lock."""

from __future__ import annotations

from pathlib import Path

from schemagen.migrations.first_format import change_of
from schemagen.migrations.lock import dumps, loads
from schemagen.verify.recorded_changes import recorded_changes

OLD = Path(__file__).parents[1] / "cases/locks/format_1.json"

SENTENCES = (
    "rename table b to a",
    "alter table a: add column n (enum(x; y, z)); drop column d; rename column p to q; add constraint uq_a_n",
    "alter table a: alter column t: type text → varchar(3), can't be NULL; alter column m: type date → text",
    "drop table c",
    "create table d",
    "alter table f: add check ck_f `a = '; drop column g'`; alter column h: default `1` → `type date → text`",
    "drop table i with index idx_i (a)",
)


def test_a_lock_of_the_first_format_loads_and_is_written_in_this_one() -> None:
    lock = loads(OLD.read_bytes())
    assert [(change.text, change.effect) for each in lock.migrations for change in each.changes] == [
        (change.text, change.effect) for each in loads(dumps(lock).encode()).migrations for change in each.changes
    ]
    assert [change.tables for each in lock.migrations for change in each.changes]


def test_the_sentences_of_the_first_format_are_read() -> None:
    found = recorded_changes(map(change_of, SENTENCES))
    assert list(found.tables.pairs(["b", "c", "e", "i"], ["a", "c", "d", "e"])) == [("b", "a"), ("e", "e")]
    assert list(found.columns["a"].pairs(["p", "d", "k"], ["q", "n", "d", "k"])) == [("p", "q"), ("k", "k")]
    assert found.retyped == {("a", "t")}
    assert found.changed == {("a", "m")}
    assert found.constrained == {"a", "f"}
    assert list(found.columns["f"].pairs(["g", "h"], ["g", "h"])) == [("g", "g"), ("h", "h")]
    assert recorded_changes([change_of("step fill_names: fill the names")]).is_step
    assert change_of("online: alter table a: add index i (n)").tables == ("a",)
    assert change_of("add foreign key fk_a to table a").tables == ("a",)

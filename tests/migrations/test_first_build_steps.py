"""A first build looks at each table a bounded number of times, however many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemagen.migrations.first_build import first_build
from schemagen.project.pipeline import Options, load
from schemagen.schema.model import Schema

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = "id: {type: integer, primary_key: true}, next: {references: t%s.id, on_delete: cascade}"


class _Counted(tuple[Any, ...]):
    """Tables that count how many of them are handed out."""

    __slots__ = ()
    seen = 0

    def __iter__(self) -> Any:
        type(self).seen += len(self)
        return super().__iter__()

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        type(self).seen += len(found) if isinstance(key, slice) else 1
        return found


def _looks(folder: Path, tables: int) -> int:
    lines = [f"  t{number}: {{columns: {{{_COLUMNS % max(0, number - 1)}}}}}" for number in range(tables)]
    folder.mkdir()
    (folder / "all.yaml").write_text("schemagen: 1\ntables:\n" + "\n".join(lines), encoding="utf-8")
    schema = Schema(_Counted(load(Options(folder, folder / "output")).schema.tables))
    _Counted.seen = 0
    assert len(first_build(schema)) == tables
    return _Counted.seen


def test_its_steps_grow_with_the_tables(tmp_path: Path) -> None:
    assert _looks(tmp_path / "few", 10) * 4 >= _looks(tmp_path / "many", 40)

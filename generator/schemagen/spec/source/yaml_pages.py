"""The codes of mistakes in YAML, each with the page that ``schemagen explain`` prints."""

from __future__ import annotations

from typing import Final

DUPLICATE_KEY: Final = "SG004"
SYNTAX: Final = "SG020"
TAB: Final = "SG021"
UNCLOSED: Final = "SG022"
QUOTE_THIS: Final = "SG023"
KEY_WITHOUT_VALUE: Final = "SG024"
SEVERAL_DOCUMENTS: Final = "SG025"
TAG: Final = "SG026"
UNKNOWN_ALIAS: Final = "SG027"
RECURSIVE_ALIAS: Final = "SG028"
MERGE_KEY: Final = "SG029"
TOO_MANY_VALUES: Final = "SG030"
TOO_DEEP: Final = "SG031"
COMPLEX_KEY: Final = "SG032"
NOT_A_MAPPING: Final = "SG033"
INDENTATION: Final = "SG034"
MISSING_COMMA: Final = "SG035"

PAGES: Final[dict[str, str]] = {
    DUPLICATE_KEY: """\
# SG004: A key is written twice

YAML readers silently keep one of two equal keys, so a column or an index would be lost without a word.

Wrong:

```
columns:
  id: {type: uuid}
  id: {type: bigint}
```

Right:

```
columns:
  id: {type: uuid}
```

The diagnostic names both places.
""",
    SYNTAX: """\
# SG020: The file can't be read as YAML

YAML met something that can't stand there. Nothing after that place was read, so other mistakes of the same
file may follow.

Wrong:

```
title Orders
```

Right:

```
title: Orders
```

A text that holds one of `{ } [ ] # ,` or a colon before a space is best quoted.
""",
    TAB: """\
# SG021: A tab in the indentation

YAML indents with spaces only, because tabs are shown with different widths.

Wrong:

```
tables:
<tab>orders:
```

Right:

```
tables:
  orders:
```
""",
    UNCLOSED: """\
# SG022: A quote or a bracket is never closed

The diagnostic points at the place where it was opened, which is seldom the place where reading stopped.

Wrong:

```
title: "Orders
indexes: [{columns: [a]}
```

Right:

```
title: "Orders"
indexes: [{columns: [a]}]
```
""",
    QUOTE_THIS: """\
# SG023: A text has to be quoted

Inside of `{…}` and `[…]` an unquoted comma or bracket ends a text, and everywhere a colon before a space
begins a value. YAML then splits the text, often without an error: `{type: numeric(8,2)}` is a type
`numeric(8` and a key `2)`.

Wrong:

```
price: {type: numeric(8,2), description: Net, without tax}
```

Right:

```
price: {type: "numeric(8,2)", description: "Net, without tax"}
```

`schemagen lint --fix` adds the quotes: double ones, or single ones if the text holds double quotes or
backslashes.
""",
    KEY_WITHOUT_VALUE: """\
# SG024: A key without a value in `{…}`

A word between two commas is a key without a value: a flag whose `true` was forgotten, or a piece of a text
that should have been quoted.

Wrong:

```
id: {type: uuid, primary_key}
```

Right:

```
id: {type: uuid, primary_key: true}
```

For flags such as `primary_key`, `schemagen lint --fix` adds the value.
""",
    SEVERAL_DOCUMENTS: """\
# SG025: Several YAML documents in one file

A spec file is one document. What follows the second `---` is not read.

Wrong:

```
title: Orders
---
title: Stock
```

Right:

```
title: Orders
```

Put the other one into a file of its own.
""",
    TAG: """\
# SG026: A YAML tag

Tags such as `!!str` or `!!python/object` are no part of the language: every value is read by the type of its
key.

Wrong:

```
version: !!str 1.10
```

Right:

```
version: 1.10
```

A text that begins with `!` has to be quoted.
""",
    UNKNOWN_ALIAS: """\
# SG027: An alias without an anchor

`*name` repeats the value that `&name` marked earlier in the same file.

Wrong:

```
created_at: *created
```

Right:

```
created_at: &created {type: timestamptz}
updated_at: *created
```

A text that begins with `*` or `&` has to be quoted.
""",
    RECURSIVE_ALIAS: """\
# SG028: An alias inside of what it repeats

The value would hold itself and never end.

Wrong:

```
default: &a {json: {again: *a}}
```

Right:

```
default: {json: {again: null}}
```
""",
    MERGE_KEY: """\
# SG029: A merge key

`<<` is an extension of YAML 1.1 that most readers have dropped. An alias for a whole value does the same for
repeated columns.

Wrong:

```
created_at:
  <<: *timestamp
  description: When it began
```

Right:

```
created_at: &created {type: timestamptz, description: When it began}
# in another table
created_at: *created
```
""",
    TOO_MANY_VALUES: """\
# SG030: Too many values

A file may hold two million values, those that aliases repeat counted each time. A few lines of nested aliases
can stand for billions; they are refused before they are followed.

Wrong:

```
a: &a [x, x]
b: &b [*a, *a]
c: &c [*b, *b]    # and so on
```

Right:

```
a: [x, x]
```
""",
    TOO_DEEP: """\
# SG031: Nested too deeply

A value may be nested a hundred levels deep. The language itself needs about ten.

Wrong:

```
default: [[[[…]]]]
```

Right:

```
default: []
```
""",
    COMPLEX_KEY: """\
# SG032: A key that is not a text

YAML allows lists and mappings as keys; the spec language does not.

Wrong:

```
? [a, b]
: {type: text}
```

Right:

```
a_b: {type: text}
```

A key that begins with `{` or `[` has to be quoted.
""",
    NOT_A_MAPPING: """\
# SG033: The file holds no mapping

A spec is a mapping: `schemagen`, `title`, `tables` and so on. This file holds a list or a text.

Wrong:

```
- orders
- stock
```

Right:

```
tables:
  orders: {}
  stock: {}
```
""",
    INDENTATION: """\
# SG034: Indentation that does not fit

All keys of a mapping, and all items of a list, begin in the same column; what belongs to a key is indented
deeper.

Wrong:

```
orders:
    description: All orders
  columns: {}
```

Right:

```
orders:
  description: All orders
  columns: {}
```
""",
    MISSING_COMMA: """\
# SG035: A comma is missing in `{…}`

Two entries follow each other without a comma, so YAML takes the second key for a part of the first value.

Wrong:

```
id: {type: uuid primary_key: true}
```

Right:

```
id: {type: uuid, primary_key: true}
```

`schemagen lint --fix` inserts the comma.
""",
}

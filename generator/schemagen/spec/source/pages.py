"""The codes of mistakes in files and YAML (SG0xx), each with the page that ``schemagen explain`` prints."""

from __future__ import annotations

from typing import Final

NO_FOLDER: Final = "SG001"
NO_SPECS: Final = "SG002"
UNREADABLE: Final = "SG003"
DUPLICATE_KEY: Final = "SG004"
NOT_A_FILE: Final = "SG005"
TOO_LARGE: Final = "SG006"
ENCODING: Final = "SG007"
CONTROL_CHARACTER: Final = "SG008"
FILE_NAME: Final = "SG009"
SAME_DOCUMENT: Final = "SG010"
EMPTY_FILE: Final = "SG011"
LINKED_FOLDER: Final = "SG012"
LINKED_OUT: Final = "SG013"
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
    NO_FOLDER: """\
# SG001: The spec folder can't be opened

The folder that `--specs` (or the configuration) names is not there, is not a folder, or may not be read.

Wrong:

```
$ schemagen build --specs spec
```

Right:

```
$ schemagen build --specs specs
```

`schemagen init` makes a folder with a first spec.
""",
    NO_SPECS: """\
# SG002: The spec folder holds no spec

Specs are the `*.yaml` and `*.yml` files at any depth below the folder. Hidden files and folders, whose names
begin with a dot, are left out. A project whose last table goes keeps one file, with `tables: {}`.

Wrong:

```
specs/chat.json
```

Right:

```
specs/chat.yaml
```
""",
    UNREADABLE: """\
# SG003: A file or folder can't be read

The system refused to open it: it may not be read by this user, or it is a link that leads nowhere or to
itself.

Wrong:

```
specs/chat.yaml -> chat.yaml
```

Right:

```
specs/chat.yaml -> ../shared/chat.yaml
```
""",
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
    NOT_A_FILE: """\
# SG005: Not a regular file

Something with the name of a spec is a pipe, a socket or a device. It is not opened, because reading it could
wait forever.

Wrong:

```
$ mkfifo specs/chat.yaml
```

Right:

```
$ cat > specs/chat.yaml
```
""",
    TOO_LARGE: """\
# SG006: The file is too large

A spec file may have 16 MB, which is about ten thousand tables.

Wrong:

```
specs/everything.yaml
```

Right:

```
specs/sales.yaml
specs/stock.yaml
```

Files refer to each other's tables freely, in any order.
""",
    ENCODING: r"""# SG007: The file is not UTF-8

Specs are UTF-8, with or without a byte order mark. The diagnostic points at the first byte that is not.

Wrong:

```
description: Caf\xe9     # Latin-1
```

Right:

```
description: Café        # UTF-8
```

`iconv -f latin1 -t utf-8` converts a file.
""",
    CONTROL_CHARACTER: r"""# SG008: A character that can't stand in a spec

Control characters, NUL, and the line separators U+0085, U+2028 and U+2029 are invisible in an editor, and
YAML readers disagree on what they mean.

Wrong:

```
title: Orders<U+2028>2
```

Right:

```
title: "Orders\u20282"
```

In double quotes every character but NUL has an escape.
""",
    FILE_NAME: r"""# SG009: A file name that can't name a document

Each spec makes a document of the same name, which has to be a file name on every system and harmless in a
terminal. A name may not begin with `-`, end in a blank or a dot, or hold control characters or one of `< > :
" \ | ? *`.

Wrong:

```
specs/chat?.yaml
```

Right:

```
specs/chat.yaml
```
""",
    SAME_DOCUMENT: """\
# SG010: Two files would make the same document

The document is named after the file, without its suffix; many file systems make no difference of case.

Wrong:

```
specs/chat.yaml
specs/Chat.yml
```

Right:

```
specs/chat.yaml
specs/chat-archive.yaml
```
""",
    EMPTY_FILE: """\
# SG011: The file is empty

It holds nothing but blanks and comments, so no document can be made from it.

Wrong:

```
# to do
```

Right:

```
schemagen: 1
title: Orders
tables: {}
```

Delete the file if it is not needed.
""",
    LINKED_FOLDER: """\
# SG012: A linked folder is not entered

Links to folders can lead in circles or read the same spec twice, so they are left out. This is a warning.

Wrong:

```
specs/shared -> ../../shared
```

Right:

```
specs/shared/users.yaml -> ../../../shared/users.yaml
```

Links to files of the project are read.
""",
    LINKED_OUT: """\
# SG013: A spec that is a link to a place outside of the project

A mistake is shown with its line, so a link could show any file of whoever builds somebody else's repository. Links to
files of the project are read: of the git repository where there is one, else of the current or the spec folder.

Wrong:

```
specs/users.yaml -> /srv/schema/users.yaml
```

Right:

```
specs/users.yaml -> ../shared/users.yaml
```
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

A text that holds one of `{ } [ ] # ,` or a colon before a blank is best quoted.
""",
    TAB: """\
# SG021: A tab in the indentation

YAML indents with blanks only, because tabs are shown with different widths.

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

Inside of `{…}` and `[…]` an unquoted comma or bracket ends a text, and everywhere a colon before a blank
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
# SG032: A key that is no text

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
"""Code to Markdown: what it means, an example, what to do instead."""

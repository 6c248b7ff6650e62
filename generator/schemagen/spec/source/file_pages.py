"""The codes of mistakes in files and folders, each with the page that ``schemagen explain`` prints."""

from __future__ import annotations

from typing import Final

NO_FOLDER: Final = "SG001"
NO_SPECS: Final = "SG002"
UNREADABLE: Final = "SG003"
NOT_A_FILE: Final = "SG005"
TOO_LARGE: Final = "SG006"
ENCODING: Final = "SG007"
CONTROL_CHARACTER: Final = "SG008"
FILE_NAME: Final = "SG009"
SAME_DOCUMENT: Final = "SG010"
EMPTY_FILE: Final = "SG011"
LINKED_FOLDER: Final = "SG012"
LINKED_OUT: Final = "SG013"

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
terminal. A name may not begin with `-`, end in a space or a dot, or hold control characters or one of `< > :
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

It holds nothing but spaces and comments, so no document can be made from it.

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

Links to folders can lead in cycles or read the same spec twice, so they are left out. This is a warning.

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
}

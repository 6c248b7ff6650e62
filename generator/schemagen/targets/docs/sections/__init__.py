"""The sections of the spec document: each module turns one part of a schema into finished Markdown."""

"""The form of a page: what is wrong, why it is refused, an example of it and one that is right."""

from __future__ import annotations


def page(code: str, title: str, why: str, wrong: str = "", right: str = "", *, fence: str = "yaml") -> str:
    """A page in Markdown; the examples are left out where there is nothing to show."""
    parts = [f"# {code}: {title}", why.strip()]
    for heading, example in (("Wrong", wrong), ("Right", right)):
        if example:
            parts.append(f"{heading}:\n\n```{fence}\n{example.strip()}\n```")
    return "\n\n".join(parts) + "\n"

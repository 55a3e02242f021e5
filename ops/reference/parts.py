"""Marked parts of pages that commands write: `<!-- generated: NAME -->` to `<!-- /generated -->`."""

import re
from collections.abc import Callable, Mapping

_PART = re.compile(r"(<!-- generated: (?P<name>[a-z ]+) -->\n).*?(<!-- /generated -->)", re.DOTALL)


def fill(page: str, parts: Mapping[str, Callable[[], str]]) -> str:
    """Return a page with each marked part replaced by the text of its name."""
    return _PART.sub(lambda part: f"{part[1]}\n{parts[part['name']]()}\n\n{part[3]}", page)

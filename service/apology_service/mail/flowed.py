"""`format=flowed` (RFC 3676): lines that end in a space go on in the next."""

import re

from apology_service.mail.tracked import Tracked

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_SIGNATURE = "-- "


def unfolded(text: str, *, delete_space: bool) -> Tracked:
    """`text` with its paragraphs on one line each. Quoted lines stay as they are: they are not the sender's."""
    kept: list[int] = []
    for found in _LINE.finditer(text):
        content = found.group().rstrip("\r\n")
        begin = found.start()
        end = begin + len(content)
        if content.startswith(">"):
            kept.extend(range(begin, found.end()))
            continue
        begin += content.startswith(" ")  # put there to protect a line that begins with a space, `>` or `From`
        soft = content.endswith(" ") and text[begin:end] != _SIGNATURE
        soft = soft and not text.startswith(">", found.end())
        kept.extend(range(begin, end - (soft and delete_space)) if soft else range(begin, found.end()))
    return Tracked.kept(text, kept)

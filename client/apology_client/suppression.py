"""The word of a sender who knows better: a header field of the mail that silences rules, and is never sent.

Apology-Review-Allow: missing-contact, house.reach-out; they have my number
"""

import re

FIELD = "Apology-Review-Allow"
_HEAD = re.compile(rb"(?:[^\r\n]+\r?\n)*")
_FIELD = re.compile(rb"^" + FIELD.encode() + rb"[ \t]*:((?:[^\r\n]|\r?\n[ \t])*)\r?\n", re.I | re.M)


def silenced_rules(message: bytes) -> frozenset[str]:
    """The ids that the sender of `message` names, up to a semicolon, after which the reason stands."""
    found = (field[1].partition(b";")[0] for field in _FIELD.finditer(header_fields(message)))
    return frozenset(name.decode("ascii", "replace") for names in found for name in re.split(rb"[\s,]+", names) if name)


def without_suppression(message: bytes) -> bytes:
    """`message` as it is sent: without the field, and otherwise the same bytes."""
    head = header_fields(message)
    return _FIELD.sub(b"", head) + message[len(head) :]


def header_fields(message: bytes) -> bytes:
    """Of a message or of its beginning; each with its line end."""
    found = _HEAD.match(message)
    return found.group() if found else b""

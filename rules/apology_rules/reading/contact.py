"""Telephone numbers and addresses: can the recipient reach somebody?"""

import re

_PHONE = re.compile(r"(?<![\w£$€.,/-])\+?\(?\d(?:[\s().-]?\d){6,14}(?![\w%])")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+", re.I)
_NO_REPLY = re.compile(r"\bno-?\s?reply|\bdo[ -]?not[ -]reply|\bdonotreply|please (?:do )?not (?:answer|reply)", re.I)


def phone_or_mail(text: str) -> bool:
    """Whether `text` holds a telephone number or a mail address that somebody reads."""
    return bool(_PHONE.search(text)) or any(not _NO_REPLY.search(m.group()) for m in _EMAIL.finditer(text))


def refuses_reply(text: str) -> bool:
    """Whether `text` says that nobody reads an answer."""
    return bool(_NO_REPLY.search(text))

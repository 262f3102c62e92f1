"""HTML and whole messages: the sender's own words in them, and where each word stood."""

from apology_service.mail.faults import UnreadableError
from apology_service.mail.origin import Origin, Place, ReadDraft, Unread

__all__ = ["Origin", "Place", "ReadDraft", "Unread", "UnreadableError", "read"]


def read(given: Unread) -> ReadDraft:
    """The sender's own words in what was given; UnreadableError for a broken message. A large one takes seconds."""
    from apology_service.mail.html import read_html  # here, since a server whose workers read needs none of it
    from apology_service.mail.message import read_message

    if isinstance(given.body, str):
        return read_html(given.body, given.subject)
    return read_message(given.body, given.subject)

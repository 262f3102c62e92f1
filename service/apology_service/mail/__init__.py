"""HTML and whole messages: the sender's own words in them, and where each word stood."""

from apology_service.incidents import report
from apology_service.mail.faults import UnreadableError
from apology_service.mail.origin import Origin, Place, ReadDraft, Unread

__all__ = ["Origin", "Place", "ReadDraft", "Unread", "UnreadableError", "read"]


def read(given: Unread) -> ReadDraft:
    """The sender's own words in what was given; UnreadableError for a broken message. A large one takes seconds.

    What nobody foresaw in a message is its fault, too, and is logged: who breaks the reader must not escape a review.
    """
    from apology_service.mail.html import read_html  # here, since a server whose workers read needs none of it
    from apology_service.mail.message import read_message

    try:
        if isinstance(given.body, str):
            return read_html(given.body, given.subject)
        return read_message(given.body, given.subject)
    except (UnreadableError, MemoryError):
        raise
    except Exception as error:
        incident = report(error, method="read")
        raise UnreadableError(f"cannot be read; incident {incident}") from None

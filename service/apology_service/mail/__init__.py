"""HTML and whole messages: the sender's own words in them, and where each word stood."""

from apology_service.mail.faults import UnreadableError
from apology_service.mail.html import read_html
from apology_service.mail.message import read_message
from apology_service.mail.origin import Origin, Place, ReadDraft

__all__ = ["Origin", "Place", "ReadDraft", "UnreadableError", "read_html", "read_message"]

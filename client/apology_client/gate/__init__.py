"""An SMTP content filter that stands before the queue of a mail server.

Every command of the sending side goes to the relay, and the relay's reply comes back, so that a mail is accepted by both
or by neither: nothing is queued here. Only the end of the data waits for a review, and what does not pass is refused
before the relay has seen a byte of it.
"""

from apology_client.gate.handler import Action, Gate
from apology_client.gate.journal import Journal
from apology_client.gate.relay import Relay
from apology_client.gate.server import GateServer

__all__ = ["Action", "Gate", "GateServer", "Journal", "Relay"]

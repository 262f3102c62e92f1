"""The command, in a process that kills itself whenever the relay has taken so many mails: `python mortal_gate.py N gate ...`

It dies with at least one mail between the relay's yes and its own, and with the others anywhere.
"""

import os
import signal
import smtplib
import sys
import threading
from collections.abc import Iterable

from apology_client.command import main
from apology_client.gate import handler
from apology_client.gate.relay import Noting, transfer

mails = int(sys.argv.pop(1))
taken = 0
turn = threading.Lock()


def mortal(smtp: smtplib.SMTP, blocks: Iterable[bytes], noting: Noting) -> tuple[int, bytes]:
    global taken
    reply = transfer(smtp, blocks, noting)
    with turn:
        taken += 1
        if taken >= mails:
            os.kill(os.getpid(), signal.SIGKILL)
            threading.Event().wait()  # a signal to the whole process need not stop this thread at once
    return reply


vars(handler)["transfer"] = mortal
main()

"""The command, in a process that kills itself whenever the relay has taken so many mails: `python mortal_gate.py N gate ...`

It dies with at least one mail between the relay's yes and its own, and with the others anywhere but where no mail server
can help: a mail whose last byte has gone to the relay, and whose answer is not on disk.
"""

import os
import signal
import smtplib
import sys
import threading
from collections.abc import Callable, Iterable

from apology_client.command import main
from apology_client.gate import handler
from apology_client.gate.relay import transfer

mails = int(sys.argv.pop(1))
taken = 0
under_way = 0
changed = threading.Condition()


def mortal(smtp: smtplib.SMTP, blocks: Iterable[bytes], note: Callable[[], None]) -> tuple[int, bytes]:
    global taken, under_way
    with changed:
        changed.wait_for(lambda: taken < mails)  # for ever, where it is about to die
        under_way += 1
    try:
        reply = transfer(smtp, blocks, note)
    finally:
        with changed:
            under_way -= 1
            changed.notify_all()
    with changed:
        taken += 1
        if taken >= mails:
            changed.wait_for(lambda: not under_way)
            os.kill(os.getpid(), signal.SIGKILL)
    return reply


vars(handler)["transfer"] = mortal
main()

"""What runs outside of the server's process: the nursery, which loads a reviewer once, and the workers it forks.

A worker shares the loaded pipeline with the nursery until it writes to it. Nothing here may import gRPC, which does not
survive a fork, nor start a thread before one. The server ends these processes by closing their sockets; signals that
reach a whole group of processes (Ctrl-C in a terminal, a service manager's stop) are not for them.
"""

import gc
import os
import pickle
import select
import signal
import socket
import sys
import time

from apology_rules import PipelineNotFoundError
from apology_service import logs
from apology_service.analysis import RARER, TIDY_SECONDS, WARM_UP, Reviewing
from apology_service.incidents import RemoteError, anatomy
from apology_service.mail import Unread, UnreadableError, read
from apology_service.workers.messages import (
    Begun,
    Failed,
    Job,
    Late,
    Loaded,
    NotLoaded,
    Read,
    ReadJob,
    Ready,
    Reviewed,
    Setup,
    Unreadable,
    receive,
    send,
)

_OVERTIME_SECONDS = 3.0
"""What a worker gets after its deadline: more than the server gives it, which ends it sooner if it lives."""
_MAILS = (Unread("<p>We are sorry.", ""), Unread(b"Subject: Sorry\r\n\r\nWe are sorry.", ""))


def main(control_descriptor: int) -> None:
    """The nursery: takes a Setup on its standard input, then forks a worker for each socket that comes by `control`."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # which ends the process, whatever was inherited
    setup: Setup = pickle.load(sys.stdin.buffer)
    logs.configure(setup.log_level)
    with socket.socket(fileno=control_descriptor) as control:
        try:
            reviewer = setup.load()
            for draft in (WARM_UP, RARER):  # what they load is shared; later, each worker would load it for itself
                reviewer.review(draft)
            for given in _MAILS:
                read(given)
        except PipelineNotFoundError as error:
            send(control, NotLoaded(error))
        except Exception as error:
            send(control, NotLoaded(RemoteError(anatomy(error))))
        else:
            gc.disable()  # a collection would write to what the workers are to share
            gc.collect()
            gc.freeze()
            send(control, Loaded(reviewer.versions))
            _fork_on_request(control, reviewer)


def _fork_on_request(control: socket.socket, reviewer: Reviewing) -> None:
    children: set[int] = set()
    while True:
        while not select.select((control,), (), (), TIDY_SECONDS)[0]:
            _reap(children)
        request, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        _reap(children)
        if not request:
            break
        (descriptor,) = descriptors
        if (pid := os.fork()) == 0:
            _live(control, descriptor, reviewer)
        children.add(pid)
        os.close(descriptor)
    for pid in children:
        os.kill(pid, signal.SIGKILL)


def _reap(children: set[int]) -> None:
    """Takes note of workers that have ended, so that nothing is left of them."""
    while children and (gone := os.waitpid(-1, os.WNOHANG)[0]):
        children.remove(gone)


def _live(control: socket.socket, descriptor: int, reviewer: Reviewing) -> None:
    """The life of a worker; never returns, since what stands below on the stack is the nursery's."""
    status = 1
    try:
        control.close()
        gc.enable()
        with socket.socket(fileno=descriptor) as connection:
            _work(connection, reviewer)
        status = 0
    except (EOFError, ConnectionError):
        status = 0
    finally:
        os._exit(status)


def _work(connection: socket.socket, reviewer: Reviewing) -> None:
    jobs = connection.makefile("rb")
    send(connection, Ready(os.getpid()))
    while True:
        while not select.select((connection,), (), (), TIDY_SECONDS)[0]:
            reviewer.forget_old()
        job = receive(jobs)
        assert isinstance(job, Job)
        left = job.deadline - time.monotonic()
        if left <= 0:
            send(connection, Late())
        else:
            send(connection, Begun())
            # When the server has been killed, and its nursery before it, nobody else is left to end what runs for ever.
            signal.setitimer(signal.ITIMER_REAL, left + _OVERTIME_SECONDS)
            answer = _answer(job, reviewer)
            signal.setitimer(signal.ITIMER_REAL, 0)
            send(connection, answer)


def _answer(job: Job, reviewer: Reviewing) -> Reviewed | Read | Unreadable | Failed:
    try:
        if isinstance(job, ReadJob):
            return Read(read(job.given))
        return Reviewed(reviewer.review(job.draft, context=job.context, options=job.options))
    except UnreadableError as error:
        return Unreadable(str(error))
    except Exception as error:
        return Failed(anatomy(error))

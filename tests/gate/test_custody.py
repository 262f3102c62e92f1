"""Gates that die while the relay thinks, and custodians that die: what the relay has taken comes once."""

import os
import resource
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from apology_client.gate import custodian
from tests.gate.conftest import Entries, Start, Talk
from tests.gate.processes import (
    STOPS_BEFORE_THE_ENTRY,
    STOPS_BEFORE_THE_LAST_DOT,
    Conversation,
    HeldRelay,
    peak_memory,
)

KNOWN, QUEUED = "250 2.0.0 The relay has this mail from an earlier try", "250 2.0.0 queued"
sees_processes = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not list processes")


def mail(number: int) -> bytes:
    return b"Message-ID: <%d@a.example>\r\n\r\nLunch at noon?\r\n" % number


def bring(sender: Conversation, number: int) -> None:
    """Without waiting for the reply."""
    sender.begin()
    sender.bring([mail(number), b".\r\n"])


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def runs(process: int) -> bool:
    """Zombies, whom nobody may fetch when their parent has died, do not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("reply", "next_reply"),
    [(QUEUED, KNOWN), ("451 4.3.0 not now", QUEUED), ("550 5.7.1 not this", QUEUED)],
    ids=["yes", "later", "no"],
)
def test_what_the_relay_says_after_the_death_of_the_gate_is_heard(
    relay: HeldRelay, entries: Entries, gate: Start, talk: Talk, reply: str, next_reply: str
) -> None:
    dying = gate()
    senders = [talk(dying) for _ in range(2)]
    assert [sender.send(mail(number)) for number, sender in enumerate(senders)] == [QUEUED] * 2
    asked, answer = relay.think(reply)
    for number, sender in enumerate(senders, 2):
        bring(sender, number)
        assert asked.acquire(timeout=60)
    dying.kill()
    assert [sender.reply() for sender in senders] == [""] * 2

    fresh = gate()
    assert "waiting, for at most 600 s: a gate has died, and the relay" in fresh.line()
    answer.set()
    again = talk(fresh)
    relay.say = lambda: QUEUED
    assert [again.send(mail(number)) for number in (2, 3)] == [next_reply] * 2
    assert len(set(relay.taken)) == len(relay.taken) == 4
    assert again.say("NOOP") == ["250 OK"]  # so it is done with the mails
    assert entries() == []


@pytest.mark.parametrize("program", [STOPS_BEFORE_THE_LAST_DOT, STOPS_BEFORE_THE_ENTRY], ids=["dot", "entry"])
def test_what_a_dying_gate_has_begun_its_custodian_ends(
    relay: HeldRelay, entries: Entries, gate: Start, talk: Talk, program: str
) -> None:
    dying = gate(program)
    bring(talk(dying), 1)
    dying.wait_until_it_stops_itself()
    assert entries() == []
    dying.kill()
    assert talk(gate()).send(mail(1)) == KNOWN
    assert len(relay.taken) == 1


def test_an_answer_of_which_the_gate_saw_a_part_is_heard_whole(
    relay: HeldRelay, entries: Entries, gate: Start, talk: Talk
) -> None:
    relay.blurts = b"250-2.0.0 queued, and\r\n250-"
    asked, answer = relay.think()
    dying = gate()
    bring(talk(dying), 1)
    assert asked.acquire(timeout=60)
    dying.kill()
    assert entries() == []
    answer.set()
    assert talk(gate()).send(mail(1)) == KNOWN


def test_a_relay_that_leaves_without_an_answer_is_not_waited_for(relay: HeldRelay, gate: Start, talk: Talk) -> None:
    relay.blurts = b"250-"
    asked, answer = relay.think(None)
    dying = gate()
    bring(talk(dying), 1)
    assert asked.acquire(timeout=60)
    dying.kill()
    answer.set()
    fresh = gate()
    relay.say, relay.blurts = lambda: QUEUED, b""
    assert talk(fresh).send(mail(1)) == QUEUED
    assert len(relay.taken) == 1


@sees_processes
def test_a_custodian_that_dies_is_replaced_and_keeps_no_mail_back(relay: HeldRelay, gate: Start, talk: Talk) -> None:
    lasting = gate()
    sender = talk(lasting)
    asked, answer = relay.think()
    bring(sender, 1)
    assert asked.acquire(timeout=60)
    (first,) = lasting.children
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not runs(first))
    answer.set()
    assert sender.reply() == QUEUED
    (second,) = lasting.children
    assert second != first
    assert sender.send(mail(2)) == QUEUED
    assert len(relay.taken) == 2
    sender.hang_up()
    assert "the custodian has died, and another one has taken its place" in lasting.stop()


@sees_processes
def test_a_new_custodian_is_given_the_mails_of_the_one_before(relay: HeldRelay, gate: Start, talk: Talk) -> None:
    dying = gate()
    senders = [talk(dying) for _ in range(2)]
    asked, answer = relay.think()
    bring(senders[0], 1)
    assert asked.acquire(timeout=60)
    (first,) = dying.children
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not runs(first))
    bring(senders[1], 2)
    assert asked.acquire(timeout=60)
    dying.kill()
    answer.set()
    again = talk(gate())
    assert [again.send(mail(number)) for number in (1, 2)] == [KNOWN] * 2
    assert len(relay.taken) == 2


@sees_processes
def test_signals_that_are_meant_for_the_gate_do_not_stop_its_custodian(
    relay: HeldRelay, gate: Start, talk: Talk
) -> None:
    asked, answer = relay.think()
    dying = gate()
    bring(talk(dying), 1)
    assert asked.acquire(timeout=60)
    (custodian_id,) = dying.children
    assert os.getsid(custodian_id) == custodian_id  # which no terminal has
    ignored = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
    mask = sum(1 << number - 1 for number in ignored)
    wait_until(lambda: _ignored(custodian_id) & mask == mask)
    for number in ignored:
        os.kill(custodian_id, number)
    dying.kill()
    answer.set()
    assert talk(gate()).send(mail(1)) == KNOWN


def _ignored(process: int) -> int:
    (line,) = [line for line in Path(f"/proc/{process}/status").read_text().splitlines() if line.startswith("SigIgn")]
    return int(line.split()[1], 16)


@sees_processes
def test_a_custodian_is_small_and_goes_with_its_gate(gate: Start, talk: Talk) -> None:
    stopping = gate()
    sender = talk(stopping)
    assert sender.send(mail(1)) == QUEUED
    sender.hang_up()
    (child,) = stopping.children
    assert peak_memory(child) < 24_000_000
    stopping.stop()
    wait_until(lambda: not runs(child))


@sees_processes
def test_without_a_journal_there_is_no_custodian(gate: Start, talk: Talk) -> None:
    lasting = gate(options=())
    assert talk(lasting).send(mail(1)) == QUEUED
    assert lasting.children == []


@sees_processes
@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="the system limits no other process")
def test_a_custodian_that_cannot_be_replaced_is_done_without_until_it_can(
    relay: HeldRelay, gate: Start, talk: Talk
) -> None:
    lasting = gate()
    sender = talk(lasting)
    assert sender.send(mail(1)) == QUEUED
    (first,) = lasting.children
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not runs(first))
    limits = resource.prlimit(lasting.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(lasting.process.pid, resource.RLIMIT_NOFILE, (3, limits[1]))
    assert sender.send(mail(2)) == QUEUED
    resource.prlimit(lasting.process.pid, resource.RLIMIT_NOFILE, limits)
    assert sender.send(mail(3)) == QUEUED
    assert len(relay.taken) == 3
    sender.hang_up()
    said = lasting.stop()
    assert "the custodian has died, and mails go on without one: Too many open files" in said
    assert "the custodian has died, and another one has taken its place" in said


@pytest.mark.parametrize(
    ("sent", "line"),
    [
        (b"250 OK\r\n", b"250 OK\r\n"),
        (b"250-2.0.0 and\r\n250 so on\r\n", b"250 so on\r\n"),
        (b"451 4.3.0 not now\n221 bye\r\n", b"451 4.3.0 not now\n"),
        (b"250 OK\r", b""),
        (b"250-OK\r\n25", b""),
        (b"", b""),
    ],
)
def test_an_answer_is_known_when_it_is_whole_and_stays_where_it_is(sent: bytes, line: bytes) -> None:
    near, far = socket.socketpair()
    with near, far:
        far.sendall(sent)
        far.shutdown(socket.SHUT_WR)
        assert custodian.answer(near) == line
        assert near.recv(100) == sent


def test_a_relay_may_not_think_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custodian, "ANSWER_SECONDS", 0.05)
    near, far = socket.socketpair()
    with near, far:
        far.sendall(b"250-")
        with pytest.raises(TimeoutError):
            custodian.answer(near)

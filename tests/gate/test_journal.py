"""Gates that are killed, and senders that hang up: no mail is lost, and none comes twice where a journal is kept."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from apology_client.gate import Journal
from apology_client.gate.journal import digest_of
from apology_client.gate.mail import Mail
from tests.gate.conftest import Entries, Start, Talk
from tests.gate.processes import STOPS_AFTER_THE_ENTRY, HeldRelay

MAIL = b"Received: from a; Mon, 5 May 2025 10:0%d:00\r\nMessage-ID: <1@a.example>\r\n\r\nLunch at noon?\r\n"


def test_a_gate_that_dies_between_the_relays_yes_and_its_own_does_not_pass_the_mail_on_again(
    relay: HeldRelay, entries: Entries, gate: Start, talk: Talk
) -> None:
    dying = gate(STOPS_AFTER_THE_ENTRY)
    sender = talk(dying)
    sender.begin()
    sender.bring([MAIL % 1, b".\r\n"])
    dying.wait_until_it_stops_itself()
    assert len(entries()) == len(relay.taken) == 1
    dying.kill()
    assert sender.reply() == ""

    fresh = gate()
    again = talk(fresh)
    assert again.send(MAIL % 2) == "250 2.0.0 The relay has this mail from an earlier try"
    assert len(relay.taken) == 1
    assert again.say("NOOP") == ["250 OK"]  # so it is done with the mail
    assert entries() == []
    assert again.send(MAIL % 3) == "250 2.0.0 queued"  # the same words once more, and this time they are meant
    assert len(relay.taken) == 2
    again.hang_up()
    assert "taken before" in fresh.stop()


def test_a_gate_that_dies_before_the_relays_answer_loses_nothing(
    relay: HeldRelay, entries: Entries, gate: Start, talk: Talk
) -> None:
    asked, answer = relay.think(None)
    dying = gate()
    sender = talk(dying)
    sender.begin()
    sender.bring([MAIL % 1, b".\r\n"])
    assert asked.acquire(timeout=60)
    dying.kill()
    assert sender.reply() == ""
    answer.set()
    assert entries() == relay.taken == []

    relay.say = lambda: "250 2.0.0 queued"
    fresh = gate()
    again = talk(fresh)
    assert again.send(MAIL % 2) == "250 2.0.0 queued"
    assert len(relay.taken) == 1


def test_a_sender_who_hangs_up_and_tries_again_while_the_relay_thinks_is_not_served_twice(
    relay: HeldRelay, entries: Entries, gate: Start, talk: Talk
) -> None:
    asked, answer = relay.think()
    fresh = gate()
    impatient = talk(fresh)
    impatient.begin()
    impatient.bring([MAIL % 1, b".\r\n"])
    assert asked.acquire(timeout=60)
    impatient.hang_up()
    again = talk(fresh)
    again.begin()
    again.bring([MAIL % 2, b".\r\n"])
    other = talk(fresh)
    assert other.say("NOOP") == ["250 OK"]  # the gate is not held up
    answer.set()
    assert again.reply() == "250 2.0.0 The relay has this mail from an earlier try"
    assert len(relay.taken) == 1
    assert again.say("NOOP") == ["250 OK"]
    assert entries() == []


def test_two_senders_with_the_same_mail_at_once_are_both_served(
    relay: HeldRelay, entries: Entries, gate: Start, talk: Talk
) -> None:
    asked, answer = relay.think()
    fresh = gate()
    senders = [talk(fresh) for _ in range(2)]
    for sender in senders:
        sender.begin()
        sender.bring([MAIL % 1, b".\r\n"])
    assert asked.acquire(timeout=60)
    answer.set()
    assert [sender.reply() for sender in senders] == ["250 2.0.0 queued"] * 2
    assert len(relay.taken) == 2
    assert [sender.say("NOOP") for sender in senders] == [["250 OK"]] * 2
    assert entries() == []


def test_a_second_gate_may_not_have_the_same_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    with pytest.raises(BlockingIOError):
        Journal(tmp_path)
    command = [sys.executable, "-m", "apology_client", "gate", "--server", "127.0.0.1:1", "--journal"]
    second = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True)
    assert second.returncode != 0
    assert f"the journal {tmp_path} is in use by another gate" in second.stderr
    journal.close()
    (tmp_path / "file").touch()
    wrong = subprocess.run([*command, str(tmp_path / "file" / "x")], capture_output=True, text=True)
    assert "cannot keep a journal" in wrong.stderr


def test_entries_are_forgotten_after_five_days(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    young, old = "1" * 64, "2" * 64
    for digest, days in ((young, 4.9), (old, 5.1)):
        journal.record(digest)
        os.utime(tmp_path / digest, (time.time() - days * 86400,) * 2)
    (tmp_path / "notes").touch()
    assert (journal.holds(young), journal.holds(old)) == (True, False)
    journal.close()
    Journal(tmp_path).close()
    assert sorted(os.listdir(tmp_path)) == [young, "lock", "notes"]


def test_what_tells_a_mail_from_others() -> None:
    def digest(mail: bytes, sender: str = "jo@a.example", recipients: tuple[str, ...] = ("b", "c")) -> str | None:
        with Mail() as whole:
            whole.append(mail)
            return digest_of(whole, sender, recipients)

    same = digest(MAIL % 1)
    assert same is not None
    assert same == digest(MAIL % 2) == digest(MAIL % 1, recipients=("c", "b"))
    earlier_hop = b"Received: from b; Mon, 5 May 2025 09:00:00\r\n"
    others = {digest(MAIL % 1, sender=""), digest(MAIL % 1, recipients=("b",)), digest(MAIL % 1 + b"\r\n")}
    others |= {digest(earlier_hop + MAIL % 1), digest(MAIL.replace(b"<1@", b"<2@") % 1)}
    assert len(others - {same, None}) == 5
    assert digest(b"Subject: no date\r\n\r\nMessage-ID: <1@a.example>\r\n") is None

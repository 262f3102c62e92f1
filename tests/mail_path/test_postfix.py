"""Two thousand mails through Postfix and the gate, while reviewer and gate are killed and started again."""

import grp
import mailbox
import os
import pwd
import random
import re
import signal
import smtplib
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.mail_path.conftest import Processes, needs, wait_for
from tests.ports import free_port

MAILS = int(os.environ.get("MAIL_PATH_MAILS", "2000"))
GATE_DEATHS = 10
SENDERS = 8
THINKS = 1  # second(s), in which a gate may die
BAD = (
    "We left the chair at the wrong house. We are sorry if this upset you, but you should have told us about the door."
)
GOOD = (
    "The parcel with the spare wheels left our depot this morning and will be with you tomorrow between nine and noon."
)


@dataclass
class Postfix:
    """A Postfix of its own: mail comes in at `submission`, goes to the `gate`, and comes back to the `relay`."""

    home: Path
    submission: int
    relay: int
    gate: int
    spool: Path

    def run(self, command: str) -> None:
        done = subprocess.run(
            ["/usr/sbin/postfix", "-c", str(self.home / "etc"), command], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr

    def delivered(self) -> Counter[str]:
        """How often each mail arrived, by its number."""
        return Counter(str(mail["X-Number"]) for mail in mailbox.Maildir(self.spool))


@pytest.fixture
def postfix(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postfix]:
    """A parameter is for how many seconds it thinks, once a mail has come back whole."""
    needs("postfix")
    if os.geteuid():
        pytest.skip("Postfix is started by root")
    home = tmp_path_factory.mktemp("postfix")
    for parent in (home, *home.parents):
        if parent.stat().st_mode & 0o001 == 0:
            parent.chmod(parent.stat().st_mode | 0o011)
    made = Postfix(home, free_port(), free_port(), free_port(), home / "mail" / "sam")
    for name in ("etc", "queue", "data"):
        (home / name).mkdir()
    os.chown(home / "data", pwd.getpwnam("postfix").pw_uid, grp.getgrnam("postfix").gr_gid)
    for name in (
        "mail",
        "mail/sam",
        "mail/sam/tmp",
        "mail/sam/new",
        "mail/sam/cur",
    ):  # deliveries would race to make them
        (home / name).mkdir()
        os.chown(home / name, pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
    (home / "etc" / "main.cf").write_text(
        f"compatibility_level = 3.6\nqueue_directory = {home}/queue\ndata_directory = {home}/data\n"
        "inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmyhostname = mail.test.example\nmydestination =\n"
        f"mynetworks = 127.0.0.0/8\nlocal_recipient_maps =\nmail_spool_directory = {home}/mail/\n"
        "alias_maps =\nalias_database =\nlocal_transport = error:no local mail\n"
        f"virtual_mailbox_base = {home}/mail\nvirtual_mailbox_domains = test.example\nvirtual_mailbox_maps = static:sam/\n"
        f"virtual_uid_maps = static:{pwd.getpwnam('nobody').pw_uid}\nvirtual_gid_maps = static:{pwd.getpwnam('nobody').pw_gid}\n"
        f"virtual_mailbox_limit = 0\nmaillog_file = {home}/log\nmaillog_file_prefixes = {home}\n"
        "smtpd_client_connection_rate_limit = 0\nsmtpd_peername_lookup = no\n"
        "notify_classes =\n"  # no mail to the postmaster for each connection that a dead gate does not take
    )
    thinking = f" -o {{ smtpd_end_of_data_restrictions = sleep {request.param} }}" if hasattr(request, "param") else ""
    (home / "etc" / "master.cf").write_text(
        f"127.0.0.1:{made.submission} inet n - n - 40 smtpd -o smtpd_proxy_filter=127.0.0.1:{made.gate} "
        "-o smtpd_proxy_timeout=60s\n"
        f"127.0.0.1:{made.relay} inet n - n - - smtpd -o smtpd_authorized_xforward_hosts=127.0.0.0/8{thinking}\n"
        "pickup unix n - n 60 1 pickup\ncleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\n"
        "rewrite unix - - n - - trivial-rewrite\nbounce unix - - n - 0 bounce\ndefer unix - - n - 0 bounce\n"
        "trace unix - - n - 0 bounce\nvirtual unix - n n - - virtual\nerror unix - - n - - error\n"
        "anvil unix - - n - 1 anvil\nproxymap unix - - n - - proxymap\npostlog unix-dgram n - n - 1 postlogd\n"
        "showq unix n - n - - showq\nflush unix n - n 1000? 0 flush\nsmtp unix - - n - - smtp\nretry unix - - n - - error\n"
        "verify unix - - n - 1 verify\nscache unix - - n - 1 scache\n"
    )
    made.run("start")
    try:
        wait_for(made.submission)
        yield made
    finally:
        made.run("stop")


def send(port: int, number: int) -> str:
    """Until the mail was taken or refused; what became of it."""
    text = BAD if number % 5 == 0 else GOOD
    mail = f"From: jo@a.example\r\nTo: sam@test.example\r\nSubject: Your chair\r\nX-Number: {number}\r\n"
    mail += f"Message-ID: <{number}@a.example>\r\n\r\n{text}\r\n"
    while True:
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=120) as smtp:
                smtp.sendmail("jo@a.example", ["sam@test.example"], mail.encode())
                return "taken"
        except smtplib.SMTPResponseException as error:
            if error.smtp_code == 550 and "5.7.1" in str(error.smtp_error):
                return "refused"
            time.sleep(0.2)  # 4xx: the sender keeps it and tries again
        except smtplib.SMTPRecipientsRefused as error:
            if any(code >= 500 for code, _ in error.recipients.values()):
                raise
            time.sleep(0.2)
        except smtplib.SMTPServerDisconnected:
            raise AssertionError("nobody may hang up: the mail could be lost or arrive twice") from None


def gate_command(postfix: Postfix, reviewer_port: int, home: Path) -> list[str]:
    policy = home / "closed.toml"
    policy.write_text("sensitivity = 'quiet'\nwithin_seconds = 20\n[unanswered]\nlate = 'closed'\ndown = 'closed'\n")
    command = ["gate", "--listen", f"127.0.0.1:{postfix.gate}", "--relay", f"127.0.0.1:{postfix.relay}"]
    return [*command, "--server", f"127.0.0.1:{reviewer_port}", "--policy", str(policy), "--journal", f"{home}/journal"]


def entries(home: Path) -> int:
    """Of the journal."""
    return sum(len(entry.name) == 64 for entry in (home / "journal").iterdir())


def delivered(postfix: Postfix, taken: set[str]) -> Counter[str]:
    """How often each mail arrived, once as many have arrived as were taken, and some time for more."""
    deadline = time.monotonic() + 120
    while postfix.delivered().total() < len(taken) and time.monotonic() < deadline:
        time.sleep(0.5)
    time.sleep(2)
    return postfix.delivered()


def test_every_mail_is_delivered_once_or_refused_once(postfix: Postfix, processes: Processes, tmp_path: Path) -> None:
    reviewer_port, gate_port = free_port(), postfix.gate
    reviewer = processes.reviewer(reviewer_port, tmp_path / "reviewer.log")
    gate = gate_command(postfix, reviewer_port, tmp_path)
    mortal = ["tests.mail_path.mortal_gate", str(MAILS * 4 // 5 // (GATE_DEATHS + 1))]
    first = processes.start(*mortal, *gate, log=tmp_path / "gate.log", port=gate_port)
    unanswered = []

    done: Counter[str] = Counter()
    killed = 0

    def one(number: int) -> tuple[int, str]:
        became = send(postfix.submission, number)
        done[became] += 1
        return number, became

    def torment() -> None:
        nonlocal reviewer, killed
        for quarter in range(1, 4):
            while done.total() < MAILS * quarter // 4:
                time.sleep(0.05)
            reviewer.kill()
            reviewer.wait()
            killed += 1
            time.sleep(1)
            reviewer = processes.reviewer(reviewer_port, tmp_path / "reviewer.log")

    def raise_the_dead() -> None:
        dying = first
        for death in range(1, GATE_DEATHS + 1):
            assert dying.wait() == -signal.SIGKILL
            unanswered.append(entries(tmp_path))
            program = mortal if death < GATE_DEATHS else ["apology_client"]
            dying = processes.start(*program, *gate, log=tmp_path / "gate.log", port=gate_port)

    threads = [threading.Thread(target=torment), threading.Thread(target=raise_the_dead)]
    for thread in threads:
        thread.start()
    with ThreadPoolExecutor(SENDERS) as pool:
        results = dict(pool.map(one, range(MAILS)))
    for thread in threads:
        thread.join()
    taken = {str(number) for number, became in results.items() if became == "taken"}
    log = (tmp_path / "gate.log").read_text()
    unjudged = len(re.findall("judged=False", log))
    before = len(re.findall("taken before", log))
    print(
        f"{MAILS} mails: {done['taken']} delivered, {done['refused']} refused; {unjudged} put off, {before} known again"
    )
    print(
        f"reviewer killed {killed} times, gate {len(unanswered)} times, then mails taken but unanswered: {unanswered}"
    )
    assert killed == 3
    assert len(unanswered) == GATE_DEATHS
    assert all(unanswered)
    assert entries(tmp_path) <= GATE_DEATHS  # each may have hit a mail between its answer and the end of its entry
    assert before + entries(tmp_path) >= sum(unanswered)
    assert delivered(postfix, taken) == Counter(dict.fromkeys(taken, 1))
    assert done["refused"] == MAILS // 5
    assert {int(number) % 5 for number in taken} == {1, 2, 3, 4}


@pytest.mark.parametrize("postfix", [THINKS], indirect=True)
def test_a_gate_that_dies_at_any_moment_loses_and_doubles_nothing(
    postfix: Postfix, processes: Processes, tmp_path: Path
) -> None:
    reviewer_port = free_port()
    processes.reviewer(reviewer_port, tmp_path / "reviewer.log")
    gate = ["apology_client", *gate_command(postfix, reviewer_port, tmp_path)]
    first = processes.start(*gate, log=tmp_path / "gate.log", port=postfix.gate)
    chance = random.Random()
    done: Counter[str] = Counter()

    def one(number: int) -> tuple[int, str]:
        became = send(postfix.submission, number)
        done[became] += 1
        return number, became

    def kill() -> None:
        dying = first
        for death in sorted(chance.sample(range(MAILS // 20, MAILS * 19 // 20), GATE_DEATHS)):
            while done.total() < death:
                time.sleep(0.01)
            time.sleep(chance.random() * THINKS)
            dying.kill()
            dying.wait()
            dying = processes.start(*gate, log=tmp_path / "gate.log", port=postfix.gate)

    killer = threading.Thread(target=kill)
    killer.start()
    with ThreadPoolExecutor(4 * SENDERS) as pool:
        results = dict(pool.map(one, range(MAILS)))
    killer.join()
    taken = {str(number) for number, became in results.items() if became == "taken"}
    arrived = delivered(postfix, taken)
    known = (tmp_path / "gate.log").read_text().count("taken before")
    doubles, lost = sum(count > 1 for count in arrived.values()), len(taken - arrived.keys())
    print(f"{MAILS} mails, gate killed {GATE_DEATHS} times: {known} known again, {doubles} came twice, {lost} never")
    assert arrived == Counter(dict.fromkeys(taken, 1))
    assert done["refused"] == MAILS // 5
    assert known

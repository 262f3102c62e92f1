"""Mails byte for byte, small ones and large ones."""

import asyncio
import base64
import hashlib
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apology.v1 import review_pb2 as pb
from apology_client.gate import Action
from apology_client.gate.mail import IN_MEMORY, dots_doubled
from apology_client.policy import Policy, Unanswered
from tests.client.helpers import Replay, start
from tests.gate.conftest import Place
from tests.gate.processes import Conversation, GateProcess, HeldRelay, peak_memory

FINE, FLAWED = "I am sorry. I broke it.", "I am sorry if it hurt."
HEAD = b"From: jo@a.example\r\nMessage-ID: <1@a.example>\r\n"
PHOTO = base64.encodebytes(bytes(range(256)) * 8000).replace(b"\n", b"\r\n")
LARGE = (
    HEAD
    + b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n\r\n.dot\r\n--x\r\nContent-Type: image/png\r\n'
    + b"Content-Transfer-Encoding: base64\r\n\r\n"
    + PHOTO
    + b"--x--\r\n"
)
assert len(LARGE) > 2 * IN_MEMORY


def doubled(mail: bytes) -> bytes:
    return b"".join(dots_doubled([mail]))


async def sent(place: Place, wire: bytes) -> str:
    """The reply to a mail in the form that follows DATA."""

    def run() -> str:
        sender = Conversation(place.port)
        reply = sender.send(wire)
        sender.hang_up()
        return reply

    return await asyncio.to_thread(run)


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\r\n",
        b"\r\n\r\n",
        b".\r\n",
        b"..\r\n...\r\n",
        b"\r\n.\r\n.\r\n",
        HEAD + b"\r\n.\r\nQUIT\r\n",
        HEAD + b"\r\na\rb\nc\r\r\nd\n\r\n",
        HEAD + b"\r\nends in CR\r\r\n",
        HEAD + b"\r\n\n.x\r.y\r\n",
        HEAD + b"\r\n\x00\x80\xfe\xff " + "Grüße".encode() + b"\r\n",
        HEAD + b"\r\n" + b"long" * 100_000 + b"\r\n",
        HEAD + b"\r\n" + b"." * 200_000 + b"\r\n",
        *(HEAD + b"\r\n" + b"x" * n + b"\r\n.\r\n..y\r\n" for n in range(65530 - len(HEAD), 65540 - len(HEAD))),
        LARGE,
    ],
    ids=lambda mail: f"{len(mail)}-{mail[-12:]!r}",
)
async def test_every_byte_comes_out_as_it_went_in(place: Place, mail: bytes) -> None:
    place.replay.analysed = FINE
    assert (await sent(place, doubled(mail))).startswith("250")
    ((_, _, content),) = place.sink.accepted
    assert content == mail


@given(st.lists(st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"\r\n.", b"x"]).map(bytes)))
def test_dots_are_doubled_where_they_begin_a_line_however_the_mail_is_cut(blocks: list[bytes]) -> None:
    lines = b"".join(dots_doubled(blocks)).split(b"\r\n")
    assert b"\r\n".join(line.removeprefix(b".") for line in lines) == b"".join(blocks)
    assert b"." not in lines


@pytest.mark.parametrize("trick", [b"\n.\r\n", b"\r.\r\n", b"\n.\n", b"\r.\n", b"\r\r.\r\n", b"\n\n.\r\n"])
@pytest.mark.parametrize("before", [0, 65_500, 65_536 - 76, 65_536 - 75, 65_536 - 74, 65_536 - 73, 70_000])
async def test_what_another_server_could_take_for_the_end_is_refused(place: Place, trick: bytes, before: int) -> None:
    place.replay.analysed = FINE
    reply = await sent(place, HEAD + b"\r\n" + b"x" * before + trick + b"MAIL FROM:<boss@a.example>\r\n")
    assert reply.startswith("554 5.6.0")
    assert place.sink.accepted == []


@pytest.mark.parametrize("mail", [HEAD + b"\r\nLunch?\r\n", LARGE, b""])
async def test_commands_that_come_with_the_end_of_the_data_are_heard(place: Place, mail: bytes) -> None:
    def run() -> list[str]:
        sender = Conversation(place.port)
        sender.begin()
        sender.bring([doubled(mail) + b".\r\nNOOP\r\nMAIL FROM:<kim@a.example>\r\nRSET\r\nQUIT\r\n"])
        replies = [sender.reply() for _ in range(6)]
        sender.hang_up()
        return replies

    replies = await asyncio.to_thread(run)
    assert [reply[:3] for reply in replies] == ["250", "250", "250", "250", "221", ""]
    assert [content for _, _, content in place.sink.accepted] == [mail]


async def test_a_mail_beyond_the_limit_is_refused_as_soon_as_its_size_is_known(place: Place) -> None:
    def run() -> tuple[str, ...]:
        sender = Conversation(place.port)
        offered, too_large = sender.say("EHLO a.example", f"MAIL FROM:<jo@a.example> SIZE={(4 << 20) + 1}")
        line = b"x" * 62 + b"\r\n"
        more, enough = sender.send(line * (4 << 14) + b"\r\n"), sender.send(line * (4 << 14))
        sender.hang_up()
        return offered, too_large[:3], more[:3], enough[:3]

    offered, *codes = await asyncio.to_thread(run)
    assert f"250-SIZE {4 << 20}" in offered
    assert codes == ["552", "552", "250"]
    assert len(place.sink.accepted) == 1


@pytest.mark.parametrize(
    ("place", "allowed", "added"),
    [
        ((Policy(suppression=True), Action.REFUSE), b"Apology-Review-Allow: insincere-hedging.conditional\r\n", b""),
        (
            (Policy(), Action.HOLD),
            b"",
            b"X-Apology-Review-Hold: insincere-hedging.conditional\r\n",
        ),
        (
            (Policy(suppression=True), Action.TAG),
            b"Apology-Review-Allow: missing-contact;\r\n twice folded\r\n",
            b"X-Apology-Review: insincere-hedging.conditional\r\n",
        ),
    ],
    indirect=["place"],
)
async def test_header_fields_of_large_mails_are_removed_and_added(place: Place, allowed: bytes, added: bytes) -> None:
    place.replay.analysed = FLAWED
    assert (await sent(place, doubled(b"To: x\r\n" + allowed + LARGE))).startswith("250")
    ((_, _, content),) = place.sink.accepted
    assert content == added + b"To: x\r\n" + LARGE
    (asked,) = [call for call in place.replay.calls if isinstance(call, pb.ReviewDraftRequest)]
    assert b"\r\n.dot\r\n" in asked.draft.message
    assert len(asked.draft.message) < 1000


@pytest.mark.parametrize(
    ("place", "reply"),
    [
        ((Policy(unanswered=Unanswered(too_long="open")), Action.REFUSE), "250"),
        ((Policy(unanswered=Unanswered(too_long="closed")), Action.REFUSE), "550-5.7.1 This mail cannot be judged"),
    ],
    indirect=["place"],
)
async def test_more_text_than_a_server_takes_is_too_long_and_the_policy_decides(place: Place, reply: str) -> None:
    assert (await sent(place, HEAD + b"\r\n" + b"words and words\r\n" * 70_000)).startswith(reply)
    assert place.replay.calls == []


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[GateProcess]:
    reviewer, _ = start(f"unix:{tmp_path}/s", Replay(analysed=FINE))
    relay = HeldRelay()
    gate = GateProcess(relay, f"unix:{tmp_path}/s", ("--journal", f"{tmp_path}/journal"))
    yield gate
    gate.stop()
    relay.close()
    reviewer.stop(None).wait()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell peak memory")
def test_a_mail_of_45_megabytes_costs_a_few_of_memory(gate: GateProcess) -> None:
    beginning = LARGE[: LARGE.index(PHOTO)]
    mail = [beginning, *[PHOTO] * (45_000_000 // len(PHOTO)), b"--x--\r\n"]
    sender = Conversation(gate.port)
    assert sender.send(doubled(b"".join([beginning, PHOTO[:780], b"--x--\r\n"]))).startswith("250")
    before = peak_memory(gate.process.pid)
    sender.begin()
    sender.bring(dots_doubled([*mail, b""]))
    sender.bring([b".\r\n"])
    assert sender.reply().startswith("250")
    assert gate.relay.taken[1] == hashlib.sha256(b"".join(dots_doubled(mail))).hexdigest()
    assert peak_memory(gate.process.pid) - before < 8_000_000
    sender.hang_up()


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="the system limits no other process")
def test_a_mail_for_which_there_is_no_room_is_put_off(gate: GateProcess) -> None:
    resource.prlimit(gate.process.pid, resource.RLIMIT_FSIZE, (IN_MEMORY, IN_MEMORY))
    sender = Conversation(gate.port)
    assert sender.send(doubled(LARGE)).startswith("452 4.3.1")
    assert sender.send(HEAD + b"\r\nsmall\r\n").startswith("250")
    assert len(gate.relay.taken) == 1
    sender.hang_up()

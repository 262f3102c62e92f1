"""The gate between real SMTP peers."""

import asyncio
import base64
import logging
import smtplib

import pytest
from google.rpc import code_pb2

from apology.v1 import review_pb2 as pb
from apology_client.gate import Action
from apology_client.policy import Policy, Unanswered
from tests.client.helpers import error_status, review_of
from tests.gate.conftest import Place
from tests.gate.processes import Conversation

FLAWED, FINE, OTHER = "I am sorry if it hurt.", "I am sorry. I broke it.", "Lunch at noon?"
MAIL = "From: jo@a.example\r\nSubject: Grüße\r\n\r\n.dots stay\r\n..so\r\n\ttabs \xff\r\n".encode() + b"\x80\xfe\r\n"


async def send(place: Place, message: bytes = MAIL, to: tuple[str, ...] = ("sam@b.example",)) -> tuple[int, str]:
    def run() -> tuple[int, str]:
        with smtplib.SMTP("127.0.0.1", place.port, timeout=20) as smtp:
            try:
                smtp.sendmail("jo@a.example", to, message)
            except smtplib.SMTPResponseException as error:
                return error.smtp_code, bytes(error.smtp_error).decode() if isinstance(
                    error.smtp_error, bytes
                ) else error.smtp_error
            except smtplib.SMTPRecipientsRefused as error:
                code, text = next(iter(error.recipients.values()))
                return code, text.decode()
            return 250, ""

    return await asyncio.to_thread(run)


@pytest.mark.parametrize("words", [FINE, OTHER])
async def test_a_clean_mail_goes_on_byte_for_byte(place: Place, words: str) -> None:
    place.replay.analysed = words
    assert (await send(place))[0] == 250
    assert place.sink.accepted == [("jo@a.example", ["sam@b.example"], MAIL)]


async def test_a_bad_apology_is_refused_with_its_reasons(place: Place) -> None:
    place.replay.analysed = FLAWED
    code, text = await send(place)
    assert code == 550
    assert text.splitlines() == [
        "5.7.1 This apology would do harm as it is. Please mend it:",
        "5.7.1 Say what you did. (insincere-hedging.conditional)",
    ]
    assert place.sink.accepted == []


async def test_after_a_refusal_the_next_mail_of_the_connection_passes(place: Place) -> None:
    def run() -> list[int]:
        with smtplib.SMTP("127.0.0.1", place.port, timeout=20) as smtp:
            smtp.ehlo()
            codes = []
            for words in (FLAWED, FINE, FLAWED, FINE):
                place.replay.analysed = words
                smtp.mail("jo@a.example")
                smtp.rcpt("sam@b.example")
                codes.append(smtp.data(MAIL)[0])
            return codes

    assert await asyncio.to_thread(run) == [550, 250, 550, 250]
    assert len(place.sink.accepted) == 2


@pytest.mark.parametrize(
    ("place", "field"),
    [((Policy(), Action.TAG), b"X-Apology-Review: "), ((Policy(), Action.HOLD), b"X-Apology-Review-Hold: ")],
    indirect=["place"],
)
async def test_a_bad_apology_can_be_tagged_or_held_instead(place: Place, field: bytes) -> None:
    place.replay.analysed = FLAWED
    assert (await send(place))[0] == 250
    ((_, _, content),) = place.sink.accepted
    assert content == field + b"insincere-hedging.conditional\r\n" + MAIL
    place.replay.analysed = FINE
    await send(place)
    assert place.sink.accepted[1][2] == MAIL


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ((Policy(unanswered=Unanswered(down=word)), Action.REFUSE), code)
        for word, code in (("open", 250), ("closed", 451))
    ],
    indirect=["place"],
)
async def test_without_a_reviewer_the_policy_decides(place: Place, code: int) -> None:
    place.stop_reviewer()
    assert (await send(place))[0] == code
    assert len(place.sink.accepted) == (code == 250)


async def test_a_reviewer_that_refuses_the_gate_is_no_pass_and_is_told(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "apology_client.gate")
    place.replay.refusal = error_status(code_pb2.UNAUTHENTICATED, "the bearer token is not known here")
    assert (await send(place))[0] == 451
    assert place.sink.accepted == []
    assert "refuses the credentials of the gate: the bearer token is not known here" in caplog.text
    assert "judged=False cause=setup rules=" in caplog.text


def not_reviewed(reason: str, detail: str) -> pb.Review:
    number = pb.NotReviewedReason.Value(f"NOT_REVIEWED_REASON_{reason.upper()}")
    return pb.Review(
        verdict=pb.VERDICT_NOT_REVIEWED,
        not_reviewed_reason=number,
        not_reviewed_detail=detail,
        offset_encoding=pb.OFFSET_ENCODING_UTF32,
    )


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The gate's lines of the log."""
    return [record.getMessage() for record in caplog.records if record.name.startswith("apology_client.gate")]


def closed(reason: str) -> tuple[Policy, Action]:
    return Policy(unanswered=Unanswered(**{reason: "closed"})), Action.REFUSE


@pytest.mark.parametrize(
    ("place", "reason"),
    [(closed(reason), reason) for reason in ("empty", "language_not_supported", "too_long", "unreadable")],
    indirect=["place"],
)
async def test_what_no_other_try_can_make_readable_is_refused_with_its_cause(
    place: Place, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "apology_client.gate")
    place.replay.review = lambda _: not_reviewed(reason, "the message has a text that does not say its charset")
    code, text = await send(place)
    assert code == 550
    assert text.splitlines() == [
        "5.7.1 This mail cannot be judged, now or later, and no such mail is taken here:",
        "5.7.1 the message has a text that does not say its charset",
    ]
    assert place.sink.accepted == []
    (line,) = told(caplog)
    assert line.startswith(f"refused by=gate bytes={len(MAIL)} ")
    assert f"judged=False cause={reason} rules=" in line


@pytest.mark.parametrize("place", [(Policy(unanswered=Unanswered(unreadable="open")), Action.REFUSE)], indirect=True)
async def test_what_cannot_be_read_goes_on_where_the_policy_is_open(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "apology_client.gate")
    place.replay.review = lambda _: not_reviewed("unreadable", "the message is encrypted")
    assert (await send(place))[0] == 250
    assert [content for _, _, content in place.sink.accepted] == [MAIL]
    assert "judged=False cause=unreadable rules=" in told(caplog)[0]


@pytest.mark.parametrize(
    ("place", "failure", "cause"),
    [
        (closed("late"), code_pb2.DEADLINE_EXCEEDED, "late"),
        (closed("down"), code_pb2.INTERNAL, "down"),
        (closed("down"), code_pb2.FAILED_PRECONDITION, "invalid_request"),  # a fault of the gate's own settings
    ],
    indirect=["place"],
)
async def test_what_another_try_may_settle_is_put_off(
    place: Place, failure: int, cause: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "apology_client.gate")
    place.replay.failures = [error_status(failure, "SECRET") for _ in range(5)]
    assert await send(place) == (451, "4.7.1 The mail cannot be judged at the moment; try again later")
    assert place.sink.accepted == []
    (line,) = told(caplog)
    assert line.startswith("deferred by=gate bytes=")
    assert f"judged=False cause={cause} rules=" in line
    assert "SECRET" not in line


async def test_an_answer_of_a_newer_server_is_no_reason_to_lose_a_mail(place: Place) -> None:
    future = not_reviewed("unreadable", "")
    future.not_reviewed_reason = 99  # type: ignore[assignment]
    place.replay.review = lambda _: future
    assert (await send(place))[0] == 451
    future.verdict, future.not_reviewed_reason = 99, pb.NOT_REVIEWED_REASON_UNREADABLE  # type: ignore[assignment]
    assert (await send(place))[0] == 451


async def test_the_relays_replies_are_the_gates(place: Place) -> None:
    place.replay.analysed = FINE
    place.sink.rcpt_replies = {"nobody@b.example": "550 5.1.1 no such user"}
    assert await send(place, to=("nobody@b.example",)) == (550, "5.1.1 no such user")
    assert (await send(place, to=("nobody@b.example", "sam@b.example")))[0] == 250
    assert place.sink.accepted[0][1] == ["sam@b.example"]
    place.sink.data_reply = "452 4.3.1 disk is full"
    assert await send(place) == (452, "4.3.1 disk is full")


async def test_an_address_beyond_ascii_is_refused_and_the_others_are_served(place: Place) -> None:
    def run() -> list[str]:
        sender = Conversation(place.port)
        commands = ("EHLO a.example", "MAIL FROM:<jo@a.example>", "RCPT TO:<süd@b.example>", "RCPT TO:<sam@b.example>")
        replies = [*sender.say(*commands, "DATA"), *sender.say("\r\n.")]
        sender.hang_up()
        return replies

    assert [reply[:3] for reply in await asyncio.to_thread(run)] == ["250", "250", "553", "250", "354", "250"]
    assert place.sink.accepted[0][1] == ["sam@b.example"]


async def test_a_relay_that_leaves_between_two_recipients_is_a_fault_for_now(place: Place) -> None:
    def run() -> list[str]:
        sender = Conversation(place.port)
        replies = sender.say("EHLO a.example", "MAIL FROM:<jo@a.example>", "RCPT TO:<sam@b.example>")
        place.sink.rcpt_replies = {"kim@b.example": "421 4.3.2 bye"}
        replies += sender.say("RCPT TO:<kim@b.example>", "RCPT TO:<lee@b.example>", "DATA", "\r\n.")
        sender.hang_up()
        return replies

    place.sink.hangs_up = True
    assert [reply[:3] for reply in await asyncio.to_thread(run)][3:] == ["421", "451", "354", "451"]
    assert place.sink.accepted == []


async def test_without_a_relay_the_sender_keeps_the_mail(place: Place) -> None:
    place.stop_sink()
    assert (await send(place))[0] == 451


@pytest.mark.parametrize(
    ("place", "words", "reply", "told_"),
    [
        ((Policy(), Action.REFUSE), FINE, "250 2.0.0 queued", "relayed by=relay"),
        ((Policy(), Action.TAG), FLAWED, "250 2.0.0 queued", "tagged by=relay"),
        ((Policy(), Action.HOLD), FLAWED, "250 2.0.0 queued", "held by=relay"),
        ((Policy(), Action.REFUSE), FLAWED, "250 2.0.0 queued", "refused by=gate"),
        ((Policy(), Action.HOLD), FLAWED, "452 4.3.1 disk is full", "deferred by=relay"),
        ((Policy(), Action.REFUSE), FINE, "554 5.7.1 SECRET", "refused by=relay"),
        ((Policy(), Action.REFUSE), FINE, "", "deferred by=relay"),
    ],
    indirect=["place"],
)
async def test_the_log_tells_what_became_of_a_mail(
    place: Place, words: str, reply: str, told_: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "apology_client.gate")
    place.replay.analysed, place.sink.data_reply = words, reply
    if not reply:
        place.sink.rcpt_replies, place.sink.hangs_up = {"kim@b.example": "550 5.1.1 no such user"}, True
    await send(place, to=("sam@b.example", "kim@b.example"))
    (line,) = told(caplog)
    assert line.startswith(f"{told_} bytes={len(MAIL)} ms=")
    assert "SECRET" not in line


@pytest.mark.parametrize("place", [(Policy(suppression=True), Action.REFUSE)], indirect=True)
async def test_the_word_of_the_sender_is_heard_and_not_sent(place: Place) -> None:
    place.replay.analysed = FLAWED
    assert (await send(place, b"Apology-Review-Allow: insincere-hedging.conditional\r\n" + MAIL))[0] == 250
    assert place.sink.accepted[0][2] == MAIL


async def test_of_a_large_mail_only_what_can_be_read_is_sent_to_the_reviewer(place: Place) -> None:
    place.replay.analysed = FINE
    photo = base64.encodebytes(bytes(range(256)) * 8000).replace(b"\n", b"\r\n")
    message = (
        b'From: a@b.example\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n\r\nsorry\r\n'
        b"--x\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + photo + b"\r\n--x--\r\n"
    )
    assert (await send(place, message))[0] == 250
    assert place.sink.accepted[0][2] == message
    (asked,) = [call for call in place.replay.calls if isinstance(call, pb.ReviewDraftRequest)]
    assert len(asked.draft.message) < 1000


async def test_many_mails_at_once_are_each_accepted_once_or_refused(place: Place) -> None:
    def review(text: str) -> pb.Review:
        return review_of(FLAWED if len(place.replay.calls) % 3 == 0 else FINE)

    place.replay.review = review
    codes = [code for code, _ in await asyncio.gather(*(send(place, b"X: %d\r\n" % n + MAIL) for n in range(40)))]
    assert set(codes) == {250, 550}
    contents = [content for _, _, content in place.sink.accepted]
    assert len(contents) == len(set(contents)) == codes.count(250)

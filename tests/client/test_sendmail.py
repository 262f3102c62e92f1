"""The exit codes by which a mail program knows what became of its mail."""

from pathlib import Path

import pytest
from google.rpc import code_pb2

from apology.v1 import review_pb2 as pb
from tests.client.helpers import Replay, Run, error_status, write

MAIL = b"From: jo@a.example\r\n\r\nLunch?\r\n"
CLOSED = "[unanswered]\nunreadable = 'closed'\ndown = 'closed'\n"


@pytest.mark.parametrize(("words", "code"), [("Lunch?", 0), ("I am sorry if it hurt.", 65)])
def test_a_mail_is_sent_or_stopped(run: Run, replay: Replay, words: str, code: int) -> None:
    replay.analysed = words
    assert run("sendmail", "--via", "true", "--policy", "support", stdin=MAIL).code == code


def test_a_mail_that_can_never_be_judged_is_not_put_off(run: Run, replay: Replay, tmp_path: Path) -> None:
    replay.review = lambda _: pb.Review(
        verdict=pb.VERDICT_NOT_REVIEWED,
        not_reviewed_reason=pb.NOT_REVIEWED_REASON_UNREADABLE,
        not_reviewed_detail="the message is encrypted",
        offset_encoding=pb.OFFSET_ENCODING_UTF32,
    )
    ran = run("sendmail", "--via", "true", "--policy", write(tmp_path / "p.toml", CLOSED), stdin=MAIL)
    assert ran.code == 65
    assert "the message is encrypted" in ran.err


def test_a_mail_without_an_answer_is_put_off(run: Run, replay: Replay, tmp_path: Path) -> None:
    replay.failures = [error_status(code_pb2.INTERNAL) for _ in range(5)]
    assert run("sendmail", "--via", "true", "--policy", write(tmp_path / "p.toml", CLOSED), stdin=MAIL).code == 75

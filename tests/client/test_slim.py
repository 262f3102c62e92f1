import base64
import io
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from apology.v1 import review_pb2 as pb
from apology_client.slim import slim, slim_lines

PHOTO = base64.encodebytes(bytes(9000)).replace(b"\n", b"\r\n")
FILE = b"Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
MAIL = (
    b'From: a@b.example\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\nbefore\r\n'
    b"--x\r\n" + FILE + PHOTO + b"--x\r\nContent-Type: text/plain\r\n\r\nI am sorry if it hurt.\r\n"
    b"--x\r\n" + FILE + PHOTO + b"\r\n--x\r\n\r\nsorry again\r\n--x--\r\n"
)


def test_attached_files_stay_at_home_and_places_count_in_the_whole_mail() -> None:
    slimmed = slim(MAIL)
    assert len(slimmed.message) < 500
    for words in (b"From:", b"sorry if", b"sorry again", b"--x--"):
        begin = slimmed.message.index(words)
        review = pb.Review()
        span = pb.Span(source=pb.SourceSpan(message_begin=begin, message_end=begin + len(words)))
        review.findings.add(span=span)
        review.components.add(evidence=[span])
        whole = slimmed.restore(review)
        for found in (whole.findings[0].span.source, whole.components[0].evidence[0].source):
            assert MAIL[found.message_begin : found.message_end] == words
        assert review.findings[0].span.source.message_begin == begin


def test_an_attached_text_stays_at_home_and_a_sealed_mail_does_not() -> None:
    attached = b"Content-Disposition:\r\n attachment; filename=a.csv\r\n"
    text, sealed = (attached + FILE.replace(b"image/png", kind) for kind in (b"text/csv", b"application/pkcs7-mime"))
    assert len(slim(MAIL.replace(FILE, text)).message) < 700
    assert slim(MAIL.replace(FILE, sealed)).message == MAIL.replace(FILE, sealed)


def test_texts_small_files_and_mails_without_parts_are_left_alone() -> None:
    text = FILE.replace(b"image/png", b"text/plain")
    for mail in (
        MAIL.replace(FILE, text),
        MAIL.replace(PHOTO, PHOTO[:400]),
        b"no mail",
        b"",
        MAIL.replace(b"base64", b"binary"),
    ):
        assert slim(mail).message == mail


def test_a_mail_that_is_a_file_and_nothing_else_is_cut_too() -> None:
    assert slim(b"To: x\r\n" + FILE + PHOTO).message == b"To: x\r\n" + FILE


@given(st.lists(st.integers(min_value=100, max_value=6000)))
def test_long_lines_may_come_in_pieces(sizes: list[int]) -> None:
    long = MAIL.replace(PHOTO, PHOTO.replace(b"\r\n", b"") + b"\r\n")

    def pieces() -> Iterator[bytes]:
        left = io.BytesIO(long)
        for size in sizes:
            yield left.readline(size)
        yield from left

    assert slim_lines(pieces(), len(MAIL)) == slim(long)
    assert slim(long).message == slim(MAIL).message


def test_a_message_that_stays_too_large_is_given_up_early() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"words\r\n"

    assert slim_lines(endless(), 1000) is None
    assert slim_lines([b"To: x\r\n" + FILE[:-2], b"\r\n", PHOTO, b"--x\r\n"], 10) is None


def test_heads_that_never_end_cost_no_more_than_their_length() -> None:
    fields = b"--a: b\r\n" * 200_000
    assert slim(fields).message == fields

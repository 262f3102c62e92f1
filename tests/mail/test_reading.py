"""How a message and HTML are read: the same bytes and trees as the standard library sees, and never a crash."""

import base64
import email
import quopri
from dataclasses import replace
from email.message import Message

import pytest
import quotequail
from hypothesis import example, given, settings
from hypothesis import strategies as st

from apology_rules import Part
from apology_service.mail import Unread, UnreadableError, read
from apology_service.mail.flowed import unfolded
from apology_service.mail.html import html_words, read_html
from apology_service.mail.message import read_message
from apology_service.mail.mime import MimePart, children, top_part
from apology_service.mail.octets import characters, decoded
from apology_service.mail.quotes import own_words
from apology_service.mail.subject import own_subject
from apology_service.mail.tracked import Tracked
from tests.mail.corpus import EXPECTED, mail

WHOLE = [name for name in EXPECTED if not name.startswith("broken")]


@pytest.mark.parametrize("name", WHOLE)
def test_the_tree_of_parts_is_that_of_the_standard_library(name: str) -> None:
    message = mail(name)
    assert kinds(message, top_part(message)) == kinds_by_email(email.message_from_bytes(message))


def kinds(message: bytes, part: MimePart) -> list[object]:
    if part.head.get_content_maintype() != "multipart":
        return [part.kind]
    return [part.kind, [kinds(message, child) for child in children(message, part)]]


def kinds_by_email(part: Message) -> list[object]:
    payload = part.get_payload()
    if part.get_content_maintype() != "multipart" or not isinstance(payload, list):
        return [part.get_content_type()]
    return [part.get_content_type(), [kinds_by_email(child) for child in payload if isinstance(child, Message)]]


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_base64_is_decoded_as_the_standard_library_does(data: bytes) -> None:
    message = b"--\r\n" + base64.encodebytes(data)
    octets = decoded(message, 4, len(message), "base64")
    assert octets.data == data
    assert len(octets.begins) == len(octets.ends) == len(data)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_quoted_printable_is_decoded_as_the_standard_library_does(data: bytes) -> None:
    message = quopri.encodestring(data)
    octets = decoded(message, 0, len(message), "quoted-printable")
    assert octets.data == quopri.decodestring(message)
    for byte, begin, end in zip(octets.data, octets.begins, octets.ends, strict=True):
        assert quopri.decodestring(message[begin:end]) == bytes((byte,))


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from(["utf-8", "utf-16", "utf-7", "gb18030", "iso-2022-jp-3", "euc-jp"]))
@example("\x1b", "iso-2022-jp-3")
def test_every_character_knows_its_bytes(text: str, charset: str) -> None:
    data = text.encode(charset, "ignore")
    try:
        expected = data.decode(charset)
    except UnicodeDecodeError:  # an escape that begins nothing
        with pytest.raises(UnreadableError):
            characters(decoded(data, 0, len(data), ""), charset)
        return
    tracked = characters(decoded(data, 0, len(data), ""), charset)
    assert tracked.text == expected
    assert len(tracked.begins) == len(tracked.ends) == len(tracked.text)
    assert all(begin < end for begin, end in zip(tracked.begins, tracked.ends, strict=True))
    assert list(tracked.begins) == sorted(tracked.begins)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(EXPECTED)), st.data())
def test_no_damage_to_a_message_crashes_the_reader(name: str, data: st.DataObject) -> None:
    message = bytearray(mail(name)[:6000])
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(message)))
        message[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=6))
    try:
        read = read_message(bytes(message))
    except UnreadableError:
        return
    assert read.draft.text is not None


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<b", ">", "&amp;", "&", "x y", "\r\n", "<!--", "-->", "<td>", "<pre>", "é"])
    )
)
def test_every_character_of_html_knows_its_place(pieces: list[str]) -> None:
    source = "".join(pieces)
    tracked = html_words(source)
    assert len(tracked.begins) == len(tracked.ends) == len(tracked.text)
    for character, begin, end in zip(tracked.text, tracked.begins, tracked.ends, strict=True):
        assert 0 <= begin <= end <= len(source)
        if character in "xyé":
            assert source[begin:end] == character


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>One</p><p>two</p>", "One\n\ntwo"),
        ("<div>One</div><div><br></div><div>two</div>", "One\n\ntwo"),
        ("One<br>two", "One\ntwo"),
        ("<ul><li>One<li>two</ul>", "- One\n- two"),
        ("<pre>One\n two</pre>", "One\n two"),
        ("so<b>r</b>ry \n\t it&#8217;s&nbsp;me", "sorry it’s\u00a0me"),
        ("<table><tr><td>One</td><td>two</td></tr></table>", "One two"),
        ("One<blockquote>theirs</blockquote>two", "One\n\ntwo"),
        ("One<div class='gmail_signature'>Jo</div>", "One\n-- \nJo"),
        ("One<span style='DISPLAY : None'>hidden</span><p hidden>too</p>", "One"),
        ("One<span style='font-size:0 !important'>hidden</span>", "One"),
        ("<table><td style='font-size:0px;padding:0'><p>hidden<p style='font-size:13px'>One", "One"),
        (
            "<table><td style='FONT-SIZE: 0.0em'><p style='font:bold 12px/1 Arial'>One<p style='font-size:medium'>two",
            "One\n\ntwo",
        ),
        ("One<p style='font-size:0'><b style='font-size:2em'>hidden</b><i style='font-size:smaller'>too", "One"),
        ("One<p style='font:0/0 a'>hidden", "One"),
        ("One<div style='max-height:0px;overflow:hidden'>hidden</div>", "One"),
        ("One<div style='overflow: hidden; height: 0'>hidden</div>", "One"),
        ("One<div style='line-height:0;overflow:hidden'>seen</div>", "One\nseen"),
        ("One<div style='max-height:0'>seen</div>", "One\nseen"),
        ("One</nope>two &lt;three&gt;", "Onetwo <three>"),
    ],
)
def test_html_is_laid_out_as_its_reader_sees_it(source: str, words: str) -> None:
    assert read_html(source).draft.text == words


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Thanks.\n\nOn Mon, 5 May 2025, Ada wrote:\n> theirs\n", "Thanks."),
        ("Thanks.\r\n\r\nFrom: Ada <a@x.example>\r\nSent: Monday\r\nTo: me\r\nSubject: x\r\n\r\ntheirs", "Thanks."),
        ("On Mon, 5 May 2025, Ada wrote:\n> theirs\n\nmine", "\n\nmine"),
        ("mine\n\nThis e-mail is confidential.\n", "mine\n\n"),
        ("mine, and no more", "mine, and no more"),
        ("> theirs\n> theirs\n\nmine", ">\n\nmine"),
        ("mine\r\n >> theirs \r\n\r\n \r\n>theirs\r\n\r\nmore", "mine\r\n >\r\n\r\nmore"),
        ("mine\r> theirs\r> theirs\rmore", "mine\r>\rmore"),
        ("> On Mon, 5 May 2025, Ada wrote:\nmine", ">\nmine"),
        ("Mine.\n\nOn Mon, Ada wrote:\n> a\nmore\n> b\n> c\nmore still", "Mine.\nmore\n>\nmore still"),
        ("Mine.\n\nOn Monday, Ada wrote:\n\n-----BEGIN PGP MESSAGE-----\nabc", "Mine."),
        ("Mine.\n> -----BEGIN PGP MESSAGE-----\n> abc", "Mine.\n>"),
        (f"Mi{'n' * 497}  {'e' * 9}.\n\nOn Mon, Ada wrote:\n> a\n", f"Mi{'n' * 497}  {'e' * 9}."),
        (f"On Mon, Ada wrote:\n> a\nMi{'n' * 600}e.", f"\nMi{'n' * 600}e."),
    ],
)
def test_only_the_senders_own_words_are_kept(text: str, own: str) -> None:
    kept = own_words(Tracked.whole(text))
    assert kept.text == own
    assert "".join(text[begin] for begin in kept.begins) == own


def test_what_is_quoted_does_not_make_a_reply_long() -> None:
    quoted = b"> You were rude again, and this is not the first time.\r\n"
    below, between = b"\r\nWe are sorry.\r\n", b"We are very sorry.\r\n"
    read = read_message(b"Subject: Late\r\n\r\n" + between + quoted * 500 + below + (quoted + b"\r\n") * 500)
    assert read.draft.text == "We are very sorry.\r\n>\r\n\r\nWe are sorry.\r\n>\r\n\r\n"
    place = read.origin.place(Part.BODY, 25, 38)
    assert place
    assert place.content[place.begin : place.end] == "We are sorry."
    assert place.message_begin == len(b"Subject: Late\r\n\r\n" + between + quoted * 500) + 2


@pytest.mark.parametrize("text", ["a: b\n" * 5_000, "> a\n" * 5_000, "Am " + "schrieb " * 5_000, "> a\nb\n" * 5_000])
def test_what_is_looked_through_for_quotations_is_bounded(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(quotequail, "unwrap", seen.append)
    own_words(Tracked.whole(text))
    (lines,) = (shown.splitlines() for shown in seen)
    assert len(lines) <= 1_000
    assert max(map(len, lines)) <= 500


def test_flowed_lines_are_joined_and_quoted_lines_are_left() -> None:
    assert unfolded("one \r\ntwo\r\n  three\r\n> four \r\n> five\r\n-- \r\nsix", delete_space=False).text == (
        "one two\r\n three\r\n> four \r\n> five\r\n-- \r\nsix"
    )
    assert unfolded("won \nder", delete_space=True).text == "wonder"


@pytest.mark.parametrize(
    ("field", "subject"),
    [
        (b"Subject: plain", "plain"),
        (b"SUBJECT:=?utf-8?q?caf=C3=A9_=3F?= =?utf-8?b?IG5vdw==?=", "café ? now"),
        (b"Subject: folded\r\n over lines", "folded over lines"),
        ("Subject: café".encode(), "café"),
        ("Subject: café".encode("latin-1"), "café"),
        (b"Subject: Re: theirs", None),
        (b"Subject: =?utf-8?q?Sorry_=F0=9F?= =?UTF-8?b?mII=?=\r\n =?utf-8?q?=2E?=", "Sorry \U0001f602."),
        (b"Subject: =?utf-8?q?caf=C3=A9?= =?iso-8859-1?q?=E9_?= =?utf-8?q?=C3=A9?=", "caféé é"),
        (b"Subject: =?utf-8?q?Sorry_=F0=9F?= for =?utf-8?q?=98=82?=", None),
        (b"Subject: =?x-klingon-8?q?=FF?=", None),
        (b"Subject: Re: \x81", None),
        (b"Subject: ", None),
        (b"X: none", None),
    ],
)
def test_a_subject_is_decoded_if_it_is_the_senders(field: bytes, subject: str | None) -> None:
    piece = own_subject(b"From: a@b.example\r\n" + field + b"\r\n\r\nSubject: body\r\n")
    assert (piece and piece.words.text) == subject


def test_a_character_cut_by_two_encoded_words_stands_for_both() -> None:
    words = b"=?utf-8?q?Sorry_=F0=9F?=", b"=?utf-8?q?=98=82?="
    message = b"Subject: " + words[0] + b" " + words[1] + b"\r\n\r\n"
    piece = own_subject(message)
    assert piece
    assert message[slice(*piece.content.range(0, 5))] == words[0]
    assert message[slice(*piece.content.range(6, 7))] == words[0] + b" " + words[1]


@pytest.mark.parametrize("encoding", ["8-bit", "7-bit", "8bit (really)", "(oh) 8BIT", "utf-8", "us-ascii"])
def test_what_is_meant_for_no_transfer_encoding_is_none(encoding: str) -> None:
    head = f"Content-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    piece = read_message(head + "Sorry, café.".encode()).origin.body[0]
    assert piece.words.text == "Sorry, café."
    assert piece.content.range(10, 11) == (len(head) + 10, len(head) + 12)


@pytest.mark.parametrize("charset", ["utf8mb4", "unicode-1-1-utf-8", "x-unknown", "rot13", "x\0y"])
def test_a_charset_that_nobody_knows_is_utf8_where_the_bytes_are(charset: str) -> None:
    head = f'Content-Type: text/plain; charset="{charset}"\r\n\r\n'.encode()
    piece = read_message(head + "Sorry, café.".encode()).origin.body[0]
    assert piece.words.text == "Sorry, café."
    assert piece.content.range(10, 11) == (len(head) + 10, len(head) + 12)
    for unlike in (b"caf\xe9", "Sorry".encode("utf-16-le")):
        with pytest.raises(UnreadableError, match="is in an unknown charset"):
            read_message(head + unlike)


def test_a_charset_of_windows_may_be_written_with_a_hyphen() -> None:
    message = b"Content-Type: text/plain; charset=cp-1252\r\n\r\nIt\x92s"
    assert read_message(message).draft.text == "It’s"


@pytest.mark.parametrize("text", [b"We are sorry.", b"We are sorry...", b"We are very sorry." * 9])
@pytest.mark.parametrize("between", [b"\r\n-- \r\n", b"\r\n \r\nThe list of\r\n____\r\n"])
def test_a_footer_below_base64_is_no_part_of_it(text: bytes, between: bytes) -> None:
    head = b"Content-Transfer-Encoding: base64\r\n\r\n"
    message = head + base64.encodebytes(text).replace(b"\n", b"\r\n") + between + b"See https://lists.example\r\n"
    piece = read_message(message).origin.body[0]
    assert piece.words.text == text.decode()
    assert piece.content.range(0, 3) == (len(head), len(head) + 4)


@pytest.mark.parametrize("body", [b"-- \r\nlist", b"\r\n\r\n-- \r\nlist", b"U29y%nkh\r\n", b"U29ycnk\r\n\r\nU%9y\r\n"])
def test_base64_that_never_was_whole_is_broken_whatever_is_below(body: bytes) -> None:
    with pytest.raises(UnreadableError, match="broken base64"):
        read_message(b"Content-Transfer-Encoding: base64\r\n\r\n" + body)


@pytest.mark.parametrize(("charset", "body"), [("utf-7", b"Sorry +2AA-"), ("unicode_escape", b"Sorry \\ud800")])
def test_half_a_character_is_no_text(charset: str, body: bytes) -> None:
    head = f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode()
    with pytest.raises(UnreadableError, match="is not in the charset it claims"):
        read_message(head + body)


@pytest.mark.parametrize("named", [b"", b"Content-Type: text/plain; charset=us-ascii\r\n"])
@pytest.mark.parametrize("charset", ["utf-8", "windows-1252"])
def test_a_text_that_does_not_say_its_charset_is_read_as_mail_programs_show_it(named: bytes, charset: str) -> None:
    text = "Sorry, the café’s shut."
    assert read_message(b"From: a@b.example\r\n" + named + b"\r\n" + text.encode(charset)).draft.text == text


def test_bytes_that_are_neither_utf8_nor_windows1252_are_no_text() -> None:
    with pytest.raises(UnreadableError, match="does not say its charset"):
        read_message(b"From: a@b.example\r\n\r\nZo\x81")


@pytest.mark.parametrize("before", [b"", b"From jo@a.example Tue May  6 09:12:00 2025\r\n"])
def test_a_byte_order_mark_before_a_message_is_no_part_of_it(before: bytes) -> None:
    message = before + mail("utf8-quoted-printable")
    plain, marked = read_message(message), read_message(b"\xef\xbb\xbf" + message)
    assert marked.draft == plain.draft
    for part in (Part.SUBJECT, Part.BODY):
        there, here = plain.origin.place(part, 0, 4), marked.origin.place(part, 0, 4)
        assert there
        assert here == replace(there, message_begin=there.message_begin + 3, message_end=there.message_end + 3)


@pytest.mark.parametrize(
    "head",
    [
        "Content-Type: text/plain; a*=b; a*0=c",
        "Content-Type: multipart/mixed; boundary=x; a*=b; a*0=c",
        f"Content-Type: text/plain; a*{'9' * 5000}=b",
        "Content-Type: text/plain; charset*=undefined''x",
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Disposition: inline; a*=b; a*0=c",
    ],
    ids=["sorted", "sorted-multipart", "number", "charset", "disposition"],
)
def test_parameters_that_the_standard_library_stumbles_over_make_a_message_unreadable(head: str) -> None:
    with pytest.raises(UnreadableError, match="whose parameters cannot be read"):
        read_message(f"{head}\r\n\r\n--x\r\n\r\nSorry\r\n--x--\r\n".encode())


def test_what_nobody_foresaw_in_a_message_is_an_incident_and_no_crash(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(message: bytes, subject: str) -> None:
        raise IndexError(f"cannot read {message!r}")

    monkeypatch.setattr("apology_service.mail.message.read_message", stumble)
    with pytest.raises(UnreadableError, match=r"cannot be read; incident [0-9a-f]{12}") as caught:
        read(Unread(b"X: y\r\n\r\nSECRET", ""))
    (told,) = [record.__dict__["fields"] for record in caplog.records]
    assert told["incident"] in str(caught.value)
    assert told["error"] == "IndexError"
    assert "SECRET" not in f"{told} {caught.value} {caplog.text}"


@pytest.mark.parametrize(
    "head",
    [
        'Content-Type: text/plain; charset=utf-8; name="mail.txt"',
        'Content-Disposition: inline; filename="mail.txt"',
        'Content-Disposition: attachment; filename="mail.txt"',
        "Content-Type: text/plain charset=utf-8",
        "Content-Type: text/plain\tcharset=utf-8",
    ],
)
def test_a_text_that_is_the_whole_message_is_the_body_whatever_it_is_called(head: str) -> None:
    assert read_message(f"{head}\r\n\r\nWe are sorry.".encode()).draft.text == "We are sorry."


NAMED = b'Content-Disposition: inline; filename="a.txt"\r\n\r\nnamed'
UNNAMED = b"\r\nunnamed"
MARKED = b"Content-Disposition: attachment; filename=b.txt\r\n\r\nmarked"
MARKED_ONLY = b"Content-Disposition: attachment filename=b.txt\r\n\r\nmarked"
IMAGE = b"Content-Type: image/png; name=a.png\r\n\r\nimage"


@pytest.mark.parametrize(
    ("parts", "own"),
    [
        ([NAMED], "named"),
        ([IMAGE, NAMED], "named"),
        ([MARKED, NAMED], "named"),
        ([NAMED, UNNAMED], "named\n\nunnamed"),
        ([UNNAMED, NAMED], "unnamed"),
        ([MARKED], ""),
        ([MARKED_ONLY], ""),
    ],
)
def test_the_first_text_is_the_body_even_if_it_is_called_like_a_file(parts: list[bytes], own: str) -> None:
    message = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
    message += b"".join(b"--x\r\n" + part + b"\r\n" for part in parts) + b"--x--\r\n"
    assert read_message(message).draft.text == own


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("application/pkcs7-mime; smime-type=signed-data", "is signed in a form that is not read"),
        ("application/x-pkcs7-mime; smime-type=Signed-Data; name=smime.p7m", "is signed in a form that is not read"),
        ("application/pkcs7-mime; smime-type=compressed-data", "is compressed in a form that is not read"),
        ("application/pkcs7-mime; name=smime.p7m", "is encrypted, or signed in a form that is not read"),
        ("application/pkcs7-mime; smime-type=enveloped-data", "is encrypted"),
        ("application/pkcs7-mime; smime-type=authEnveloped-data", "is encrypted"),
        ("multipart/encrypted; boundary=x", "is encrypted"),
        ("message/partial; number=1", "is one piece of several"),
    ],
)
def test_a_sealed_message_says_how_it_is_sealed(kind: str, fault: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_message(f"Content-Type: {kind}\r\n\r\nMIIB".encode())
    assert str(caught.value) == fault


def test_no_fault_quotes_the_message() -> None:
    for name in (name for name in EXPECTED if EXPECTED[name].reason == "unreadable"):
        with pytest.raises(UnreadableError) as caught:
            read_message(mail(name))
        assert not any(word in str(caught.value) for word in ("wheelchair", "Okoro", "Finch"))

"""Who is let in: certificates, their names and their rotation, tokens, and addresses that others can reach."""

import asyncio
import datetime
import io
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import grpc
import pytest

from apology.v1 import review_pb2 as pb
from apology.v1 import review_pb2_grpc as pb_grpc
from apology_client import AccessDeniedError, AsyncClient, ServerUnavailableError, tls
from apology_service.certificates import certificate_of
from apology_service.faults import Reason
from apology_service.settings import Security, SettingsError
from apology_service.tokens import append, new_token
from tests.certificates import Authority
from tests.service.conftest import Serve
from tests.service.helpers import FLAWED, Failure, failure_of, request_for

UNAUTHENTICATED, PERMISSION_DENIED = grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED
WATCH_DRAFT = "/apology.v1.ApologyReviewService/WatchDraft"
REFLECTION = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def served_with(authority: Authority, *names: str, days: int = 1, **more: Any) -> Security:
    """What a server needs to go by `names`."""
    issued = authority.issue("server", *names or ("127.0.0.1",), days=days)
    return Security(**{"tls_certificate": issued.certificate, "tls_key": issued.key, **more})


async def verdict(address: str, **options: Any) -> str:
    """What the bundled client is told about a flawed draft."""
    async with AsyncClient(f"https://{address}", **options) as client:
        return (await client.review(FLAWED)).verdict


async def complaint(address: str, **options: Any) -> str:
    with pytest.raises((AccessDeniedError, ServerUnavailableError)) as caught:
        await verdict(address, **options)
    return str(caught.value)


async def test_a_server_with_a_certificate_speaks_tls_alone(serve: Serve, authority: Authority) -> None:
    address = (await serve(security=served_with(authority))).server.address
    assert await verdict(address, credentials=tls(ca=authority.ca)) in ("revise", "do_not_send")
    async with AsyncClient(address) as client:
        with pytest.raises(ServerUnavailableError, match="it hung up, as one does that asks for TLS"):
            await client.review(FLAWED)


async def test_a_client_says_why_it_does_not_trust_a_server(serve: Serve, tmp_path: Path, authority: Authority) -> None:
    good = (await serve(security=served_with(authority))).server.address
    assert "no authority that is trusted here: name yours in APOLOGY_REVIEW_CA" in await complaint(good)
    other = Authority(tmp_path, "other")
    assert "no authority that is trusted here" in await complaint(good, credentials=tls(ca=other.ca))
    wrong = (await serve(security=served_with(authority, "example.org"))).server.address
    assert "bears another name" in await complaint(wrong, credentials=tls(ca=authority.ca))
    plain = (await serve()).server.address
    assert "it speaks no TLS" in await complaint(plain, credentials=tls(ca=authority.ca))


async def test_a_new_certificate_is_used_without_a_restart(serve: Serve, authority: Authority) -> None:
    security = served_with(authority, "first.example")
    address = (await serve(security=security)).server.address
    assert "bears another name" in await complaint(address, credentials=tls(ca=authority.ca))
    served_with(authority)
    assert await verdict(address, credentials=tls(ca=authority.ca))


async def test_a_new_certificate_of_no_use_leaves_the_old_one(
    serve: Serve, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    security = served_with(authority)
    address = (await serve(security=security)).server.address
    Path(security.tls_certificate).write_bytes(b"half a fi")
    assert await verdict(address, credentials=tls(ca=authority.ca))
    assert await verdict(address, credentials=tls(ca=authority.ca))
    (told,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "holds no certificate in PEM" in told.__dict__["fields"]["why"]


def test_a_new_certificate_that_comes_before_its_time_is_used_when_that_has_come(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    certificate = certificate_of(served_with(authority))
    assert certificate
    old, hour = certificate.value, datetime.timedelta(hours=1)
    authority.issue("server", "127.0.0.1", begins=datetime.datetime.now(datetime.UTC) + hour)
    assert certificate.value is certificate.value is old
    (told,) = caplog.records
    assert "is not valid before" in told.__dict__["fields"]["why"]

    class Later(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Self:
            return super().now(tz) + 2 * hour

    monkeypatch.setattr("apology_service.certificates.datetime", Later)
    assert certificate.value is certificate.value is not old


@pytest.mark.parametrize(
    ("allowed", "welcome"),
    [
        ([], True),
        (["spiffe://example.org/mail/web"], True),
        (["spiffe://example.org/mail/*"], True),
        (["spiffe://example.org/ma/*"], False),
        (["spiffe://example.org/mail"], False),
        (["web.example.org"], True),
        (["example.org", "Web Mail"], True),
        (["eb.example.org"], False),
    ],
)
async def test_names_on_a_certificate_decide(
    serve: Serve, authority: Authority, allowed: list[str], welcome: bool
) -> None:
    asking = served_with(authority, tls_client_ca=authority.ca, allowed_clients=tuple(allowed))
    address = (await serve(security=asking)).server.address
    mine = authority.issue("client", "spiffe://example.org/mail/web", "web.example.org", common_name="Web Mail")
    credentials = tls(ca=authority.ca, certificate=mine.certificate, key=mine.key)
    if welcome:
        assert await verdict(address, credentials=credentials)
    else:
        async with grpc.aio.secure_channel(address, credentials) as channel:
            failure = await failure_of(pb_grpc.ApologyReviewServiceStub(channel).ReviewDraft(request_for()))
        assert (failure.code, failure.reason) == (PERMISSION_DENIED, Reason.CLIENT_NOT_ALLOWED)


async def test_a_caller_without_a_good_certificate_does_not_come_in(
    serve: Serve, tmp_path: Path, authority: Authority
) -> None:
    address = (await serve(security=served_with(authority, tls_client_ca=authority.ca))).server.address
    assert "or for a certificate of yours" in await complaint(address, credentials=tls(ca=authority.ca))
    late = authority.issue("late", "client.example", days=-1)
    strange = Authority(tmp_path, "stranger").issue("strange", "client.example")
    for mine in (late, strange):
        credentials = tls(ca=authority.ca, certificate=mine.certificate, key=mine.key)
        assert "hung up" in await complaint(address, credentials=credentials)


@pytest.fixture
def token(tmp_path: Path) -> str:
    """A token of the caller `mail`; its hash is in the file `hashes`."""
    token, line = new_token("mail")
    append(str(tmp_path / "hashes"), line)
    return token


Call = Callable[..., Any]


def bearing(*values: str) -> tuple[tuple[str, str], ...]:
    return tuple(("authorization", value) for value in values)


async def test_a_token_opens_every_method_but_health_needs_none(serve: Serve, tmp_path: Path, token: str) -> None:
    served = await serve(security=Security(token_hashes=str(tmp_path / "hashes")))
    metadata = bearing(f"Bearer {token}")
    assert (await served.stub.ReviewDraft(request_for(), metadata=metadata)).review.findings
    assert (await served.stub.ListRules(pb.ListRulesRequest(), metadata=metadata)).rules
    assert (await served.channel.unary_unary("/grpc.health.v1.Health/Check")(b"")) == b"\x08\x01"
    call = served.channel.stream_stream(REFLECTION)([b""])
    assert (await failure_of(call.read())).code == UNAUTHENTICATED


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        (bearing(), Reason.MISSING_TOKEN),
        (bearing("Basic TOKEN"), Reason.MISSING_TOKEN),
        (bearing("Bearer TOKEN", "Bearer TOKEN"), Reason.MISSING_TOKEN),
        (bearing("Bearer x"), Reason.UNKNOWN_TOKEN),
        (bearing("Bearer TOKEN1"), Reason.UNKNOWN_TOKEN),
        (bearing("Bearer "), Reason.UNKNOWN_TOKEN),
    ],
)
async def test_without_the_right_token_nothing_is_even_parsed(
    serve: Serve, tmp_path: Path, token: str, metadata: tuple[tuple[str, str], ...], reason: Reason
) -> None:
    served = await serve(security=Security(token_hashes=str(tmp_path / "hashes")))
    call = served.channel.unary_unary("/apology.v1.ApologyReviewService/ReviewDraft")
    sent = tuple((key, value.replace("TOKEN", token)) for key, value in metadata)
    failure: Failure = await failure_of(call(b"\xff not a message", metadata=sent))
    assert (failure.code, failure.reason) == (UNAUTHENTICATED, reason)
    assert token not in repr(failure)


async def test_an_overloaded_server_knows_its_callers_from_strangers(
    serve: Serve, tmp_path: Path, token: str, log: io.StringIO
) -> None:
    served = await serve(security=Security(token_hashes=str(tmp_path / "hashes")), max_watches=1)
    mine, strange = (bearing(f"Bearer {each}") for each in (token, "stranger"))
    watch: Any = served.stub.WatchDraft(metadata=mine)
    await watch.write(pb.WatchDraftRequest(request=request_for()))
    assert (await watch.read()).review.findings
    call = served.channel.stream_stream(WATCH_DRAFT)
    assert (await failure_of(call([], metadata=strange).read())).code == UNAUTHENTICATED
    failure = await failure_of(call([], metadata=mine).read())
    assert failure.reason == Reason.SERVER_OVERLOADED
    async with asyncio.timeout(60):
        while "calls refused" not in log.getvalue():
            await asyncio.sleep(0.01)
    (line,) = [line for line in map(json.loads, log.getvalue().splitlines()) if line["event"] == "calls refused"]
    assert (line["caller"], line["calls"]) == ("mail", 1)


async def test_tokens_come_and_go_without_a_restart(serve: Serve, tmp_path: Path, token: str) -> None:
    served = await serve(security=Security(token_hashes=str(tmp_path / "hashes")))
    second, line = new_token("other")
    append(str(tmp_path / "hashes"), line)
    call = served.stub.GetCapabilities
    await call(pb.GetCapabilitiesRequest(), metadata=bearing(f"bearer {second}"))
    (tmp_path / "hashes").write_text(f"\ufeff# mail has left\n\n{line}  # stays\n")
    await call(pb.GetCapabilitiesRequest(), metadata=bearing(f"Bearer {second}"))
    failure = await failure_of(call(pb.GetCapabilitiesRequest(), metadata=bearing(f"Bearer {token}")))
    assert failure.reason == Reason.UNKNOWN_TOKEN


async def test_the_client_shows_its_token_and_says_what_is_missing(serve: Serve, tmp_path: Path, token: str) -> None:
    address = (await serve(security=Security(token_hashes=str(tmp_path / "hashes")))).server.address
    async with AsyncClient(address, token=token) as client:
        assert (await client.review(FLAWED)).findings
        assert token not in repr(client)
    async with AsyncClient(address) as client:
        with pytest.raises(AccessDeniedError, match="bearer token") as caught:
            await client.review(FLAWED)
    assert (caught.value.code, caught.value.reason) == ("UNAUTHENTICATED", "MISSING_TOKEN")


def test_a_file_of_hashes_is_for_its_owner_and_holds_no_token(tmp_path: Path, token: str) -> None:
    assert token not in (tmp_path / "hashes").read_text()
    assert stat.S_IMODE(os.stat(tmp_path / "hashes").st_mode) == 0o600


def named(authority: Authority, name: str) -> Security:
    return served_with(authority, tls_client_ca=authority.ca, allowed_clients=("web.example.org", name))


def too_early(authority: Authority) -> Security:
    now = datetime.datetime.now(datetime.UTC)
    issued = authority.issue("early", "127.0.0.1", days=3, begins=now + datetime.timedelta(days=2))
    return Security(tls_certificate=issued.certificate, tls_key=issued.key)


Given = Callable[[Authority], Security]
WRONG: dict[str, tuple[Given, str]] = {
    "no key": (lambda a: served_with(a, tls_key=""), "tls_certificate needs tls_key"),
    "no certificate": (lambda a: served_with(a, tls_certificate=""), "tls_key needs tls_certificate"),
    "ca alone": (lambda a: Security(tls_client_ca=a.ca), "tls_client_ca needs tls_certificate"),
    "names alone": (lambda a: Security(allowed_clients=("x",)), "allowed_clients needs tls_client_ca"),
    "names without ca": (lambda a: served_with(a, allowed_clients=("x",)), "allowed_clients needs tls_client_ca"),
    "missing": (lambda a: served_with(a, tls_certificate="/no/such"), "cannot read /no/such: no such file"),
    "wrong key": (lambda a: served_with(a, tls_key=a.issue("x", "y").key), "is not the key of"),
    "no PEM key": (lambda a: served_with(a, tls_key=a.ca), "holds no private key"),
    "no PEM": (lambda a: served_with(a, tls_client_ca=a.write("x", b"x")), "holds no certificate in PEM"),
    "stars before": (
        lambda a: named(a, "*.example.org"),
        "would let nobody in: a star stands only behind the last slash",
    ),
    "stars amid": (lambda a: named(a, "spiffe://example.org/*/mail"), "would let nobody in"),
    "stars alone": (lambda a: named(a, "*"), "would let nobody in"),
    "stars twice": (lambda a: named(a, "spiffe://*/mail/*"), "would let nobody in"),
    "too early": (too_early, "is not valid before 20"),
    "expired": (lambda a: served_with(a, days=-1), "has expired on 20"),
    "no hashes": (lambda a: Security(token_hashes=a.write("h", b"# none")), "holds no token"),
    "a token": (lambda a: Security(token_hashes=a.write("h", b"mail apology_SECRET")), "h, line 1, is not of the form"),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_is_of_no_use_is_refused_by_name(serve: Serve, authority: Authority, wrong: str) -> None:
    given, said = WRONG[wrong]
    with pytest.raises(SettingsError, match=said) as caught:
        await serve(security=given(authority))
    assert "SECRET" not in str(caught.value)

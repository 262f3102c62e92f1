"""Credentials: where they come from, what is said when they are of no use, and that no token is ever shown."""

from pathlib import Path

import pytest

from apology_client import AsyncClient, Client, tls
from apology_client.command.connection import Server
from apology_client.credentials import from_variables, token_from
from tests.certificates import Authority
from tests.client.helpers import Run, write

TOKEN = "apology_SECRET"
CREDENTIALS = (
    "APOLOGY_REVIEW_CA",
    "APOLOGY_REVIEW_CLIENT_CERTIFICATE",
    "APOLOGY_REVIEW_CLIENT_KEY",
    "APOLOGY_REVIEW_TOKEN",
    "APOLOGY_REVIEW_TOKEN_FILE",
)


@pytest.fixture(autouse=True)
def _without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CREDENTIALS:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_token_does_not_travel_over_plain_text_to_another_machine(kind: type[Client | AsyncClient]) -> None:
    with pytest.raises(ValueError, match="only over TLS") as caught:
        kind("review.example.org:50051", token=TOKEN)
    assert TOKEN not in str(caught.value)
    for target in ("https://review.example.org", "127.0.0.1:50051", "unix:/run/apology.sock"):
        assert TOKEN not in repr(kind(target, token=TOKEN))


def test_an_address_with_https_has_the_usual_port() -> None:
    assert repr(Client("https://review.example.org")) == "<Client dns:///review.example.org:443>"
    assert repr(Client("https://review.example.org:8443/")) == "<Client dns:///review.example.org:8443>"
    for wrong in ("https://", "https://a/b", "http://a:1"):
        with pytest.raises(ValueError, match="is no address of a server"):
            Client(wrong)


def test_files_of_no_use_are_named(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    one, other = authority.issue("one", "a"), authority.issue("other", "b")
    text = write(tmp_path / "text", "no PEM")
    with pytest.raises(ValueError, match="cannot read /no/such: no such file"):
        tls(ca="/no/such")
    with pytest.raises(ValueError, match="text holds no certificate in PEM"):
        tls(ca=text)
    with pytest.raises(ValueError, match="needed together"):
        tls(certificate=one.certificate)
    for key in (other.key, text):
        with pytest.raises(ValueError, match="are no certificate in PEM with its key"):
            tls(certificate=one.certificate, key=key)
    assert tls(ca=authority.ca, certificate=one.certificate, key=one.key)


@pytest.mark.parametrize("held", ["", "two words", "s\u00e9cret"])
def test_what_is_no_token_is_not_repeated(tmp_path: Path, held: str) -> None:
    with pytest.raises(ValueError, match="holds no token: one word of ASCII"):
        Client("localhost:1", token=token_from(write(tmp_path / "token", held)))
    if held:
        with pytest.raises(ValueError, match="that is no token") as caught:
            Client("localhost:1", token=held)
        assert held not in str(caught.value)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_one_token_is_enough(tmp_path: Path, mark: str) -> None:
    file = write(tmp_path / "token", f"{mark}{TOKEN}\n")
    assert from_variables({"APOLOGY_REVIEW_TOKEN_FILE": file}) == (None, TOKEN)
    with pytest.raises(ValueError, match="are both set"):
        from_variables({"APOLOGY_REVIEW_TOKEN_FILE": file, "APOLOGY_REVIEW_TOKEN": TOKEN})


def test_the_command_says_what_is_wrong_and_shows_no_token(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APOLOGY_REVIEW_TOKEN", TOKEN)
    for command in (["check", "--text", "I am sorry."], ["gate", "--listen", "127.0.0.1:0"]):
        done = run(*command, "--server", "review.example.org:50051")
        assert done.code == 2
        assert "only over TLS" in done.err
    assert TOKEN not in done.err + repr(Server("localhost:1", None, TOKEN))
    assert "cannot read /no/such" in run("rules", "--ca", "/no/such").err
    monkeypatch.delenv("APOLOGY_REVIEW_SERVER")
    assert "for a server that you name" in run("rules", "--token-file", write(tmp_path / "t", TOKEN)).err

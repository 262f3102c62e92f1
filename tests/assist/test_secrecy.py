"""Drafts go to the model and nowhere else, disguised; nothing of draft, model or key is logged or told."""

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from apology_service import assist
from apology_service.__main__ import main
from apology_service.logs import JsonFormatter
from apology_service.settings import AssistSettings, SettingsError, load_settings
from tests.assist.conftest import ServeWithModel
from tests.assist.model_server import ModelServer, failed, said, whole
from tests.assist.test_helping import asking
from tests.service.helpers import failure_of, review_of

CANARY = "Xanthippe Quill"
TEXT = f"Dear {CANARY},\n\nI am sorry if order 8F3K-991 upset you. It was only a small delay.\n\nBest,\nJo"
KEY = "sk-canary-key"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that anybody logs, as the server process would write it, foreign packages at their most talkative."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    loggers = [logging.getLogger(name) for name in ("", "apology_service", "openai", "httpx2", "httpcore2", "httpx")]
    levels = [logger.level for logger in loggers]
    loggers[0].addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield stream
    loggers[0].removeHandler(handler)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


async def test_neither_draft_nor_answer_nor_key_is_logged_or_told(
    serve: ServeWithModel, model: ModelServer, log: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []
    served = await serve(key=KEY, cache_entries=0)
    for answer in (
        said({"labels": [{"label": "x", "quote": CANARY}], "doubted": [], "components": []}),
        said(f"{CANARY} is no JSON"),
        failed(500),
        failed(401),
    ):
        model.every(whole(answer))
        told.append(repr((await review_of(served, asking(TEXT, rewrite=len(told) == 1))).assist))
    told.append(repr(await failure_of(served.stub.ReviewDraft(asking(TEXT, "REQUIRED")))))
    said_ = "".join([*told, log.getvalue(), *capfd.readouterr()])
    for secret in (CANARY, "Xanthippe", "8F3K", "small delay", KEY, "SECRET"):
        assert secret not in said_
    assert '"use": "reading", "outcome": "OK"' in log.getvalue()


async def test_what_is_sent_is_disguised(serve: ServeWithModel, model: ModelServer) -> None:
    request = asking(TEXT)
    request.context.facts.contact = "Ngozi Adeyemi on 020 7946 0958"
    await review_of(await serve(), request)
    assert len(model.asked) == 2
    for asked in model.asked:
        for secret in ("Xanthippe", "Quill", "8F3K", "Ngozi", "7946"):
            assert secret not in str(asked.body)


async def test_an_operator_of_a_local_model_can_leave_the_disguise_off(
    serve: ServeWithModel, model: ModelServer
) -> None:
    await review_of(await serve(pseudonymise=False), asking(TEXT, rewrite=False))
    assert CANARY in model.asked[0].words


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        ("http://127.0.0.1:11434/v1", []),
        ("http://localhost:1/v1", []),
        ("http://[::1]:1/v1", []),
        ("https://api.example/v1", ["LEAVE THIS MACHINE"]),
        ("http://10.0.0.7/v1", ["LEAVE THIS MACHINE", "not encrypted"]),
        ("http://localhost.evil.example/v1", ["LEAVE THIS MACHINE", "not encrypted"]),
    ],
)
def test_an_operator_is_told_when_drafts_leave_the_machine(url: str, warned: list[str]) -> None:
    told = assist.warnings(AssistSettings(base_url=url, model="m"))
    assert len(told) == len(warned)
    assert all(words in line for words, line in zip(warned, told, strict=True))


def test_names_that_leave_as_they_are_are_told_as_well() -> None:
    settings = AssistSettings(base_url="https://api.example/v1", model="m", pseudonymise=False)
    assert "as they stand" in assist.warnings(settings)[-1]


@pytest.mark.parametrize(
    ("given", "said_"),
    [
        ({"model": "m"}, "without base_url"),
        ({"base_url": "http://127.0.0.1/v1"}, "without model"),
        ({"base_url": "127.0.0.1:11434", "model": "m"}, "http or https"),
        ({"base_url": "http://me:secret@host/v1", "model": "m"}, "no user, key or query"),
        ({"base_url": "http://host/v1?key=secret", "model": "m"}, "no user, key or query"),
        ({"base_url": "http://host/v1", "model": "m", "api_key_file": "/nowhere/key"}, "cannot read the key"),
        ({"base_url": "http://[::1", "model": "m"}, "is no address"),
        ({"base_url": "http://127.0.0.1:abc/v1", "model": "m"}, "is no address"),
        ({"base_url": "http://127.0.0.1:99999/v1", "model": "m"}, "is no address"),
        ({"base_url": "http://secret:abc@host:x/v1", "model": "m"}, "is no address"),
        ({"base_url": "http://127.0.0.1:0/v1", "model": "m"}, "http or https"),
        ({"base_url": "http://exa mple/v1", "model": "m"}, "ASCII without blanks"),
        ({"base_url": "https://ex\u2603.com/v1", "model": "m"}, "ASCII without blanks"),
        ({"base_url": "http://a%20b/v1", "model": "m"}, "http or https"),
    ],
)
def test_settings_that_do_not_fit_are_refused_without_their_secrets(given: dict[str, str], said_: str) -> None:
    with pytest.raises(SettingsError, match=said_) as caught:
        assist.load(AssistSettings(**given), {})  # type: ignore[arg-type]
    assert "secret" not in str(caught.value)


def test_the_key_is_read_from_a_file_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "key").write_text(f"\ufeff{KEY}\n", encoding="utf-8")
    (tmp_path / "server.toml").write_text(
        f'[assist]\nbase_url = "http://127.0.0.1:1/v1"\nmodel = "m"\napi_key_file = "{tmp_path}/key"\n'
    )
    monkeypatch.setenv("APOLOGY_REVIEW_ASSIST_API_KEY", "sk-of-the-environment")
    assert main(["--config", str(tmp_path / "server.toml"), "--check-config"]) == 0
    shown = capsys.readouterr().out
    assert "sk-" not in shown
    assert f'api_key_file = "{tmp_path}/key"' in shown
    settings = load_settings(config=str(tmp_path / "server.toml"), environment={})
    assert KEY not in repr(assist.load(settings.assist, {}))


@pytest.mark.parametrize("content", ["", "two\nlines", "nön-ascii"])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content)
    settings = AssistSettings(base_url="http://127.0.0.1/v1", model="m", api_key_file=str(tmp_path / "key"))
    with pytest.raises(SettingsError, match="holds no key"):
        assist.load(settings, {})


def test_settings_are_checked_before_the_server_starts(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "server.toml").write_text('[assist]\nbase_url = "ftp://x"\nmodel = "m"\n')
    assert main(["--config", str(tmp_path / "server.toml"), "--check-config"]) == 2
    assert "http or https" in capsys.readouterr().err


@pytest.mark.parametrize(
    "url", ["http://[::1", "http://127.0.0.1:abc/v1", "http://127.0.0.1:99999/v1", "http://exa mple/v1"]
)
def test_an_address_that_is_none_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("APOLOGY_REVIEW_ASSIST_BASE_URL", url)
    monkeypatch.setenv("APOLOGY_REVIEW_ASSIST_MODEL", "m")
    assert main(["--check-config"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("apology-review-server: assist: base_url ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "foo:bar"),
        ("HTTPS_PROXY", "ftp://secret@host"),
        ("ALL_PROXY", "http://[::1"),
        ("SSL_CERT_FILE", "/nowhere/secret"),
    ],
)
def test_proxies_and_certificates_of_no_use_are_refused_without_their_secrets(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match="that the environment names") as caught:
        assist.load(AssistSettings(base_url="https://api.example/v1", model="m"), {})
    assert "secret" not in str(caught.value)
    assert assist.load(AssistSettings(base_url="http://127.0.0.1/v1", model="m"), {})  # which uses neither


@pytest.mark.parametrize("key", ["sk-\u00fc", "sk-1\nsk-2"])
def test_an_environment_that_holds_no_key_is_refused(key: str) -> None:
    settings = AssistSettings(base_url="http://127.0.0.1/v1", model="m")
    with pytest.raises(SettingsError, match="holds no key"):
        assist.load(settings, {"APOLOGY_REVIEW_ASSIST_API_KEY": key})

"""Settings: where they come from, and what is said when they are wrong."""

import re
import tomllib
from pathlib import Path

import pytest

import apology_service
from apology_service.settings import PREFIX, Limits, Security, Settings, SettingsError, describe, load_settings


def written(folder: Path, text: str) -> str:
    path = folder / "server.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_without_anything_the_defaults_hold() -> None:
    assert load_settings(environment={}) == Settings()


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    config = written(tmp_path, 'address = "a:1"\npipeline = "b"\nlog_level = "ERROR"\n[limits]\nmax_batch_drafts = 5\n')
    settings = load_settings(
        flags={"address": "f:3"},
        environment={"APOLOGY_REVIEW_CONFIG": config, "APOLOGY_REVIEW_ADDRESS": "e:2", "APOLOGY_REVIEW_PIPELINE": "e"},
    )
    assert settings == Settings(address="f:3", pipeline="e", log_level="ERROR", limits=Limits(max_batch_drafts=5))


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert load_settings(config=written(tmp_path, "\ufeffaddress = 'a:1'"), environment={}) == Settings(address="a:1")


def test_the_environment_sets_every_kind_of_value() -> None:
    settings = load_settings(
        environment={
            "APOLOGY_REVIEW_MAX_DRAFT_CHARACTERS": "7",
            "APOLOGY_REVIEW_MAX_CALL_SECONDS": "2.5",
            "APOLOGY_REVIEW_REFLECTION": "false",
            "UNRELATED": "x",
        }
    )
    assert settings == Settings(reflection=False, limits=Limits(max_draft_characters=7, max_call_seconds=2.5))


def test_names_are_a_list_in_the_file_and_stand_between_commas_in_the_environment(tmp_path: Path) -> None:
    config = written(tmp_path, '[security]\nallowed_clients = ["a", "b"]')
    names = load_settings(config=config, environment={}).security.allowed_clients
    assert names == load_settings(environment={"APOLOGY_REVIEW_ALLOWED_CLIENTS": "a, b,"}).security.allowed_clients
    assert names == ("a", "b")


def test_a_whole_number_of_seconds_is_a_number_of_seconds(tmp_path: Path) -> None:
    assert load_settings(config=written(tmp_path, "grace_seconds = 3"), environment={}).grace_seconds == 3.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("adress = 'x'", "unknown key 'adress'; did you mean address?"),
        ("max_batch_drafts = 3", r"'max_batch_drafts'; it belongs under \[limits\]"),
        ("[limits]\naddress = 'x'", r"'address'; it belongs above the tables"),
        ("[security]\nallowed_clients = 'a'", "allowed_clients must be a list of names"),
        ("[limits]\ntls_key = 'a'", r"'tls_key'; it belongs under \[security\]"),
        ("limits = 3", "limits must be a table"),
        ("[limits]\nmax_batch_drafts = 'many'", "max_batch_drafts must be a whole number .*not 'many'"),
        ("[limits]\nmax_batch_drafts = true", "max_batch_drafts must be a whole number"),
        ("[limits]\nmax_batch_drafts = 0", "max_batch_drafts must lie between 1 and 10000"),
        ("grace_seconds = nan", "grace_seconds must lie between"),
        ("log_level = 'LOUD'", "log_level must be one of DEBUG, INFO"),
        ("reflection = 1", "reflection must be true or false"),
        ("address =", "not valid TOML"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_the_file(tmp_path: Path, text: str, said: str) -> None:
    config = written(tmp_path, text)
    with pytest.raises(SettingsError, match=said) as caught:
        load_settings(config=config, environment={})
    assert config in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("APOLOGY_REVIEW_ADRESS", "x", "did you mean APOLOGY_REVIEW_ADDRESS?"),
        ("APOLOGY_REVIEW_GRACE_SECONDS", "soon", "GRACE_SECONDS must be a number"),
        ("APOLOGY_REVIEW_REFLECTION", "maybe", "REFLECTION must be true or false"),
        ("APOLOGY_REVIEW_MAX_BATCH_DRAFTS", "1.5", "MAX_BATCH_DRAFTS must be a whole number"),
    ],
)
def test_a_mistake_in_the_environment_is_named_with_the_variable(variable: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load_settings(environment={variable: value})


@pytest.mark.parametrize("content", [None, b"\xff"], ids=["missing", "not text"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "server.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=re.escape(str(path))):
        load_settings(config=str(path), environment={})


def test_the_description_is_a_file_that_gives_the_same_settings(tmp_path: Path) -> None:
    settings = Settings(
        address='unix:/tmp/"odd" \\ name',
        reflection=False,
        limits=Limits(max_call_seconds=1.5),
        security=Security(allowed_clients=("a", 'b"')),
    )
    config = written(tmp_path, describe(settings))
    assert tomllib.loads(describe(settings))
    assert load_settings(config=config, environment={}) == settings


def test_the_names_that_the_client_command_reads_are_no_mistakes() -> None:
    client = Path(apology_service.__file__).parents[2] / "client" / "apology_client"
    sources = "".join(path.read_text(encoding="utf-8") for path in client.glob("**/*.py"))
    for variable in set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", sources)):
        try:
            load_settings(environment={variable: "1"})
        except SettingsError as error:
            assert "unknown variable" not in str(error)  # noqa: PT017  # an error about the value is fine

"""What an operator can set, read once: command line over environment over TOML file over defaults."""

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from apology_service.cores import available_cores

PREFIX = "APOLOGY_REVIEW_"
_OTHERS = {"CONFIG", "SERVER", "CA", "CLIENT_CERTIFICATE", "CLIENT_KEY", "TOKEN", "TOKEN_FILE", "ASSIST_API_KEY"}
"""Names under the prefix that are no settings: the file itself, what the client command uses to reach a server, secrets."""


_NAMES = tuple[str, ...]


class SettingsError(Exception):
    """A setting is wrong; the message names it and where it came from."""


def _setting(default: Any, about: str, *, low: float = 0, high: float = 0, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"about": about, "low": low, "high": high, "choices": choices})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of what the server takes; `GetCapabilities` tells them to callers."""

    max_draft_characters: int = _setting(20_000, "code points of a draft, body and subject", low=1, high=1_000_000)
    max_batch_drafts: int = _setting(32, "drafts in one batch", low=1, high=10_000)
    max_batch_characters: int = _setting(
        200_000, "code points of a batch, as sent; of a message, bytes", low=1, high=10_000_000
    )
    max_request_bytes: int = _setting(
        1024 * 1024,
        "bytes of a request; gRPC itself refuses larger ones, unseen by log and metrics",
        low=1024,
        high=64 * 1024 * 1024,
    )
    max_allowed_phrases: int = _setting(100, "allowed phrases in one request", low=0, high=10_000)
    max_field_characters: int = _setting(2_000, "code points of any other string", low=1, high=100_000)
    max_call_seconds: float = _setting(30.0, "seconds a call may take", low=0.1, high=3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """Who may call, and over what. Files are read anew when they change; a secret is never a setting itself."""

    tls_certificate: str = _setting("", "PEM file of the server's certificate chain; empty serves plain text")
    tls_key: str = _setting("", "PEM file of its private key")
    tls_client_ca: str = _setting(
        "", "PEM file of the authorities whose certificates callers must show; empty asks none"
    )
    allowed_clients: tuple[str, ...] = _setting(
        (),
        "names a caller's certificate may bear: SPIFFE id (.../* for all below), DNS, or common name; empty allows all",
    )
    token_hashes: str = _setting("", "file of hashed bearer tokens, one of which each call must bear; empty asks none")
    insecure: bool = _setting(False, "let other machines in without encryption or without authentication")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """What one caller may use up: a token's or a certificate's name, or else the caller's network address."""

    drafts_per_minute: float = _setting(0.0, "drafts a caller may send a minute, evenly; 0 any", low=0, high=1e9)
    drafts_at_once: int = _setting(64, "drafts a caller may send before the pace counts", low=1, high=1_000_000)
    calls_under_way: int = _setting(0, "calls a caller may have running or waiting; 0 any", low=0, high=10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """What the server tells of itself, beside its log. Never a word of a draft."""

    metrics_address: str = _setting("", "host:port for HTTP: /metrics, /healthz and /readyz; empty has none")
    health_address: str = _setting("", "host:port for plaintext gRPC health checks alone; empty has none")
    traces: bool = _setting(False, "send OpenTelemetry traces, as the OTEL_... variables say; needs [telemetry]")


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistSettings:
    """The language model that may help, if any. Its key never stands here: see `apology_service.assist`."""

    base_url: str = _setting("", "OpenAI-compatible endpoint, such as http://127.0.0.1:11434/v1; empty: no model helps")
    model: str = _setting("", "the model to ask for, as the endpoint calls it")
    api_key_file: str = _setting("", f"file that holds the key; or put the key into {PREFIX}ASSIST_API_KEY")
    uses: str = _setting(
        "both",
        "what the model does: word suggestions and rewrites, read second",
        choices=("both", "wording", "reading"),
    )
    dialect: str = _setting(
        "standard",
        "standard: JSON schema, temperature 0, seed; reasoning: without the last two; plain: without the schema",
        choices=("standard", "reasoning", "plain"),
    )
    pseudonymise: bool = _setting(True, "replace names, addresses and numbers before a draft is sent")
    timeout_seconds: float = _setting(20.0, "seconds that the model gets, within the call's own", low=0.1, high=600)
    retries: int = _setting(1, "tries after the first, when it was refused for load or could not be reached", high=5)
    concurrency: int = _setting(2, "requests to the model at a time", low=1, high=1_000)
    seed: int = _setting(1, "seed that the model is asked to use", high=2_147_483_647)
    max_draft_characters: int = _setting(8_000, "code points; a longer draft gets no help", low=1, high=1_000_000)
    max_answer_tokens: int = _setting(1_500, "tokens that an answer may have", low=16, high=1_000_000)
    tokens_per_minute: int = _setting(100_000, "tokens to spend a minute; 0 no bound", high=1_000_000_000)
    tokens_per_day: int = _setting(2_000_000, "tokens to spend a day; 0 no bound", high=1_000_000_000_000)
    cache_entries: int = _setting(256, "answers kept in memory; 0 none", high=1_000_000)
    cache_seconds: float = _setting(3600.0, "seconds that an answer is kept", high=604_800)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything about a server that can differ from one place to another."""

    address: str = _setting("127.0.0.1:50051", "host:port, or unix:/path/of/a/socket")
    pipeline: str = _setting("", "spaCy pipeline to parse with; empty means the one this package installs")
    trained_reader: bool = _setting(
        True, "let the trained reader help the rules; without it they judge by grammar alone"
    )
    workers: int = _setting(
        available_cores(),
        "processes that review; usually one for each core. 0: a thread of the server itself reviews",
        low=0,
        high=256,
    )
    worker_drafts: int = _setting(
        2_500,
        "drafts after which a fresh worker replaces one: every new word that it meets costs it memory",
        low=1,
        high=1_000_000_000,
    )
    limits: Limits = Limits()
    security: Security = Security()
    quotas: Quotas = Quotas()
    telemetry: Telemetry = Telemetry()
    assist: AssistSettings = AssistSettings()
    cache_characters: int = _setting(
        100_000,
        "code points of parsed paragraphs that each worker keeps for the next time; 0 none",
        low=0,
        high=10_000_000,
    )
    cache_seconds: float = _setting(
        600.0, "seconds after which a paragraph that nobody sent again is forgotten", low=0, high=86_400
    )
    max_watches: int = _setting(256, "drafts watched at a time; more are refused at once", low=1, high=10_000)
    max_concurrent_calls: int = _setting(64, "calls running or waiting; more are refused at once", low=1, high=10_000)
    lame_duck_seconds: float = _setting(5.0, "on SIGTERM: seconds of service after health says no", low=0, high=600)
    grace_seconds: float = _setting(30.0, "seconds that running calls get to finish", low=0, high=3600)
    idle_exit_seconds: float = _setting(0.0, "leave after so many seconds without a call; 0 never", low=0, high=604_800)
    connection_age_seconds: float = _setting(
        600.0, "renew connections this old; drafts are then watched anew; 0 never", low=0, high=604_800
    )
    reflection: bool = _setting(True, "let clients ask for the schema")
    log_level: str = _setting("INFO", "least severe log line", choices=("DEBUG", "INFO", "WARNING", "ERROR"))


def load_settings(
    *,
    config: str | None = None,
    flags: Mapping[str, object] | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Settings:
    """The settings in force, or a SettingsError. `flags` holds what the command line says, by setting name."""
    path = config or environment.get(PREFIX + "CONFIG")
    found = {**(_from_file(Path(path)) if path else {}), **_from_environment(environment)}
    found |= {name: (value, f"command line: {name}") for name, value in (flags or {}).items()}
    values = {name: _checked(_BY_NAME[name], value, source) for name, (value, source) in found.items()}
    tables = {
        table: kind(**{f.name: values.pop(key) for key, f in keys.items() if key in values})
        for table, (kind, keys) in _TABLES.items()
    }
    return Settings(**tables, **values)


def describe(settings: Settings) -> str:
    """The settings as a commented TOML file."""
    lines = [_line(f, getattr(settings, f.name)) for f in _plain_fields(Settings)]
    for table, (_, keys) in _TABLES.items():
        values = getattr(settings, table)
        lines += ["", f"[{table}]", *(_line(f, getattr(values, f.name)) for f in keys.values())]
    return "\n".join(lines)


def _plain_fields(kind: type) -> Iterator[Field[Any]]:
    return (f for f in fields(kind) if not is_dataclass(f.type))


def _key(table: str, name: str) -> str:
    """A setting's name outside its table; what the assistant has is told apart from the server's own."""
    return f"{table}_{name}" if table == "assist" else name


_TABLES: dict[str, tuple[type[Any], dict[str, Field[Any]]]] = {
    table.name: (table.type, {_key(table.name, f.name): f for f in fields(table.type)})
    for table in fields(Settings)
    if isinstance(table.type, type) and is_dataclass(table.type)
}
"""The tables of the file: their kinds, and their settings by the names that these have in the environment."""

_TOP = {f.name: f for f in _plain_fields(Settings)}
_BY_NAME = _TOP | {key: f for _, keys in _TABLES.values() for key, f in keys.items()}

_Found = dict[str, tuple[object, str]]


def _from_file(path: Path) -> _Found:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))  # editors of Windows begin files with a mark
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
    found: _Found = {}
    for name, (_, keys) in _TABLES.items():
        inner = table.pop(name, {})
        if not isinstance(inner, dict):
            raise SettingsError(f"{path}: {name} must be a table: [{name}]")
        by_name = {f.name: key for key, f in keys.items()}
        for key in inner:
            if key not in by_name:
                raise SettingsError(f"{path}: unknown key {key!r}{_section(key, by_name)}")
        found |= {by_name[key]: (value, f"{path}: {key}") for key, value in inner.items()}
    for key in table:
        if key not in _TOP:
            raise SettingsError(f"{path}: unknown key {key!r}{_section(key, _TOP)}")
    return found | {key: (value, f"{path}: {key}") for key, value in table.items()}


def _section(key: str, here: Iterable[str]) -> str:
    """Where a key belongs that does not belong here, or what was meant."""
    if key in _TOP:
        return "; it belongs above the tables"
    table = next((t for t, (_, keys) in _TABLES.items() if key in {f.name for f in keys.values()}), None)
    return f"; it belongs under [{table}]" if table else _hint(key, here)


def _hint(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else "; --check-config shows what there is"


def _from_environment(environment: Mapping[str, str]) -> _Found:
    found: _Found = {}
    for variable in (v for v in sorted(environment) if v.startswith(PREFIX)):
        name = variable.removeprefix(PREFIX)
        if name.lower() in _BY_NAME and name.isupper():
            value = _from_text(_BY_NAME[name.lower()], environment[variable])
            found[name.lower()] = (value, f"environment: {variable}")
        elif name not in _OTHERS:
            known = [PREFIX + n.upper() for n in _BY_NAME]
            raise SettingsError(f"environment: unknown variable {variable}{_hint(variable, known)}")
    return found


def _from_text(setting: Field[Any], text: str) -> object:
    """The value that `text` stands for; `text` itself when it stands for none, so that the check can complain."""
    try:
        if setting.type is bool:
            return {"true": True, "1": True, "false": False, "0": False}.get(text.strip().lower(), text)
        if setting.type == _NAMES:
            return [name.strip() for name in text.split(",") if name.strip()]
        return setting.type(text)  # type: ignore[operator]  # int, float or str
    except ValueError:
        return text


def _checked(setting: Field[Any], value: object, source: str) -> Any:
    about, low, high = (setting.metadata[key] for key in ("about", "low", "high"))
    if setting.type == _NAMES:
        if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
            raise SettingsError(f"{source} must be a list of names ({about}), not {value!r}")
        return tuple(value)
    if setting.type is float and type(value) is int:
        value = float(value)
    if type(value) is not setting.type:
        kind = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}[setting.type]  # type: ignore[index]
        raise SettingsError(f"{source} must be {kind} ({about}), not {value!r}")
    if isinstance(value, int | float) and high and not low <= value <= high:
        raise SettingsError(f"{source} must lie between {low:g} and {high:g} ({about}), not {value!r}")
    if setting.metadata["choices"] and value not in setting.metadata["choices"]:
        raise SettingsError(f"{source} must be one of {', '.join(setting.metadata['choices'])}, not {value!r}")
    return value


def _line(setting: Field[Any], value: object) -> str:
    return f"{setting.name} = {_toml(value)}  # {setting.metadata['about']}"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)

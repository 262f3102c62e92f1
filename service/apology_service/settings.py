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
_OTHERS = {"CONFIG", "SERVER"}
"""Names under the prefix that are no settings: the file itself, and the address that the client command uses."""


class SettingsError(Exception):
    """A setting is wrong; the message names it and where it came from."""


def _setting(default: Any, about: str, *, low: float = 0, high: float = 0, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"about": about, "low": low, "high": high, "choices": choices})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of what the server takes; `GetCapabilities` tells them to callers."""

    max_draft_characters: int = _setting(20_000, "code points of a draft, body and subject", low=1, high=1_000_000)
    max_batch_drafts: int = _setting(32, "drafts in one batch", low=1, high=10_000)
    max_batch_characters: int = _setting(200_000, "code points of a batch", low=1, high=10_000_000)
    max_request_bytes: int = _setting(1024 * 1024, "bytes of a request", low=1024, high=64 * 1024 * 1024)
    max_allowed_phrases: int = _setting(100, "allowed phrases in one request", low=0, high=10_000)
    max_field_characters: int = _setting(2_000, "code points of any other string", low=1, high=100_000)
    max_call_seconds: float = _setting(30.0, "seconds a call may take", low=0.1, high=3600)


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
        10_000, "drafts after which a worker is replaced by a fresh one", low=1, high=1_000_000_000
    )
    limits: Limits = Limits()
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
    connection_age_seconds: float = _setting(600.0, "renew connections this old; 0 never", low=0, high=604_800)
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
    limits = {name: values.pop(name) for name in list(values) if name in _LIMITS}
    return Settings(limits=Limits(**limits), **values)


def describe(settings: Settings) -> str:
    """The settings as a commented TOML file."""
    own = [_line(f, getattr(settings, f.name)) for f in _plain_fields(Settings)]
    limits = [_line(f, getattr(settings.limits, f.name)) for f in _plain_fields(Limits)]
    return "\n".join([*own, "", "[limits]", *limits])


def _plain_fields(kind: type) -> Iterator[Field[Any]]:
    return (f for f in fields(kind) if not is_dataclass(f.type))


_LIMITS = {f.name for f in _plain_fields(Limits)}
_BY_NAME = {f.name: f for kind in (Settings, Limits) for f in _plain_fields(kind)}

_Found = dict[str, tuple[object, str]]


def _from_file(path: Path) -> _Found:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
    limits = table.pop("limits", {})
    if not isinstance(limits, dict):
        raise SettingsError(f"{path}: limits must be a table: [limits]")
    for key in [*(k for k in table if k not in _BY_NAME or k in _LIMITS), *(k for k in limits if k not in _LIMITS)]:
        raise SettingsError(f"{path}: unknown key {key!r}{_section(key)}")
    return {key: (value, f"{path}: {key}") for key, value in (table | limits).items()}


def _section(key: str) -> str:
    if key in _LIMITS:
        return "; it belongs under [limits]"
    return "; it belongs above [limits]" if key in _BY_NAME else _hint(key, _BY_NAME)


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
        return setting.type(text)  # type: ignore[operator]  # int, float or str
    except ValueError:
        return text


def _checked(setting: Field[Any], value: object, source: str) -> Any:
    about, low, high = (setting.metadata[key] for key in ("about", "low", "high"))
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
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    return f"{setting.name} = {text if not isinstance(value, str) else _quoted(value)}  # {setting.metadata['about']}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

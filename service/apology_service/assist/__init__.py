"""Help by a language model: better words for suggestions and rewrites, and a second reader.

It is there only where the operator names a model, and works only on drafts whose callers ask for it. The offline review
comes first and is never taken back: what the model says is checked against schema and draft here, and weighed, guarded
and proved by the rules (`apology_rules.opinion`). Nothing in this package imports the model's client before one is set up.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import SplitResult, urlsplit

from apology_service.assist.failures import Shortfall
from apology_service.settings import PREFIX, AssistSettings, SettingsError

if TYPE_CHECKING:  # the command checks its settings before it loads a parser
    from apology_rules import Context, Draft, Options, Review
    from apology_service.analysis import Analyst, Session

_KEY = f"{PREFIX}ASSIST_API_KEY"
_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?")


class AssistState(Enum):
    """Whether the language model took part."""

    OFF = "off"
    COMPLETE = "complete"
    PARTIAL = "partial"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Helped:
    """A review, and what the model had to do with it. Without its help the review is the offline one."""

    review: "Review"
    state: AssistState = AssistState.OFF
    reasons: tuple[Shortfall, ...] = ()

    @property
    def took_part(self) -> bool:
        return self.state in {AssistState.COMPLETE, AssistState.PARTIAL}

    @property
    def needed_and_missing(self) -> bool:
        """Whether the model did not help although there was something to do for it."""
        return not self.took_part and self.reasons != (Shortfall.NOTHING_TO_DO,)


class Assistant(Protocol):
    """Reviews drafts with the help of a language model."""

    @property
    def model(self) -> str:
        """The model, as the endpoint calls it."""

    @property
    def prompt(self) -> str:
        """The version of the prompts."""

    @property
    def available(self) -> bool:
        """Whether it would try to help now: not while the model is known to be down."""

    async def review(
        self,
        analyst: "Analyst",
        draft: "Draft",
        context: "Context",
        options: "Options",
        *,
        deadline: float,
        session: "Session | None" = None,
    ) -> Helped:
        """The review, or DeadlinePassedError when not even the offline one was done by `deadline`."""

    async def close(self) -> None: ...


def check(settings: AssistSettings) -> None:
    """Raises SettingsError when the settings do not fit together."""
    if not settings.base_url:
        if settings.model:
            raise SettingsError("assist: model is set without base_url; name the endpoint that serves it")
        return
    url = _address(settings.base_url)
    if url.username or url.password or url.query or url.fragment:
        raise SettingsError(f"assist: base_url must hold no user, key or query; a key belongs into {_KEY}")
    if not settings.model:
        raise SettingsError("assist: base_url is set without model; name the model to ask for")


def _address(base_url: str) -> SplitResult:
    """The parts of `base_url`; SettingsError, which quotes nothing, when it is no address of an endpoint."""
    if not base_url.isascii() or not base_url.isprintable() or " " in base_url:
        raise SettingsError("assist: base_url must be ASCII without blanks; write a name in other letters as xn--...")
    try:
        url = urlsplit(base_url)
        port = url.port
    except ValueError:  # brackets that do not close, or a port that is none
        raise SettingsError("assist: base_url is no address: its host or its port cannot be read") from None
    host = url.hostname or ""
    if url.scheme not in {"http", "https"} or port == 0 or not (_NAME.fullmatch(host) or _is_ip(host)):
        raise SettingsError("assist: base_url must be an http or https address, such as http://127.0.0.1:11434/v1")
    return url


def load(settings: AssistSettings, environment: Mapping[str, str] = os.environ) -> Assistant | None:
    """The assistant; None when no model is set. Raises SettingsError when one is set and cannot be had."""
    check(settings)
    if not settings.base_url:
        return None
    key = _key(settings, environment)
    try:
        from apology_service.assist.assistant import ModelAssistant
    except ImportError as error:
        raise SettingsError(
            "assist: a language model is set, and the client for it is not installed; install apology-review[llm]"
        ) from error
    return ModelAssistant.over(settings, key)


def _key(settings: AssistSettings, environment: Mapping[str, str]) -> str:
    if not settings.api_key_file:
        key = environment.get(_KEY, "").strip()
        if not key.isascii() or not key.isprintable():
            raise SettingsError(f"assist: {_KEY} holds no key, or more than one line")
        return key
    try:
        key = Path(settings.api_key_file).read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"assist: cannot read the key from {settings.api_key_file}") from error
    if not key or not key.isascii() or not key.isprintable():
        raise SettingsError(f"assist: {settings.api_key_file} holds no key, or more than one line")
    return key


def warnings(settings: AssistSettings) -> list[str]:
    """What an operator must know of where drafts go; nothing when they stay on this machine."""
    url = urlsplit(settings.base_url)
    if not settings.base_url or is_here(url.hostname or ""):
        return []
    told = [f"drafts LEAVE THIS MACHINE: those whose callers ask for a language model are sent to {url.netloc}"]
    if url.scheme == "http":
        told.append(f"what is sent to {url.netloc} is not encrypted; use https, or a network that you trust")
    if not settings.pseudonymise:
        told.append(f"names, addresses and numbers are sent to {url.netloc} as they stand: pseudonymise is off")
    return told


def is_here(host: str) -> bool:
    """Whether `host` is this machine."""
    return ip_address(host).is_loopback if _is_ip(host) else host == "localhost"


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True

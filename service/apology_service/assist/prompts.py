"""The prompts: files of this package, each with its version."""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

NAMES = ("reading", "wording")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question and its answer as JSON, shown before the question itself. `rules` are those that it shows."""

    rules: tuple[str, ...]
    ask: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What a model is told. `version` names the file and ends in a digest of it: another word is another version."""

    version: str
    system: str
    examples: tuple[Example, ...]


@cache
def prompt(name: str) -> Prompt:
    """One of NAMES."""
    raw = (files(__package__) / "prompts" / f"{name}.toml").read_bytes()
    table = tomllib.loads(raw.decode("utf-8"))
    digest = hashlib.sha256(raw).hexdigest()[:8]
    return Prompt(
        version=f"{name}-{table['version']}.{digest}",
        system=table["system"].strip(),
        examples=tuple(
            Example(rules=tuple(e.get("rules", ())), ask=e["ask"].strip(), answer=json.dumps(e["answer"]))
            for e in table.get("examples", ())
        ),
    )


def version() -> str:
    """The version of all prompts together."""
    return "+".join(prompt(name).version for name in NAMES)

"""Policies as they lie in TOML files, checked when they are read: every error names the file and the line."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from apology_client.enums import Relation, Sensitivity, Severity
from apology_client.errors import PolicyError, reason_of
from apology_client.policy import CLOSED, OPEN, PhraseRule, Policy, Unanswered

READY_MADE = ("internal", "press", "support")
_TEXTS = ("disabled_rules", "allowed_phrases")
_TABLES = ("severities", "parameters", "unanswered")
_PLAIN = ("threshold", "sensitivity", "relation", "within_seconds", "suppression")
_KEYS = (*_PLAIN, *_TEXTS, *_TABLES, "phrase")
_PHRASE_KEYS = tuple(f.name for f in fields(PhraseRule))
_ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_MARKED = re.compile(r"\[\[(.*?)\]\]", re.S)
_T = TypeVar("_T")
_Kind = type[Severity] | type[Sensitivity] | type[Relation]
_KINDS: dict[str, _Kind] = {"threshold": Severity, "sensitivity": Sensitivity, "relation": Relation}


def load_policy(name: str) -> Policy:
    """The ready-made policy of that name, or the one in the file `name`. Raises PolicyError."""
    if name in READY_MADE:
        return _read(ready_made(name), f"policy {name}")
    try:
        text = Path(name).read_text(encoding="utf-8-sig")  # editors of Windows begin files with a mark
    except OSError as error:
        hint = f"; ready-made are {', '.join(READY_MADE)}" if "/" not in name and "." not in name else ""
        raise PolicyError(f"{name} cannot be read: {reason_of(error)}{hint}") from None
    except UnicodeDecodeError as error:
        raise PolicyError(f"{name} is not UTF-8: byte {error.start} cannot be decoded") from None
    return _read(text, name)


def ready_made(name: str) -> str:
    """The TOML of a ready-made policy, with comments: a start for one's own."""
    return (files("apology_client") / "policies" / f"{name}.toml").read_text(encoding="utf-8")


def _read(text: str, file: str) -> Policy:
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, and what it is not used for
        raise PolicyError(f"{file}: {error}") from None
    return _Reader(file, text.splitlines()).policy(table)


@dataclass(frozen=True, slots=True)
class _Place:
    """A key in the `number`-th table of that heading; the heading is empty above all tables."""

    key: str
    heading: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns the tables of one file into a policy."""

    file: str
    lines: list[str]

    def policy(self, table: dict[str, Any]) -> Policy:
        self._known(table, _KEYS, "")
        unanswered = self._table(table, "unanswered")
        self._known(unanswered, [f.name for f in fields(Unanswered)], "unanswered")
        for key, value in unanswered.items():
            self._one_of(value, (OPEN, CLOSED), _Place(key, "unanswered"))
        given: dict[str, Any] = {key: self._texts(table[key], _Place(key)) for key in _TEXTS if key in table}
        for key, kind in _KINDS.items():
            if key in table:
                given[key] = self._word(kind, table[key], _Place(key))
        if "within_seconds" in table:
            given["within_seconds"] = self._seconds(table["within_seconds"])
        if "suppression" in table:
            given["suppression"] = self._one_of(table["suppression"], (True, False), _Place("suppression"))
        return Policy(
            severities=dict(self._severities(self._table(table, "severities"))),
            rule_parameters=dict(self._parameters(self._table(table, "parameters"))),
            phrases=tuple(self._phrases(table.get("phrase", []))),
            unanswered=Unanswered(**unanswered),
            **given,
        )

    def _severities(self, table: dict[str, Any]) -> Iterator[tuple[str, Severity | None]]:
        for rule, value in table.items():
            yield rule, None if value == "off" else self._word(Severity, value, _Place(rule, "severities"), "off")

    def _parameters(self, table: dict[str, Any]) -> Iterator[tuple[str, dict[str, int]]]:
        for rule, values in table.items():
            place = _Place(rule, "parameters")
            if not isinstance(values, dict) or not all(_is_number(value) for value in values.values()):
                raise self._error(place, "needs whole numbers by name: { name = 3 }")
            yield rule, values

    def _phrases(self, tables: object) -> Iterator[PhraseRule]:
        if not isinstance(tables, list):
            raise self._error(_Place("phrase"), "must be written as [[phrase]]")
        seen: set[str] = set()
        for number, table in enumerate(tables):
            rule = self._phrase(table, number)
            if rule.id in seen:
                raise self._error(_Place("id", "phrase", number), f"is used twice: {rule.id}")
            seen.add(rule.id)
            yield rule

    def _phrase(self, table: dict[str, Any], number: int) -> PhraseRule:
        self._known(table, _PHRASE_KEYS, "phrase", number)
        for key in ("id", "phrases", "message", "bad", "good"):
            if not table.get(key):
                raise self._error(_Place(key, "phrase", number), "is missing: a phrase rule needs it")
        place = _Place("id", "phrase", number)
        if not isinstance(table["id"], str) or not _ID.fullmatch(table["id"]):
            raise self._error(
                place, "must be made of small letters, digits, dots and hyphens, such as house.touch-base"
            )
        given: dict[str, Any] = {}
        for key, value in table.items():
            here = _Place(key, "phrase", number)
            if key in ("phrases", "bad", "good"):
                given[key] = self._texts(value, here)
            elif key == "severity":
                given[key] = self._word(Severity, value, here)
            else:
                given[key] = self._text(value, here)
        rule = PhraseRule(**given)
        self._check_examples(rule, number)
        return rule

    def _check_examples(self, rule: PhraseRule, number: int) -> None:
        """The rule flags what its bad examples mark, and nothing else in them and in the good ones."""
        for key, examples in (("bad", rule.bad), ("good", rule.good)):
            for example in examples:
                text, marked = _unmarked(example)
                found = sorted(set(rule.spans(text)))
                if key == "bad" and not marked:
                    fault = "marks no words with [[double brackets]]"
                elif missed := [span for span in marked if span not in found]:
                    fault = f"does not flag {text[slice(*missed[0])]!r}"
                elif extra := [span for span in found if span not in marked]:
                    fault = f"flags {text[slice(*extra[0])]!r}, which is not marked"
                else:
                    continue
                place = _Place(key, "phrase", number)
                raise self._error(place, f"example: the rule {rule.id} {fault}", near=example)

    def _table(self, table: dict[str, Any], key: str) -> dict[str, Any]:
        value = table.get(key, {})
        if not isinstance(value, dict):
            raise self._error(_Place(key), f"must be a table: [{key}]")
        return value

    def _texts(self, value: object, place: _Place) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise self._error(place, 'must be a list of texts: ["..."]')
        return tuple(self._text(item, place) for item in value)

    def _text(self, value: object, place: _Place) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self._error(place, "must be text in quotation marks")
        return value

    def _seconds(self, value: object) -> float:
        if type(value) not in (int, float) or not 0 < float(str(value)) <= 300:
            raise self._error(_Place("within_seconds"), "must be a number of seconds from 0.1 to 300")
        return float(str(value))

    def _one_of(self, value: _T, allowed: Iterable[_T], place: _Place) -> _T:
        if value not in allowed:
            raise self._error(place, f"must be one of {', '.join(str(a).lower() for a in allowed)}")
        return value

    def _word(self, kind: _Kind, value: object, place: _Place, *also: str) -> Any:
        make: Callable[[Any], object] = Severity.of if kind is Severity else kind
        try:
            return make(value)
        except ValueError:
            words = [member.words for member in kind if member.name != "UNSPECIFIED"]
            raise self._error(place, f"must be one of {', '.join((*words, *also))}") from None

    def _known(self, table: dict[str, Any], keys: Iterable[str], heading: str, number: int = 0) -> None:
        if not isinstance(table, dict):
            raise self._error(_Place(heading), f"must be a table: [{heading}]")
        for key in table:
            if key not in keys:
                near = get_close_matches(key, keys, n=1)
                hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(keys)}"
                raise self._error(_Place(key, heading, number), f"is no key of a policy{hint}")

    def _error(self, place: _Place, fault: str, near: str = "") -> PolicyError:
        heading = f"{place.heading}." if place.heading else ""
        return PolicyError(f"{self.file}:{self._line(place, near)}: {heading}{place.key} {fault}")

    def _line(self, place: _Place, near: str) -> int:
        """Where the key stands, or the example `near` behind it; TOML parsers do not tell."""
        heading, count, at = "", -1, 1
        key = re.compile(rf"\s*[\"']?{re.escape(place.key)}[\"']?\s*=|\s*\[+\s*{re.escape(place.key)}\b")
        for number, line in enumerate(self.lines, start=1):
            if table := re.match(r"\s*\[+\s*([\w.\"'-]+?)\s*\]+\s*(?:#.*)?$", line):
                heading = table[1].partition(".")[0]
                count += heading == place.heading
                at = number if count == place.number and heading == place.heading else at
            if heading in (place.heading, place.key) and count in (place.number, -1) and key.match(line):
                at = number
                break
        start = near.splitlines()[0][:40] if near else ""
        return next((n for n, line in enumerate(self.lines[at - 1 :], start=at) if start in line), at) if start else at


def _is_number(value: object) -> bool:
    """Whether it is a whole number that the contract can carry."""
    return type(value) is int and abs(value) < 2**31


def _unmarked(example: str) -> tuple[str, list[tuple[int, int]]]:
    """The example without its brackets, and what stood in them."""
    text, spans, end = "", [], 0
    for mark in _MARKED.finditer(example):
        text += example[end : mark.start()]
        spans.append((len(text), len(text) + len(mark[1])))
        text += mark[1]
        end = mark.end()
    return text + example[end:], spans

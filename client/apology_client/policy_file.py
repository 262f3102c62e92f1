"""Policies as they lie in TOML files, checked when they are read: every fault is told with the file and the line."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from functools import partial
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
_FIELDS = {"parameters": "rule_parameters", "phrase": "phrases"}
"""The fields of a policy whose keys have another name."""
_PHRASE_NEEDS = ("id", "phrases", "message", "bad", "good")
_PHRASE_KEYS = tuple(f.name for f in fields(PhraseRule))
_ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_MARKED = re.compile(r"\[\[(.*?)\]\]", re.S)
_T = TypeVar("_T")
_Kind = type[Severity] | type[Sensitivity] | type[Relation]
_KINDS: dict[str, _Kind] = {"threshold": Severity, "sensitivity": Sensitivity, "relation": Relation}


def load_policy(name: str) -> Policy:
    """The ready-made policy of that name, or the one in the file `name`. PolicyError tells the first fault of it."""
    policy, faults = examine(name)
    if faults:
        more = f" (`apology-review policy check` tells {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise PolicyError(faults[0] + more)
    return policy


def examine(name: str) -> tuple[Policy, tuple[str, ...]]:
    """What is right of that policy, and all that is wrong with it. PolicyError for what is no TOML or cannot be read."""
    if name in READY_MADE:
        return _read(ready_made(name), f"policy {name}")
    try:
        text = Path(name).read_text(encoding="utf-8-sig")  # editors of Windows begin files with a mark
    except OSError as error:
        hint = f"; {_ready_made_like(name)}" if "/" not in name and "." not in name else ""
        raise PolicyError(f"{name} cannot be read: {reason_of(error)}{hint}") from None
    except UnicodeDecodeError as error:
        raise PolicyError(f"{name} is not UTF-8: byte {error.start} cannot be decoded") from None
    return _read(text, name)


def _ready_made_like(name: str) -> str:
    near = get_close_matches(name.lower(), READY_MADE, n=1)
    return f"did you mean {near[0]}?" if near else f"ready-made are {', '.join(READY_MADE)}"


def ready_made(name: str) -> str:
    """The TOML of a ready-made policy, with comments: a start for one's own."""
    return (files("apology_client") / "policies" / f"{name}.toml").read_text(encoding="utf-8")


def _read(text: str, file: str) -> tuple[Policy, tuple[str, ...]]:
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, and what it is not used for
        raise PolicyError(f"{file}: {error}") from None
    reader = _Reader(file, text.splitlines())
    policy = reader.policy(table)
    return policy, tuple(str(fault) for fault in sorted(reader.faults, key=lambda fault: fault.line))


@dataclass(frozen=True, slots=True)
class _Place:
    """A key in the `number`-th table of that heading; the heading is empty above all tables."""

    key: str
    heading: str = ""
    number: int = 0


class _FaultError(Exception):
    """Something is wrong in this line."""

    def __init__(self, line: int, told: str) -> None:
        super().__init__(told)
        self.line = line


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns the tables of one file into a policy; what is wrong is left out of it and noted in `faults`."""

    file: str
    lines: list[str]
    faults: list[_FaultError] = field(default_factory=list)

    def policy(self, table: dict[str, Any]) -> Policy:
        self._known(table, _KEYS, "")
        given: dict[str, Any] = {}
        for key, read in self._readers().items():
            if key in table:
                with self._noting():
                    given[_FIELDS.get(key, key)] = read(table[key])
        return Policy(**given)

    def _readers(self) -> dict[str, Callable[[Any], Any]]:
        """How to read the value of each key."""
        readers: dict[str, Callable[[Any], Any]] = {key: partial(self._texts, place=_Place(key)) for key in _TEXTS}
        readers |= {key: partial(self._word, kind, place=_Place(key)) for key, kind in _KINDS.items()}
        return readers | {
            "within_seconds": self._seconds,
            "suppression": partial(self._one_of, allowed=(True, False), place=_Place("suppression")),
            "severities": lambda value: dict(self._severities(self._table(value, "severities"))),
            "parameters": lambda value: dict(self._parameters(self._table(value, "parameters"))),
            "unanswered": lambda value: Unanswered(**dict(self._unanswered(self._table(value, "unanswered")))),
            "phrase": lambda value: tuple(self._phrases(value)),
        }

    @contextmanager
    def _noting(self) -> Iterator[None]:
        """What is wrong with this does not keep the rest from being looked at."""
        try:
            yield
        except _FaultError as fault:
            self.faults.append(fault)

    def _unanswered(self, table: dict[str, Any]) -> Iterator[tuple[str, str]]:
        known = [f.name for f in fields(Unanswered)]
        self._known(table, known, "unanswered")
        for key in known:
            if key in table:
                with self._noting():
                    yield key, self._one_of(table[key], (OPEN, CLOSED), _Place(key, "unanswered"))

    def _severities(self, table: dict[str, Any]) -> Iterator[tuple[str, Severity | None]]:
        for rule, value in table.items():
            with self._noting():
                place = _Place(rule, "severities")
                yield rule, None if value == "off" else self._word(Severity, value, place, "off")

    def _parameters(self, table: dict[str, Any]) -> Iterator[tuple[str, dict[str, int]]]:
        for rule, values in table.items():
            with self._noting():
                if not isinstance(values, dict) or not all(_is_number(value) for value in values.values()):
                    raise self._fault(_Place(rule, "parameters"), "needs whole numbers by name: { name = 3 }")
                yield rule, values

    def _phrases(self, tables: object) -> Iterator[PhraseRule]:
        if not isinstance(tables, list):
            raise self._fault(_Place("phrase"), "must be written as [[phrase]]")
        seen: set[str] = set()
        for number, table in enumerate(tables):
            with self._noting():
                rule = self._phrase(table, number)
                if rule.id in seen:
                    raise self._fault(_Place("id", "phrase", number), f"is used twice: {rule.id}")
                seen.add(rule.id)
                self._check_examples(rule, number)
                yield rule

    def _phrase(self, table: dict[str, Any], number: int) -> PhraseRule:
        before = len(self.faults)
        meant = self._known(table, _PHRASE_KEYS, "phrase", number)
        given: dict[str, Any] = {}
        for key in _PHRASE_KEYS:
            place = _Place(key, "phrase", number)
            with self._noting():
                if key in table and (table[key] or key not in _PHRASE_NEEDS):
                    given[key] = self._phrase_value(key, table[key], place)
                elif key in _PHRASE_NEEDS and key not in meant:
                    raise self._fault(place, "is missing: a phrase rule needs it")
        if len(self.faults) > before:
            raise self.faults.pop()  # it is noted by the caller
        return PhraseRule(**given)

    def _phrase_value(self, key: str, value: Any, place: _Place) -> Any:
        if key == "id" and not (isinstance(value, str) and _ID.fullmatch(value)):
            raise self._fault(
                place, "must be made of small letters, digits, dots and hyphens, such as house.touch-base"
            )
        if key in ("phrases", "bad", "good"):
            return self._texts(value, place)
        return self._word(Severity, value, place) if key == "severity" else self._text(value, place)

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
                with self._noting():
                    raise self._fault(place, f"example: the rule {rule.id} {fault}", near=example)

    def _table(self, value: object, key: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._fault(_Place(key), f"must be a table: [{key}]")
        return value

    def _texts(self, value: object, place: _Place) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise self._fault(place, 'must be a list of texts: ["..."]')
        return tuple(self._text(item, place) for item in value)

    def _text(self, value: object, place: _Place) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self._fault(place, "must be text in quotation marks")
        return value

    def _seconds(self, value: object) -> float:
        if type(value) not in (int, float) or not 0 < float(str(value)) <= 300:
            raise self._fault(_Place("within_seconds"), "must be a number of seconds from 0.1 to 300")
        return float(str(value))

    def _one_of(self, value: _T, allowed: Iterable[_T], place: _Place) -> _T:
        if value not in allowed:
            raise self._fault(place, f"must be one of {', '.join(str(a).lower() for a in allowed)}")
        return value

    def _word(self, kind: _Kind, value: object, place: _Place, *also: str) -> Any:
        make: Callable[[Any], object] = Severity.of if kind is Severity else kind
        try:
            return make(value)
        except ValueError:
            words = [member.words for member in kind if member.name != "UNSPECIFIED"]
            raise self._fault(place, f"must be one of {', '.join((*words, *also))}") from None

    def _known(self, table: dict[str, Any], keys: Iterable[str], heading: str, number: int = 0) -> set[str]:
        """Note the keys that are none of these; which of these may have been meant."""
        if not isinstance(table, dict):
            raise self._fault(_Place(heading), f"must be a table: [{heading}]")
        meant: set[str] = set()
        for key in table:
            if key not in keys:
                near = get_close_matches(key, keys, n=1)
                meant.update(near)
                hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(keys)}"
                self.faults.append(self._fault(_Place(key, heading, number), f"is no key of a policy{hint}"))
        return meant

    def _fault(self, place: _Place, fault: str, near: str = "") -> _FaultError:
        heading, line = f"{place.heading}." if place.heading else "", self._line(place, near)
        return _FaultError(line, f"{self.file}:{line}: {heading}{place.key} {fault}")

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

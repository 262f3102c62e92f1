"""The fact guard: nothing in a new text that neither the draft nor the writer's facts say.

It compares in code, for text of any origin: numbers, amounts, dates and times, links and addresses, names, and the words
of every promise, remedy, cause and admission. Words in a `[placeholder]` claim nothing.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from apology_rules.draft import Context
from apology_rules.promises import promises
from apology_rules.reading import Mark, Reading, lexicon
from apology_rules.reading.acts import Strength, explains, owns, prevents, repairs
from apology_rules.reading.clauses import Agent, Clause
from apology_rules.review import Span
from apology_rules.rewrite.words import PLACEHOLDER


class Kind(Enum):
    """What was invented."""

    NUMBER = "number"
    LINK = "link"
    NAME = "name"
    TIME = "time"
    PROMISE = "promise"
    REMEDY = "remedy"
    CAUSE = "cause"
    ADMISSION = "admission"
    BLAME = "blame"
    DENIAL = "denial"


@dataclass(frozen=True, slots=True)
class Invention:
    """Words of a new text that have no source."""

    kind: Kind
    words: str


_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.I)
_NUMBER = re.compile(r"[£$€¥]?\d[\d.,:/-]*\d|[£$€¥]?\d")
_MEASURE = re.compile(
    r"[£$€¥₹]\s?(?P<money>\d[\d.,]*)"
    r"|(?P<amount>\d[\d.,]*)\s?(?:pounds?|euros?|dollars?|rupees?|pence|quid|eur|gbp|usd|inr|aed|kes)\b"
    r"|(?P<share>\d[\d.,]*)\s?(?:%|per\s?cent)"
    r"|(?P<clock>\d{1,2}(?:[:.]\d\d)?)\s?[ap]\.?m\b",
    re.I,
)
"""Numbers that their unit makes: £20 is not the 20th."""

_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[A-Za-z][\w'’-]*")
_COUNTS = frozenset(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion dozen half".split()
)
_TIMES = frozenset(
    "today tonight tomorrow yesterday monday tuesday wednesday thursday friday saturday sunday january february march april "
    "june july august september october november december noon midnight immediately weekend fortnight".split()
)
_FREE = frozenset(
    "be have do will shall can could would should may might must get make go happen it this that because cause mistake "
    "fault job responsibility people affect able know mean cost reach right get so again sorry apologise apologize".split()
)
"""Lemmas that a promise, a cause or an admission may hold without a source: they name no deed and no thing."""

_CONTENT = frozenset({"NOUN", "VERB", "PROPN", "NUM", "ADJ"})


class FactGuard:
    """Knows what the draft and the facts say, and finds what a new text adds to it."""

    def __init__(self, reading: Reading, context: Context, facts: Iterable[Reading] = ()) -> None:
        told = [reading, *facts]
        parties = [context.sender.name, context.sender.role, context.recipient.name, context.recipient.role]
        source = "\n".join([*(r.text for r in told), *parties])
        self._links = {m.group().rstrip(".,;:!?)").lower() for m in _LINK.finditer(source)}
        self._numbers = {_plain(m.group()) for m in _NUMBER.finditer(source)}
        self._measures = set(_measures(source))
        self._digits = set(_DIGITS.findall(source))
        self._words = {m.group().lower().replace("’", "'") for m in _WORD.finditer(source)}
        self._words |= {part for word in self._words for part in re.split(r"[-']", word)}
        self._lemmas = {t.lemma_.lower() for r in told for t in r.doc} | self._words

        clauses = [clause for r in told for clause in r.body_clauses]
        self._said = {(c.root.lemma_.lower(), c.negated) for c in clauses}
        self._blamed = {c.root.lemma_.lower() for c in clauses if c.doer is Agent.SECOND}
        vowed = {p.span.begin for p in promises(reading, lambda mark: _span(reading, mark))}
        self._promised = {
            t.lemma_.lower() for c in reading.body_clauses if reading.mark(c).begin in vowed or c.past for t in c.own
        }
        self._promised |= {t.lemma_.lower() for r in told[1:] for t in r.doc}

    def inventions(self, reading: Reading, free: Iterable[tuple[int, int]] = ()) -> tuple[Invention, ...]:
        """What `reading`, of the new text, says without a source. Placeholders claim nothing, and nor do `free` words."""
        gaps = [m.span() for m in PLACEHOLDER.finditer(reading.text)] + list(free)
        text = reading.text
        for begin, end in gaps:
            text = text[:begin] + " " * (end - begin) + text[end:]
        return (*self._plain_words(text), *self._names(reading, gaps), *self._claims(reading, gaps))

    def _plain_words(self, text: str) -> Iterator[Invention]:
        for match in _LINK.finditer(text):
            if match.group().rstrip(".,;:!?)").lower() not in self._links:
                yield Invention(Kind.LINK, match.group())
        for measure in _measures(text):
            if measure not in self._measures:
                yield Invention(Kind.NUMBER, measure[1])
        for match in _NUMBER.finditer(_LINK.sub(" ", text)):
            known = _plain(match.group()) in self._numbers or _plain(match.group()) in self._digits
            if not known:
                yield Invention(Kind.NUMBER, match.group())
        for match in _WORD.finditer(text):
            word = match.group().lower()
            if word in _COUNTS and word not in self._words:
                yield Invention(Kind.NUMBER, match.group())
            if word in _TIMES and word not in self._words:
                yield Invention(Kind.TIME, match.group())

    def _names(self, reading: Reading, gaps: list[tuple[int, int]]) -> Iterator[Invention]:
        for token in reading.doc:
            inside = any(begin <= token.idx < end for begin, end in gaps)
            capital = token.text[:1].isupper() and not _opens(reading, token.idx) and token.lower_ not in {"i", "i'm"}
            if (capital or token.pos_ == "PROPN") and not inside and _WORD.match(token.text):
                word = token.lower_.replace("’", "'").rstrip(".")
                if word not in self._words and token.lemma_.lower() not in self._lemmas | _FREE:
                    yield Invention(Kind.NAME, token.text)

    def _claims(self, reading: Reading, gaps: list[tuple[int, int]]) -> Iterator[Invention]:
        told: list[tuple[Kind, Clause]] = []
        promised = {p.span.begin for p in promises(reading, lambda mark: _span(reading, mark))}
        for clause in reading.body_clauses:
            begin = reading.mark(clause).begin
            if begin in promised or prevents(reading, clause) is Strength.FULL:
                told.append((Kind.PROMISE, clause))
            if repairs(reading, clause) is not Strength.NONE:
                told.append((Kind.REMEDY, clause))
            if explains(reading, clause) is Strength.FULL or clause.words & {"because", "due", "owing"}:
                told.append((Kind.CAUSE, clause))
            if owns(reading, clause) is not Strength.NONE:
                told.append((Kind.ADMISSION, clause))
        for clause in reading.body_clauses:
            if not any(begin <= clause.root.idx < end for begin, end in gaps):
                told_wrongly = self._turned(clause, promised=reading.mark(clause).begin in promised)
                if told_wrongly is not None:
                    yield Invention(told_wrongly, clause.root.text)
        for kind, clause in told:
            new = [
                t.text
                for t in clause.own
                if t.pos_ in _CONTENT
                and not any(begin <= t.idx < end for begin, end in gaps)
                and not {t.lemma_.lower(), t.lower_.replace("’", "'")} & (self._lemmas | _FREE)
                and t.lower_ not in lexicon.FIRST_PRONOUNS | lexicon.SECOND_PRONOUNS
                and t.is_alpha
            ]
            if new:
                yield Invention(kind, " ".join(new))

    def _turned(self, clause: Clause, *, promised: bool) -> Kind | None:
        """Known words that now say something else: a no for a yes, their doing for the sender's, a vow for a maybe."""
        lemma = clause.root.lemma_.lower()
        if lemma in _FREE or lemma not in self._lemmas:
            return None
        if promised and lemma not in self._promised:
            return Kind.PROMISE
        if clause.doer is Agent.SECOND and lemma in lexicon.FAILURE_VERBS and lemma not in self._blamed:
            return Kind.BLAME
        mine = clause.doer is Agent.FIRST and clause.past
        known = (lemma, not clause.negated) in self._said and (lemma, clause.negated) not in self._said
        return Kind.DENIAL if mine and known else None


def _measures(text: str) -> Iterator[tuple[str, str]]:
    """Each amount of money, share and time of day, with its unit."""
    for match in _MEASURE.finditer(text):
        unit = "money" if match.lastgroup == "amount" else match.lastgroup or ""
        yield unit, _plain(match.group(match.lastgroup or 0))


def _plain(number: str) -> str:
    return number.strip("£$€¥.,:/-").replace(",", "")


def _opens(reading: Reading, begin: int) -> bool:
    """Whether a sentence, a line or a quotation begins here."""
    before = reading.text[:begin].rstrip(" \t\"'([*•-–—")
    return not before or before[-1] in ".!?:;\n\r…" or not before[-1].isascii()


def _span(reading: Reading, mark: Mark) -> Span | None:
    if mark.begin is None or mark.end is None:
        return None
    return Span(begin=mark.begin, end=mark.end, text=reading.text[mark.begin : mark.end])

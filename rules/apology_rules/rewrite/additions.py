"""Sentences for what the draft lacks, in the writer's own facts or with a visible placeholder, at the right place."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from spacy.tokens import Doc

from apology_rules.draft import Relation
from apology_rules.reading import Reading
from apology_rules.reading.clauses import Agent
from apology_rules.reading.layout import Line, Role
from apology_rules.review import Category
from apology_rules.rewrite.cuts import ends
from apology_rules.rewrite.edits import Edit
from apology_rules.rewrite.words import PLACEHOLDER, Voice, raised

ORDER = (
    Category.MISSING_REGRET,
    Category.MISSING_RESPONSIBILITY,
    Category.MISSING_EXPLANATION,
    Category.MISSING_EMPATHY,
    Category.ABSENT_REMEDY,
    Category.MISSING_PREVENTION,
    Category.MISSING_CONTACT,
)
"""Regret first, then act, cause and what it meant, then remedy, prevention and contact, as they stand in a letter."""

_AT_THE_END = frozenset({Category.ABSENT_REMEDY, Category.MISSING_PREVENTION, Category.MISSING_CONTACT})
_TOLD = {
    Category.MISSING_REGRET: "Apologises, at the start.",
    Category.MISSING_RESPONSIBILITY: "Says what you did, and that it was yours.",
    Category.MISSING_EXPLANATION: "Says why it happened.",
    Category.MISSING_EMPATHY: "Says what it meant for them.",
    Category.ABSENT_REMEDY: "Says what puts it right, and when.",
    Category.MISSING_PREVENTION: "Says what has changed.",
    Category.MISSING_CONTACT: "Says how to reach a person.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A sentence for a missing component; `order` is its rank among additions to one place."""

    order: int
    category: Category
    sentence: str
    told: str


def additions(reading: Reading, category: Category, voice: Voice, parse: Callable[[str], Doc]) -> Iterator[Addition]:
    """Ways to say what is missing, the writer's facts first."""
    order = ORDER.index(category)
    for sentence in _sentences(reading, category, voice, parse):
        yield Addition(order=order, category=category, sentence=sentence, told=_TOLD[category])


def placed(reading: Reading, wanted: list[Addition], line_end: str) -> list[Edit]:
    """Insertions of the sentences: the first ones into the opening paragraph, the last ones before the sign-off."""
    first = [a for a in sorted(wanted, key=lambda a: a.order) if a.category not in _AT_THE_END]
    last = [a for a in sorted(wanted, key=lambda a: a.order) if a.category in _AT_THE_END]
    body = _body(reading)
    if not body:
        return []
    edits = []
    regret = [a.sentence for a in first if a.category is Category.MISSING_REGRET]
    if regret:
        edits.append(_opening(reading, body, regret[0]))
    rest = [a.sentence for a in first if a.category is not Category.MISSING_REGRET]
    if rest:
        end = _behind_apology(reading, body)
        edits.append(Edit(end, end, f"{_stop(reading, end)} {' '.join(rest)}"))
    if last:
        end = _last_stop(reading, [line for line in body if line.paragraph == body[-1].paragraph])
        paragraphs = len({line.paragraph for line in body})
        gap = line_end * 2 if paragraphs > 1 else f"{_stop(reading, end)} "
        words = " ".join(a.sentence for a in last)
        if rest and edits[-1].begin == end:
            edits[-1] = Edit(end, end, f"{edits[-1].new}{gap if paragraphs > 1 else ' '}{words}")
        else:
            edits.append(Edit(end, end, f"{gap}{words}"))
    return edits


_GREETS = frozenset("hi hello hey dear good morning afternoon evening yo arre hiya greetings".split())


def _opening(reading: Reading, body: list[Line], sentence: str) -> Edit:
    """Before the first sentence of prose; behind it when it greets or calls by name."""
    prose = [s for s in reading.body if s.begin >= body[0].begin and reading.doc[s.last - 1].idx < body[-1].end + 2]
    first = next((s for s in prose if reading.text[s.begin : s.end].rstrip()[-1:] in _STOPS), None)
    if first is None:
        return Edit(body[0].begin, body[0].begin, f"{sentence} ")
    words = [t for t in reading.doc[first.first : first.last] if not t.is_space]
    called = words[0].lower_ in _GREETS or (len(words) > 1 and words[0].pos_ == "PROPN" and words[1].text in {",", "!"})
    end = first.begin + len(reading.text[first.begin : first.end].rstrip())
    return Edit(end, end, f" {sentence}") if called else Edit(first.begin, first.begin, f"{sentence} ")


def _body(reading: Reading) -> list[Line]:
    """The lines of the body before the sign-off; a postscript is left as it is."""
    lines: list[Line] = []
    for line in reading.lines:
        if line.role in {Role.SIGN_OFF, Role.SIGNATURE} and lines:
            break
        if line.role is Role.BODY:
            lines.append(line)
    while len(lines) > 1 and reading.text[lines[-1].begin : lines[-1].end].rstrip().endswith(","):
        lines.pop()  # "So so sorry," before a name
    return lines


def _apology_line(reading: Reading, body: list[Line]) -> Line:
    """The first line that apologises; where none does, the first that tells the failure, else the first of prose."""
    apologies = [a.head.idx for a in reading.real_apologies if reading.in_body(a.clause)]
    failures = [c.root.idx for c in reading.failures if c.doer is not Agent.SECOND]
    prose = [line for line in body if _STOP.search(reading.text, line.begin, line.end)] or body  # a heading has no stop
    telling = (
        line for begins in (apologies, failures) for line in prose if any(line.begin <= b < line.end for b in begins)
    )
    return next(telling, prose[0])


def _behind_apology(reading: Reading, body: list[Line]) -> int:
    """Behind the paragraph of the apology; behind its sentence, where one paragraph is all there is."""
    line = _apology_line(reading, body)
    inside = [other for other in body if other.paragraph == line.paragraph]
    begin, end = inside[0].begin, _last_stop(reading, inside)
    if len(inside) == len(body):
        heads = [a.head.idx for a in reading.real_apologies if begin <= a.head.idx < end]
        return next(_stops(reading.text, _told_from(reading, heads[0]), end), end) if heads else end
    return end


def _told_from(reading: Reading, apology: int) -> int:
    """Where the failure is told that is apologised for: at the apology or before it, else in one of the next sentences.

    "It happened because" before "I left you waiting" would point at nothing.
    """
    failures = [c for c in reading.failures if c.doer is not Agent.SECOND]
    place = next(s.number for s in reading.sentences if s.begin <= apology < s.end)
    named = any(not a.bare for a in reading.real_apologies if a.head.idx == apology)
    before = any(c.sentence <= place for c in failures)
    behind = next((c.root.idx for c in failures if place < c.sentence <= place + _NEXT), apology)
    return apology if named or before else behind


_NEXT = 2


_STOPS = frozenset(".!?\u2026")
_STOP = re.compile(r"[.!?\u2026][\"')\u201d\u2019]*(?=\s|$)")


def _stops(text: str, begin: int, end: int) -> Iterator[int]:
    """Where sentences end: not behind "Mrs D."."""
    return (m.end() for m in _STOP.finditer(text, begin, end) if ends(text, m.end()))


def _last_stop(reading: Reading, lines: list[Line]) -> int:
    """Behind the last full sentence of a paragraph; a name that stands below it on its own stays below."""
    begin, end = lines[0].begin, lines[-1].end
    stops = list(_stops(reading.text, begin, end))
    tail = reading.text[stops[-1] : end].split() if stops else []
    if stops and len(tail) <= _NAME_WORDS:
        return stops[-1]
    return end - _trailing(reading.text[begin:end])


_NAME_WORDS = 6


def _trailing(words: str) -> int:
    return len(words) - len(words.rstrip())


def _stop(reading: Reading, end: int) -> str:
    """A full stop where the paragraph ends without one."""
    return "." if end and reading.text[end - 1].isalnum() else ""


def _sentences(reading: Reading, category: Category, voice: Voice, parse: Callable[[str], Doc]) -> Iterator[str]:
    facts = reading.context.facts
    who, them = raised(voice.subject), _them(reading)
    match category:
        case Category.MISSING_REGRET:
            if not reading.real_apologies:  # a hedged one is mended where it stands
                yield f"{who} {voice.be} sorry."
        case Category.MISSING_RESPONSIBILITY:
            if facts.what_happened.strip():
                yield from _own_sentence(facts.what_happened, parse)
            yield f"{who} [what you did or failed to do], and that was {voice.possessive} mistake."
        case Category.MISSING_EXPLANATION:
            if facts.cause.strip():
                yield from _because(facts.cause, parse)
            yield "It happened because [the cause]."
        case Category.MISSING_EMPATHY:
            if facts.impact.strip():
                yield from _own_sentence(facts.impact, parse)
            cost = "[what it cost them]" if them != "you" else "[what it cost you]"
            yield f"{who} know{voice.s} what this meant for {them}: {cost}."
        case Category.ABSENT_REMEDY:
            if facts.remedy.strip():
                yield from _deed(facts.remedy, facts.remedy_date, "{who} will {deed}.", who, parse)
            yield f"{who} will [what puts it right] by [date]."
        case Category.MISSING_PREVENTION:
            if facts.prevention.strip():
                yield from _deed(
                    facts.prevention, "", "So that it does not happen again, {low} will {deed}.", voice.subject, parse
                )
            yield f"So that it does not happen again, {voice.subject} [what has changed]."
        case Category.MISSING_CONTACT:
            if facts.contact.strip():
                yield from _reach(facts.contact, parse)
            yield "You can reach [name] at [phone or e-mail]."


_EXAMPLES = {
    "what you did": "our mistake",
    "what you did or failed to do": "lost it",
    "what you could have done differently": "checked it",
    "what happened": "we lost it",
    "the cause": "we did not check it",
    "what it cost you": "you lost a whole day",
    "what it cost them": "they lost a whole day",
    "what puts it right": "refund you in full",
    "date": "Friday",
    "what has changed": "now check every order twice",
    "name": "Ann",
    "phone or e-mail": "01632 960123",
    "how many": "1,240",
}
"""What stands in the placeholders of this package while a mend is proved: the form is judged, the words are the writer's."""


def with_example(placeholder: str) -> str:
    """The example for a placeholder, with a capital where it has one; one that is not of this package stays."""
    example = _EXAMPLES.get(placeholder[1:-1].lower(), placeholder)
    return raised(example) if placeholder[1].isupper() else example


def filled(words: str) -> str:
    """New words with an example in each placeholder."""
    return PLACEHOLDER.sub(lambda m: with_example(m.group()), words)


def _them(reading: Reading) -> str:
    return "the people affected" if reading.relation is Relation.PRESS else "you"


def _own_sentence(fact: str, parse: Callable[[str], Doc]) -> Iterator[str]:
    """The fact itself, when it is a sentence."""
    if _finite(parse(fact)):
        yield _closed(raised(fact.strip()))


def _because(fact: str, parse: Callable[[str], Doc]) -> Iterator[str]:
    words = fact.strip().rstrip(".!")
    if words.lower().startswith("because "):
        yield f"It happened {words[0].lower()}{words[1:]}."
        return
    doc = parse(words)
    lower = words if _keeps_capital(doc) else words[0].lower() + words[1:]
    if _finite(doc) and len(list(doc.sents)) == 1:
        yield f"It happened because {lower}."
    elif _finite(doc):
        yield _closed(raised(fact.strip()))
    elif next(t for t in doc if t.head == t).pos_ in {"NOUN", "PROPN"}:
        yield f"The cause was {lower}."


def _deed(fact: str, date: str, form: str, who: str, parse: Callable[[str], Doc]) -> Iterator[str]:
    """ "We refund the fee" as it is, "refund the fee" with who does it; the date behind it where it is not said yet."""
    words, when = fact.strip().rstrip(".!"), date.strip().rstrip(".")
    if when and when.lower() not in words.lower():
        words = f"{words} {when if when[:1].isdigit() or not when[:1].isupper() else _date(when)}"
    doc = parse(words)
    if _finite(doc):
        yield _closed(raised(words))
        return
    root = next(t for t in doc if t.head == t)
    if doc[0].tag_ == "VB" or (root.tag_ == "VB" and root.i == 0) or root.tag_ == "VB":
        deed = words[0].lower() + words[1:]
        yield form.format(who=who, low=who, deed=deed.removeprefix("to "))
    elif root.pos_ in {"NOUN", "PROPN"} and "{who}" in form:
        yield f"You will get {words if _keeps_capital(doc) else words[0].lower() + words[1:]}."


def _date(when: str) -> str:
    """ "By Friday" in the middle of a sentence; "Friday" keeps its capital."""
    first = when.split()[0].lower()
    return (
        when[0].lower() + when[1:]
        if first in {"by", "on", "before", "within", "until", "from", "today", "tomorrow"}
        else when
    )


def _reach(fact: str, parse: Callable[[str], Doc]) -> Iterator[str]:
    words = fact.strip().rstrip(".")
    doc = parse(words)
    if _finite(doc) or doc[0].tag_ == "VB":
        yield _closed(raised(words))
    else:
        yield f"You can reach us directly: {words}."


def _finite(doc: Doc) -> bool:
    """Whether every sentence has a finite verb with a subject."""
    return all(
        any(
            t.pos_ in {"VERB", "AUX"}
            and any(c.dep_.startswith(("nsubj", "expl")) for c in t.children)
            and (t.tag_ in {"VBD", "VBP", "VBZ"} or any(c.dep_ in {"aux", "auxpass"} for c in t.children))
            for t in sentence
        )
        for sentence in doc.sents
    )


def _keeps_capital(doc: Doc) -> bool:
    return doc[0].lower_ in {"i", "i'm"} or doc[0].pos_ == "PROPN" or (len(doc[0]) > 1 and doc[0].text.isupper())


def _closed(words: str) -> str:
    return words if words[-1] in ".!?" else f"{words}."

"""The parsed draft: sentences with their roles, clauses, phrases of a concept, apology heads and failures."""

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

from spacy.tokens import Doc, Token

from apology_rules.draft import Context
from apology_rules.reader import Notes, Reader
from apology_rules.reading import lexicon
from apology_rules.reading.apologies import Apology, ConceptsAt, Force, apologies
from apology_rules.reading.clauses import Clause, clauses
from apology_rules.reading.contact import phone_or_mail
from apology_rules.reading.failures import fails
from apology_rules.reading.layout import Line, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Words that a rule points at: code points `[begin, end)` of the analysed text; both None for the whole draft.

    `weak` says that a component is there in a vague form. `confidence` is set where the very construction is surer, or
    less sure, than its rule as a whole.
    """

    begin: int | None = None
    end: int | None = None
    weak: bool = False
    confidence: float | None = None

    def overlaps(self, other: "Mark") -> bool:
        """Whether they share words; the whole draft shares none with anything."""
        if self.begin is None or self.end is None or other.begin is None or other.end is None:
            return False
        return self.begin < other.end and other.begin < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence: tokens `[first, last)`, code points `[begin, end)`, and the role of the line it begins in."""

    number: int
    first: int
    last: int
    begin: int
    end: int
    role: Role


_ASIDE = -1.5
"""A sentence whose log odds to be about something else are above this is not read with the rest."""

_HARDLY_LESS = 0.5
"""Sentences whose log odds are within this of the likeliest one are left out with it."""

_MOST_AGAIN = 3
"""How often the trained reader reads again, at most, without what it took for such; only once where the draft is long."""


_FINITE = frozenset({"VBD", "VBP", "VBZ", "VB", "MD"})
_APOLOGIES = frozenset({"sorry", "apologies", "soz"})


class ParsedDraft:
    """A draft, parsed once. `text` is that of `doc`, as long as the draft as received (`layout.analysis_text`)."""

    def __init__(
        self,
        *,
        doc: Doc,
        text: str,
        lines: Sequence[Line],
        phrases: Mapping[str, tuple[tuple[int, int], ...]],
        context: Context,
        reader: Reader | None = None,
    ) -> None:
        self.doc = doc
        self.text = text
        self._reader = reader
        self.lines = tuple(lines)
        self.context = context
        self._phrases = dict(phrases)
        self._roots_by_concept: dict[str, frozenset[int]] = {}
        self.sentences = tuple(_sentences(doc, self.lines))
        self.own_names = _names(self._lines_text(Role.SIGN_OFF, Role.SIGNATURE))
        self.their_names = _names(self._lines_text(Role.GREETING))
        spans = [doc[s.first : s.last] for s in self.sentences]
        self.clauses: tuple[Clause, ...] = tuple(clauses(doc, text, spans, self.own_names, self.their_names))
        self._by_sentence = _group(self.clauses, len(self.sentences))
        self._by_root = {clause.root.i: clause for clause in self.clauses}

    # where things are

    def _lines_text(self, *roles: Role) -> str:
        return "\n".join(self.text[line.begin : line.end] for line in self.lines if line.role in roles)

    def own_text(self) -> str:
        """The sender's own sentences, for readability."""
        return " ".join(self.text[s.begin : s.end] for s in self.body)

    @property
    def called(self) -> str:
        """The same with the greeting, where people are called by name."""
        return f"{self._lines_text(Role.GREETING)} {self.own_text()}"

    @cached_property
    def body(self) -> tuple[Sentence, ...]:
        """The sentences of the body; greeting, sign-off, signature and footer are left out."""
        return tuple(s for s in self.sentences if s.role is Role.BODY)

    @cached_property
    def signature(self) -> str:
        """Sign-off and signature."""
        return self._lines_text(Role.SIGN_OFF, Role.SIGNATURE)

    def in_body(self, clause: Clause) -> bool:
        return self.sentences[clause.sentence].role in {Role.SUBJECT, Role.BODY}

    @cached_property
    def body_clauses(self) -> tuple[Clause, ...]:
        """The clauses of subject and body, without quoted words."""
        return tuple(c for c in self.clauses if self.in_body(c) and not c.quoted)

    @cached_property
    def outermost_first(self) -> tuple[Clause, ...]:
        """The clauses of subject and body, each before the clauses within it."""
        return tuple(sorted(self.body_clauses, key=lambda clause: (clause.first, -clause.last)))

    @cached_property
    def headings(self) -> frozenset[int]:
        """Numbers of the lines over others that neither end like a sentence nor have a finite verb, and do not apologise."""
        return frozenset(s.number for s in self.sentences if self._heads(s))

    def _heads(self, sentence: Sentence) -> bool:
        words = self.text[sentence.begin : sentence.end]
        if not words.endswith(("\n", "\r")) or words.rstrip()[-1:] in {".", "!", "?"}:
            return False
        if self.text[: sentence.begin].rstrip(" ")[-1:] not in {"", "\n", "\r"}:
            return False
        tokens = self.doc[sentence.first : sentence.last]
        named = tokens[0].tag_ == "VB" and len(tokens) > 1 and tokens[1].pos_ == "ADP"  # "Update on the outage"
        return not any(t.tag_ in _FINITE or t.lower_ in _APOLOGIES for t in tokens[1 if named else 0 :])

    def clauses_of(self, sentence: int) -> tuple[Clause, ...]:
        """The clauses of one sentence; none when there is no such sentence."""
        return self._by_sentence[sentence] if 0 <= sentence < len(self._by_sentence) else ()

    def clause_at(self, token: Token) -> Clause:
        """The clause that a token belongs to."""
        while token.i not in self._by_root:
            token = token.head
        return self._by_root[token.i]

    # words

    def token_from(self, place: int) -> Token | None:
        """The first token that begins at a code point or behind it."""
        found = bisect_left(self._begins, place)
        return self.doc[found] if found < len(self._begins) else None

    def says_outside(self, word: str, gone: Container[int]) -> bool:
        """Whether a word, in small letters, stands at a token that is not among those `gone`."""
        return any(place not in gone for place in self._places_of_words.get(word, ()))

    def says_lemma_outside(self, lemma: str, gone: Container[int]) -> bool:
        """The same of any form of a word."""
        return any(place not in gone for place in self._places_of_lemmas.get(lemma, ()))

    @cached_property
    def _begins(self) -> tuple[int, ...]:
        return tuple(token.idx for token in self.doc)

    @cached_property
    def _places_of_words(self) -> Mapping[str, Sequence[int]]:
        return _placed(token.lower_ for token in self.doc)

    @cached_property
    def _places_of_lemmas(self) -> Mapping[str, Sequence[int]]:
        return _placed(token.lemma_.lower() for token in self.doc)

    # phrases

    def ranges(self, concept: str) -> tuple[tuple[int, int], ...]:
        """Token ranges of the phrases of a concept in the body."""
        return tuple(r for r in self._phrases.get(concept, ()) if self.sentence_at(r[0]).role is Role.BODY)

    def has(self, concept: str, clause: Clause) -> bool:
        """Whether a phrase of the concept begins among the words of the clause."""
        return clause.root.i in self._roots_with(concept)

    def says_first_person(self, concept: str, clause: Clause) -> bool:
        """Whether such a phrase itself names the sender ("on me")."""
        return any(
            self._clause_roots[first] == clause.root.i
            and any(token.lower_ in lexicon.FIRST_PRONOUNS for token in self.doc[first:last])
            for first, last in self._phrases.get(concept, ())
        )

    def sentence_has(self, concept: str, sentence: int) -> bool:
        """Whether a phrase of the concept begins in the sentence."""
        return sentence in self._sentences_with(concept)

    def count(self, concept: str) -> int:
        """How often phrases of the concept occur anywhere in the sender's words."""
        return len(self._phrases.get(concept, ()))

    def _roots_with(self, concept: str) -> frozenset[int]:
        """The roots of the clauses in which a phrase of the concept begins."""
        if concept not in self._roots_by_concept:
            ranges = self._phrases.get(concept, ())
            self._roots_by_concept[concept] = frozenset(self._clause_roots[first] for first, _ in ranges)
        return self._roots_by_concept[concept]

    def _sentences_with(self, concept: str) -> frozenset[int]:
        return frozenset(self._sentence_numbers[first] for first, _ in self._phrases.get(concept, ()))

    @cached_property
    def _clause_roots(self) -> tuple[int, ...]:
        """For each token, the root of the clause whose own it is."""
        roots = [0] * len(self.doc)
        for clause in self.clauses:
            for token in clause.own:
                roots[token.i] = clause.root.i
        return tuple(roots)

    def sentence_at(self, token: int) -> Sentence:
        """The sentence of a token index."""
        return self.sentences[self._sentence_numbers[token]]

    @cached_property
    def _sentence_numbers(self) -> tuple[int, ...]:
        return tuple(s.number for s in self.sentences for _ in range(s.first, s.last))

    # marks

    def mark(self, clause: Clause) -> Mark:
        """The words of a clause, complements and a "but" before it included."""
        first = clause.first
        if first > self.sentences[clause.sentence].first and self.doc[first - 1].lower_ == "but":
            first -= 1
        return self.mark_tokens(first, clause.last)

    def mark_tokens(self, first: int, last: int) -> Mark:
        """The words of the tokens `[first, last)`, white space and closing punctuation trimmed, words with hyphens whole."""
        while last > first + 1 and (
            self.doc[last - 1].is_space or (self.doc[last - 1].is_punct and self.doc[last - 1].text not in {")", "]"})
        ):
            last -= 1
        while first < last - 1 and (self.doc[first].is_space or self.doc[first].is_punct):
            first += 1
        while self._hyphenated(first - 1):
            first -= 2
        while self._hyphenated(last):
            last += 2
        end = self.doc[last - 1]
        return Mark(begin=self.doc[first].idx, end=end.idx + len(end))

    def mark_sentence(self, number: int) -> Mark:
        """The words of a sentence without its closing punctuation."""
        here = self.sentences[number]
        return self.mark_tokens(here.first, here.last)

    def mark_words(self, begin: int, end: int) -> Mark:
        """The code points `[begin, end)` widened to whole words, closing punctuation trimmed."""
        words = self.doc.char_span(begin, end, alignment_mode="expand")
        return Mark(begin=begin, end=end) if words is None else self.mark_tokens(words.start, words.end)

    def _hyphenated(self, place: int) -> bool:
        """Whether the token at a place is a hyphen within a word, which the parser takes apart: "pre-orders"."""
        doc = self.doc
        if (
            not 0 < place < len(doc) - 1
            or doc[place].text != "-"
            or doc[place - 1].whitespace_
            or doc[place].whitespace_
        ):
            return False
        return doc[place - 1].is_alpha and doc[place + 1].is_alpha

    def role_at(self, begin: int) -> Role:
        """The role of the line that the code point lies in."""
        return next((line.role for line in reversed(self.lines) if line.begin <= begin), Role.BODY)

    def signature_mark(self) -> Mark:
        """The line of the signature in which a number or an address stands."""
        signed = [line for line in self.lines if line.role in {Role.SIGNATURE, Role.SIGN_OFF}]
        line = next((line for line in signed if phone_or_mail(self.text[line.begin : line.end])), signed[-1])
        return Mark(begin=line.begin, end=line.end)

    # the trained reader

    @cached_property
    def notes(self) -> Notes | None:
        """What the trained reader notes about the draft; None when none takes part.

        It reads the draft as a whole, so that words about something else would move what it makes of the rest. Sentences
        that it takes for such are left out, and it reads again, until it finds none. Flaws in them count all the same.
        """
        if self._reader is None:
            return None
        scores = self._reader.scores(self._said_once())
        notes = self._reader.notes(scores)
        left = [sentence for sentence in self.sentences if self._may_be_aside(sentence)]
        for again in reversed(range(_MOST_AGAIN if len(scores.plan) == 1 else 1)):
            asides = _asides(notes, left, within=_HARDLY_LESS if again else inf)
            if not asides:
                break
            left = [sentence for sentence in left if sentence not in asides]
            scores = self._reader.scores_without(scores, [(s.begin, s.end) for s in asides])
            notes = self._reader.notes(scores)
        return notes

    def _may_be_aside(self, sentence: Sentence) -> bool:
        """Whether it neither apologises, nor reports the failure, nor tells how to reach somebody."""
        return (
            sentence.role in {Role.BODY, Role.SIGNATURE, Role.FOOTER}
            and not any(fails(clause) for clause in self.clauses_of(sentence.number))
            and not any(apology.clause.sentence == sentence.number for apology in self.apologies)
            and not phone_or_mail(self.text[sentence.begin : sentence.end])
        )

    def _said_once(self) -> str:
        """The text with every sentence that only repeats blanked, offsets kept.

        So a second telling, or one more bare "sorry", cannot change what the trained reader sees. Half an apology, or "sorry
        to bother you", says nothing that a plain one could repeat.
        """
        again: list[Sentence] = []
        plain = {a.clause.sentence for a in self.real_apologies if a.condition is None}
        plain &= {s.number for s in self.body}  # a subject announces
        bare = [s for s in self.sentences if self._says_sorry_only(s)]
        seen: set[str] = set()
        apologised = bool(plain - {s.number for s in bare})  # whether before or behind
        for sentence in self.sentences:
            words = " ".join(self.text[sentence.begin : sentence.end].lower().split())
            if words in seen or (apologised and sentence in bare):
                again.append(sentence)
            seen.add(words)
            apologised = apologised or sentence.number in plain
        return _blanked(self.text, again)

    def _says_sorry_only(self, sentence: Sentence) -> bool:
        """Whether it apologises and says nothing else: neither for what, nor to whom, nor anything beside it."""
        heads = {a.head.i for a in self.apologies if a.bare and a.clause.sentence == sentence.number}
        words = self.doc[sentence.first : sentence.last]
        named = any(t.pos_ in {"NOUN", "PROPN", "NUM"} and t.i not in heads for t in words)
        return bool(heads) and not named and len(self.clauses_of(sentence.number)) == 1

    # the terms of the field

    @cached_property
    def apologies(self) -> tuple[Apology, ...]:
        """Every apology head in the sender's own words, sign-off and footer included."""
        return tuple(apologies(self.clauses, ConceptsAt(self._phrases)))

    @cached_property
    def real_apologies(self) -> tuple[Apology, ...]:
        """The heads that apologise or regret, and are no courtesy, condolence, refusal or report."""
        return tuple(a for a in self.apologies if a.force in {Force.APOLOGY, Force.REGRET})

    def apology_in(self, sentence: int) -> bool:
        """Whether the sentence holds a real apology head."""
        return sentence in self._apologising_sentences

    def in_apology(self, clause: Clause) -> bool:
        """Whether the clause is what an apology is for, or holds the head itself."""
        return clause.root.i in self._apologised_roots

    def apologised_act(self, clause: Clause) -> bool:
        """Whether the clause is an act of the sender's that they apologise for: "sorry for shouting"."""
        return clause.root.i in self._apologised_acts

    @cached_property
    def _apologised_acts(self) -> frozenset[int]:
        plain = (a for a in self.real_apologies if a.force is Force.APOLOGY and a.condition is None)
        acts = (a.object for a in plain if a.object is not None and a.object.dep_ == "pcomp" and a.object.tag_ == "VBG")
        return frozenset(act.i for act in acts if not any(c.dep_ in {"nsubj", "nsubjpass"} for c in act.children))

    @cached_property
    def _apologising_sentences(self) -> frozenset[int]:
        return frozenset(a.clause.sentence for a in self.real_apologies)

    @cached_property
    def _apologised_roots(self) -> frozenset[int]:
        return frozenset(c.root.i for a in self.real_apologies for c in (a.clause, a.complement) if c is not None)

    @cached_property
    def failures(self) -> tuple[Clause, ...]:
        """The clauses that report the failure."""
        return tuple(c for c in self.body_clauses if fails(c))


def _sentences(doc: Doc, lines: Sequence[Line]) -> Iterator[Sentence]:
    position = 0
    for number, span in enumerate(doc.sents):
        first = span.start
        while first < span.end - 1 and doc[first].is_space:
            first += 1
        begin = doc[first].idx
        while position + 1 < len(lines) and lines[position + 1].begin <= begin:
            position += 1
        role = lines[position].role if lines else Role.BODY
        yield Sentence(number=number, first=span.start, last=span.end, begin=begin, end=span.end_char, role=role)


def _asides(notes: Notes, sentences: Sequence[Sentence], *, within: float) -> list[Sentence]:
    """The sentence that is likeliest to be about something else, and those whose log odds are `within` so much of it.

    Seldom all at once: what is read beside one of them may seem to be one as well.
    """
    odds = {sentence: notes.aside(sentence.begin, sentence.end) for sentence in sentences}
    least = max(_ASIDE, max(odds.values(), default=_ASIDE) - within)
    return [sentence for sentence, value in odds.items() if value > least]


def _placed(words: Iterable[str]) -> Mapping[str, Sequence[int]]:
    """At which places each word stands."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        places.setdefault(word, []).append(place)
    return places


def _blanked(text: str, sentences: Iterable[Sentence]) -> str:
    """The text with spaces in the place of sentences, so that offsets hold."""
    characters = list(text)
    for sentence in sentences:
        characters[sentence.begin : sentence.end] = " " * (sentence.end - sentence.begin)
    return "".join(characters)


def _group(found: Sequence[Clause], sentences: int) -> tuple[tuple[Clause, ...], ...]:
    grouped: list[list[Clause]] = [[] for _ in range(sentences)]
    for clause in found:
        grouped[clause.sentence].append(clause)
    return tuple(tuple(group) for group in grouped)


_NOT_NAMES = frozenset("dear hi hello hey mr mrs ms miss dr sir madam all team the and kind regards best yours".split())


def _names(text: str) -> frozenset[str]:
    words = (word.strip(".,:;!?()-–—'\"") for word in text.split())
    return frozenset(w.lower() for w in words if len(w) > 1 and w[0].isupper() and w.lower() not in _NOT_NAMES)

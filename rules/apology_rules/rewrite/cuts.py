"""Cuts: taking a clause out of a sentence so that what is left is a sentence. Where that is not sure, no cut."""

import itertools
import re
from collections.abc import Iterable, Sequence

from spacy.tokens import Span, Token

from apology_rules.reading import Reading
from apology_rules.reading.layout import BLANK_LINE, Role
from apology_rules.reading.parsed import Sentence
from apology_rules.rewrite.adjacent import word_before
from apology_rules.rewrite.edits import Edit, sentence_cut
from apology_rules.rewrite.pointing import (
    BACKWARD,
    does_so,
    leans,
    leaves_a_noun_out,
    names_a_thing,
    names_again,
    names_one_told,
    needs_a_noun,
    points,
    sees_in_that_light,
)
from apology_rules.rewrite.words import lowered

_LEADS = frozenset(
    "and but or so also again please honestly unfortunately however only then still besides anyway now hi hello oh well "
    "frankly sadly fortunately yes no yet to in be fair ok okay actually".split()
)
_GREETINGS = frozenset({"hi", "hello", "hey", "dear", "hiya"})
_FAR = 40
_LONGEST_GREETING = 7
_LONGEST_ADDRESS = 14
_GREETING_LINE = re.compile(r"[^\n.!?]{1,40},[ \t]*\r?\n[ \t]*\r?\n\s*")
_HEADING_LINE = re.compile(r"([A-Z][^\n.!?,;]{2,60})\r?\n\s*(?=[A-Z\"\u201c])")
_FINITE = frozenset({"VBD", "VBP", "VBZ", "MD", "VB"})
_ITEM = re.compile(r"\s*(?:\(?\w{1,3}[.)]|[-*\u2022\u2013\u2014])\s")
_ITEM_MARKS = frozenset("-*\u2022\u2013\u2014")
_LONGEST_FRAME = 8
_STOPS = frozenset(".!?\u2026")
_LEANING = frozenset("but so yet still however nor instead otherwise therefore nevertheless anyway".split())
_LASTING = frozenset({"still", "yet"})
"""What leans on the words before only where a comma follows: "still on for Friday" does not."""

_HEAD, _CLAUSE = 2, 9
FRAMES = frozenset(
    "say know appreciate hope think note see assure believe remember add mention point stress feel".split()
)
_OPTIONAL = frozenset({"advcl", "relcl", "acl", "parataxis", "conj", "prep", "cc", "ROOT"})
_LOOSE = frozenset({"conj", "parataxis", "advcl", "punct", "cc"})
_STEPS = 6
_MAIN = frozenset({"VERB", "AUX"})
_REASONS = frozenset({"as", "because", "since", "when", "while", "although", "though", "so"})
_UNREAL = frozenset({"would", "could", "might"})
_LEAST_SHARE = 0.75
_LEAST_WORDS = 2


def cut(reading: Reading, begin: int, end: int, doomed: Iterable[tuple[int, int]] = ()) -> tuple[Edit, ...] | None:
    """Edits that take out the words `[begin, end)`, with as much around them as grammar asks for.

    Where all the rest of a sentence is `doomed` to be cut as well, the whole sentence goes.
    """
    words = reading.doc.char_span(begin, end, alignment_mode="expand")
    if words is None:
        return None
    return _cut(reading, words, doomed, widened=False)


def _greeting_kept(reading: Reading, sentence: Sentence, begin: int, *gone: tuple[int, int]) -> Edit | None:
    """The cut of what stands behind "Rosie," in a sentence, so that the next one follows the name; None where none does."""
    following = next(iter(reading.sentences[sentence.number + 1 :][:1]), None)
    if following is None or following.role is not Role.BODY or "\n" in reading.text[sentence.begin : following.begin]:
        return None
    if any(first <= following.begin < last for first, last in gone):
        return None
    first = reading.doc[following.first]
    if lowered(first.text, first) != first.text:
        return None  # a sentence may come to stand between
    return Edit(len(reading.text[:begin].rstrip()), end_of(reading, sentence))


def cut_with_dependents(reading: Reading, begin: int, end: int) -> tuple[Edit, ...] | None:
    """Edits that take out the words `[begin, end)` with all that hangs on them, up to a part that can be left out."""
    words = reading.doc.char_span(begin, end, alignment_mode="expand")
    return None if words is None else _cut(reading, words, (), widened=True)


def _cut(reading: Reading, words: Span, doomed: Iterable[tuple[int, int]], *, widened: bool) -> tuple[Edit, ...] | None:
    whole: list[tuple[int, int]] = []
    edits: list[Edit] = []
    for sentence in _sentences(reading, words.start, words.end):
        here = _words(reading, sentence)
        inside = {t.i for t in here if words.start <= t.i < words.end}
        also = {t.i for t in here if any(first <= t.idx < last for first, last in doomed)}
        if not inside:
            continue
        if widened:
            inside = _with_dependents(reading, inside)
        left = [t for t in here if t.i not in inside | also]
        found = () if all(t.lower_ in _LEADS for t in left) else _cut_in(reading, sentence, inside)
        found = _without_tail(reading, sentence, inside) if found is None else found
        if found is None and (whole or edits):
            continue  # the scrap of a further sentence
        if found is None:
            return None
        if found == () and sentence.role is Role.SUBJECT:
            return None
        if found == () and (called := behind_greeting(reading, sentence)) > sentence.begin:
            kept = _greeting_kept(reading, sentence, called, (words.start_char, words.end_char), *doomed)
            if kept is None:
                return None
            edits.append(kept)
        elif found == ():
            whole.append((sentence.begin, end_of(reading, sentence)))
        edits += found
    if any(_GREETING_LINE.match(reading.text, b) for b, _ in whole):
        return None
    if any(reading.text[b:e].split(maxsplit=1)[0].strip(",!.").lower() in _GREETINGS for b, e in whole):
        return None
    tails = {place: _tail(reading, *place) for place in whole}
    edits += [tail for tail in tails.values() if tail is not None]
    whole = [place for place in whole if tails[place] is None]
    if not all(_bounded(reading.text, *place) for place in whole):
        return None
    gone = [without(reading, *run) for run in _runs(reading.text, whole)]
    return None if () in gone else (*itertools.chain(*gone), *edits) or None


def _tail(reading: Reading, begin: int, end: int) -> Edit | None:
    """The cut of a last clause that the parser has torn from its sentence ("... and I want to cry."); the stop stays."""
    text = reading.text
    first = reading.token_from(begin)
    if first is None or first.dep_ != "cc" or first.is_title or opens(text, begin) or not ends(text, end):
        return None
    return Edit(len(text[:begin].rstrip()), len(text[:end].rstrip(".!\u2026")))


def _bounded(text: str, begin: int, end: int) -> bool:
    """Whether what the parser takes for a sentence begins and ends like one."""
    return opens(text, begin) and ends(text, end)


_SHORTENED = re.compile(
    r"\b(?i:hon|mr|mrs|ms|dr|prof|rev|fr|sr|st|nos?|vs|approx|fig|capt|maj|col|gen|lt|sgt)\.$"
    r"|\b(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof|Rev|Sir|Dame)\.? |[A-Z]\. ?)[A-Z]\.$"  # "Mrs D.", "J. R."
)
_LONGEST_SHORT = 10


def opens(text: str, begin: int) -> bool:
    """Whether a sentence can begin here."""
    before = text[:begin].rstrip(" ")
    if _SHORTENED.search(before, max(0, len(before) - _LONGEST_SHORT)):
        return False
    return not before or before[-1] in ".!?:\u2026\r\n)\"'" or not before[-1].isascii()


def ends(text: str, end: int) -> bool:
    """Whether a sentence can end here."""
    after = text[end:].lstrip(" ")
    if _SHORTENED.search(text, max(0, end - _LONGEST_SHORT), end) and after[:1] not in "\r\n":
        return False
    return text[end - 1] in ".!?\u2026\"')" or not after or after[0] in "\r\n" or not text[end - 1].isascii()


def behind(reading: Reading, token: int, words: str, *, unparted: bool = False) -> Edit | None:
    """A sentence behind the one that a token stands in; none where no sentence ends there.

    Where it is not to part sentences, it stands behind those of the paragraph that point back at the one.
    """
    sentence = reading.sentence_at(token)
    while not ends(reading.text, end_of(reading, sentence)) and sentence.number + 1 < len(reading.sentences):
        sentence = reading.sentences[sentence.number + 1]  # what the parser has torn off
    for following in reading.sentences[sentence.number + 1 :] if unparted else ():
        if "\n" in reading.text[sentence.begin : following.begin].strip(" ") or not _points_back(reading, following):
            break
        sentence = following
    here = end_of(reading, sentence)
    if not ends(reading.text, here):
        return None
    last = reading.text[:here].rstrip("\"')\u201d\u2019")[-1:]
    stop = "" if last in _STOPS or not last.isascii() else "."
    return Edit(here, here, f"{stop} {words}")


def joined(reading: Reading, token: int, clause: str, *, again: bool = False) -> Edit | None:
    """A clause joined by "and" to the sentence that a token stands in; none where that is no short plain statement.

    One in which a clause is joined so already is left alone, unless it is to be joined `again`.
    """
    sentence = reading.sentence_at(token)
    words = [t for t in reading.doc[sentence.first : sentence.last] if not t.is_space and not _opens_item(t)]
    if len(words) > _LONGEST_STATEMENT or not ends(reading.text, end_of(reading, sentence)) or not _states(words):
        return None
    stops = list(itertools.takewhile(lambda t: t.text in _CLOSING_STOPS, reversed(words)))
    last = words[-1 - len(stops)]
    joined_already = any(t.dep_ == "cc" and t.i > words[0].i and word_before(t) == "," for t in words)
    if last.is_punct or (joined_already and not again) or any(t.text in _PARTING or t.is_quote for t in words):
        return None
    end = last.idx + len(last)
    return Edit(end, end, f", and {clause}{'.' if not stops and last.text.endswith('.') else ''}")


def _states(words: Sequence[Token]) -> bool:
    """Whether a sentence says something of somebody in one or two clauses, and under no condition."""
    root = next((t for t in words if t.head == t), None)
    if root is None or not any(c.dep_.startswith(("nsubj", "expl", "csubj")) for c in root.children):
        return False
    if any(c.dep_ == "ccomp" and c.i > root.i for c in root.children) and root.lemma_.lower() in _SAYING:
        return False  # "it finds that X, and we should have"
    finite = root.tag_ in _FINITE or any(c.tag_ in _FINITE for c in root.children if c.dep_.startswith("aux"))
    further = sum(t.dep_ == "conj" and t.pos_ in {"VERB", "AUX"} for t in words)
    return finite and further < _CLAUSES and not any(t.dep_ == "mark" and t.lower_ in {"if", "unless"} for t in words)


_LONGEST_STATEMENT, _CLAUSES = 32, 2
_SAYING = frozenset(
    "advise assure claim conclude confirm convey find inform insist maintain note report say show state tell".split()
)
_CLOSING_STOPS = frozenset({".", "!", "\u2026", "..."})
_PARTING = frozenset({":", ";", "?", "(", "/"})


def _points_back(reading: Reading, sentence: Sentence) -> bool:
    """Whether it says something of what stands right before it: "Put those together", "He never rang".

    "Sorry about that" may as well point at what is put between them.
    """
    if reading.apology_in(sentence.number):
        return False
    words = _words(reading, sentence)
    named = itertools.takewhile(lambda t: t.pos_ not in {"NOUN", "PROPN"}, words)
    them = any(t.tag_ == "PRP" and t.lower_ in BACKWARD - {"it"} for t in named)
    return them or any(leans(t) for t in words[:_HEAD]) or any(points(t) or names_one_told(t) for t in words[:_CLAUSE])


def is_item(reading: Reading, sentence: Sentence) -> bool:
    """Whether a sentence is a point of a list."""
    return _ITEM.match(reading.text, sentence.begin) is not None


def behind_greeting(reading: Reading, sentence: Sentence) -> int:
    """Where the words behind "Hi Ann," or "Ann," begin; the beginning of the sentence where it calls nobody."""
    line = _GREETING_LINE.match(reading.text, sentence.begin)
    if line is not None and sentence.role is not Role.SUBJECT:
        return line.end()
    heading = _HEADING_LINE.match(reading.text, sentence.begin, sentence.end)
    if heading is not None and sentence.role is not Role.SUBJECT:
        titled = [t for t in reading.doc[sentence.first : sentence.last] if t.idx < heading.end(1)]
        if not any(t.tag_ in _FINITE or t.pos_ == "INTJ" for t in titled):
            return heading.end()
    words = [t for t in reading.doc[sentence.first : sentence.last] if not t.is_space]
    if words and words[0].lower_ == "to":  # "To our guests of the 13th: ..."
        to_whom = list(itertools.takewhile(lambda t: t.text != ":" and t.tag_ not in _FINITE, words[:_LONGEST_ADDRESS]))
        if len(to_whom) < len(words) - 1 and words[len(to_whom)].text == ":":
            return words[len(to_whom) + 1].idx
    name = list(itertools.takewhile(lambda t: t.pos_ == "PROPN", words))
    called = 0 < len(name) < len(words) - _LEAST_WORDS and words[len(name)].text == ","
    called = called and words[len(name) + 1].tag_ not in {"WP", "WP$", "WDT"}  # "Ann, who was there, left"
    if not words or not (words[0].lower_ in _GREETINGS or (called and words[0].lower_ not in _LEADS)):
        return sentence.begin
    closing = next(
        (n for n, t in enumerate(words[:_LONGEST_GREETING]) if t.text in {",", "!", "-", "\u2013", "\u2014"}), 0
    )
    return words[closing + 1].idx if 0 < closing < len(words) - 1 else sentence.begin


def without(reading: Reading, begin: int, end: int) -> tuple[Edit, ...]:
    """The cut of whole sentences; none when what follows hangs on them. A "but" that leaned on them goes as well."""
    cut_ = sentence_cut(reading.text, begin, end)
    following = next((s for s in reading.sentences if s.begin >= end), None)
    if following is None or following.role is not Role.BODY or BLANK_LINE.search(reading.text[end : following.begin]):
        return (cut_,)
    words = [t for t in reading.doc[following.first : following.last] if not t.is_space]
    leaning = bool(words) and words[0].lower_ in _LEANING
    leaning = leaning and (words[0].lower_ not in _LASTING or [t.text for t in words[1:2]] == [","])
    if words and words[0].lower_ == "not" and not any(t.tag_ in _FINITE and t.head == t for t in words):
        return ()  # "Not for what I did, but for"
    if leaning and len(words) > _LEAST_WORDS:
        first = next((t for t in words[1:] if not t.is_punct), words[1])
        if first.lower_ not in BACKWARD:
            return (cut_, Edit(following.begin, first.idx + 1, first.text[:1].upper()))
        return ()
    verb = next((t for t in words if t.head == t), None)
    if verb is not None and verb.pos_ == "AUX" and not any(t.i > verb.i and not t.is_punct for t in words):
        return ()  # "I really am." says nothing by itself
    gone = reading.doc.char_span(begin, end, alignment_mode="expand") or ()
    if any(points(t) or t.lower_ == "it" for t in gone) and not any(t.pos_ in {"NOUN", "PROPN"} for t in gone):
        return (cut_,)  # it points back itself, and both mean the same
    hangs = any(leans(t) for t in words[:_HEAD]) or any(points(t) and t.head.dep_ != "relcl" for t in words[:_CLAUSE])
    hangs = hangs or any(leaves_a_noun_out(t) for t in reading.doc[following.first : following.first + _FAR])
    hangs = (
        hangs
        or any(does_so(t) for t in words[:_CLAUSE])
        or any(sees_in_that_light(t) for t in words)
        or (needs_a_noun(words[:_CLAUSE]) and names_a_thing(gone))
        or names_again(reading, words, gone)
    )
    return () if hangs else (cut_,)


def _runs(text: str, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sentences with nothing but space between them, as one."""
    runs: list[tuple[int, int]] = []
    for begin, end in found:
        if runs and not text[runs[-1][1] : begin].strip():
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((begin, end))
    return runs


def _sentences(reading: Reading, first: int, last: int) -> list[Sentence]:
    return [s for s in reading.sentences if s.first < last and first < s.last]


def _words(reading: Reading, sentence: Sentence) -> list[Token]:
    return [t for t in reading.doc[sentence.first : sentence.last] if not t.is_space and not t.is_punct]


def end_of(reading: Reading, sentence: Sentence) -> int:
    """Where the last word or mark of the sentence ends."""
    last = sentence.last - 1
    while last > sentence.first and (reading.doc[last].is_space or _opens_item(reading.doc[last])):
        last -= 1
    return reading.doc[last].idx + len(reading.doc[last])


def _opens_item(token: Token) -> bool:
    """Whether it is the mark before the next point of a list, which the parser takes for the end of this one."""
    return token.text in _ITEM_MARKS and "\n" in word_before(token)


def _cut_in(reading: Reading, sentence: Sentence, inside: set[int]) -> tuple[Edit, ...] | None:
    """The cut within one sentence; the empty tuple for all of it."""
    words = _words(reading, sentence)
    outside = [t for t in words if t.i not in inside]
    if all(t.lower_ in _LEADS for t in outside):
        return ()
    tops = [t for t in words if t.i in inside and (t.head.i not in inside or t.head == t)]
    top = max(tops, key=lambda t: (t.head == t, len(list(t.subtree))))
    if top.dep_ in {"ccomp", "xcomp", "advcl", "pcomp"} and _frames(top.head) and top.head.i not in inside:
        framed = {t.i for t in top.head.subtree if not t.is_space and not t.is_punct}
        if len(framed - inside) <= _LONGEST_FRAME and (top.head.head == top.head or top.head.dep_ == "conj"):
            return _cut_in(reading, sentence, inside | _without_conjuncts(top.head, framed))
    if len(tops) > 1 and not all(t.pos_ not in _MAIN or t == top for t in tops):
        return () if _mostly(inside, words) else None
    if top.head == top:
        return _without_head(reading, sentence, top, inside, words)
    if top.dep_ == "conj" and top.pos_ in _MAIN:
        return _without_conjunct(reading, sentence, top, inside)
    if top.dep_ in {"advcl", "prep", "relcl", "acl", "parataxis"}:
        return _without_adjunct(reading, sentence, top, inside)
    return () if _mostly(inside, words) else None


def _with_dependents(reading: Reading, inside: set[int]) -> set[int]:
    """The words with all that hangs on them, widened until each top is a part that a sentence can do without."""
    found = {t.i for i in inside for t in reading.doc[i].subtree if not t.is_space and not t.is_punct}
    for _ in range(_STEPS):
        tops = [reading.doc[i] for i in found if reading.doc[i].head.i not in found]
        climbing = [t.head for t in tops if t.dep_ not in _OPTIONAL]
        if not climbing:
            break
        found |= {t.i for head in climbing for t in head.subtree if not t.is_space and not t.is_punct}
    return found


def _frames(verb: Token) -> bool:
    """ "I appreciate that", "it is fair to say that": words that only hold up what follows."""
    return verb.lemma_.lower() in FRAMES and not any(child.dep_ == "neg" for child in verb.children)


def _without_conjuncts(verb: Token, words: set[int]) -> set[int]:
    return words - {t.i for c in verb.children if c.dep_ == "conj" and c.pos_ in _MAIN for t in c.subtree}


def _mostly(inside: set[int], words: list[Token]) -> bool:
    return len(inside) >= _LEAST_SHARE * len(words)


def _without_head(
    reading: Reading, sentence: Sentence, root: Token, inside: set[int], words: list[Token]
) -> tuple[Edit, ...] | None:
    """The main clause goes; a second main clause with a subject of its own stays."""
    after = [
        c
        for c in root.children
        if c.dep_ == "conj"
        and c.pos_ in _MAIN
        and c.i not in inside
        and any(g.dep_.startswith("nsubj") for g in c.children)
    ]
    if not after:
        return () if _mostly(inside, words) else None
    first = min(t.i for t in after[0].subtree)
    left = [t for t in words if t.i not in inside and t.i < first and t.dep_ != "cc" and t.lower_ not in _LEADS]
    lost = [t for t in words if t.i in inside and t.i > first]
    kept = [t for t in words if t.i >= first]
    hangs = any(points(t) for t in kept)
    if left or lost or hangs or leans(reading.doc[first]) or after[0].lower_ in {"so"}:
        return None
    return (_new_head(reading, sentence, reading.doc[first]),)


def _has_subject(verb: Token) -> bool:
    return any(child.dep_.startswith(("nsubj", "expl")) for child in verb.children)


def _new_head(reading: Reading, sentence: Sentence, first: Token) -> Edit:
    capital = reading.doc[sentence.first + (reading.doc[sentence.first].is_space)].text[:1].isupper()
    if not capital or not first.text[:1].islower():
        return Edit(sentence.begin, first.idx)
    return Edit(sentence.begin, first.idx + 1, first.text[:1].upper())


def _without_conjunct(reading: Reading, sentence: Sentence, top: Token, inside: set[int]) -> tuple[Edit, ...] | None:
    """ "X, and Y" without Y. A list of three would lose its "and"."""
    first, last = min(inside), max(inside) + 1
    if top.head.lemma_ == "be" and not any(top.head.i < c.i < first and not c.is_punct for c in top.head.children):
        return None  # "is, and will always be, our aim"
    later = {t.i for c in top.children if c.dep_ == "conj" and c.i not in inside for t in c.subtree}
    if any(not t.is_punct and not t.is_space and t.i not in inside | later and t.dep_ != "cc" for t in top.subtree):
        return None  # "and then" would be left
    if top.head.dep_ == "conj" and not any(c.dep_ == "cc" for c in top.head.head.children):
        return None
    while first > sentence.first and (
        reading.doc[first - 1].dep_ == "cc" or reading.doc[first - 1].text in {",", ";", "-", "–", "—"}
    ):
        first -= 1
    return _closed(reading, sentence, first, last)


def _without_adjunct(reading: Reading, sentence: Sentence, top: Token, inside: set[int]) -> tuple[Edit, ...] | None:
    first, last = min(inside), max(inside) + 1
    subtree = {t.i for t in top.subtree if not t.is_space and not t.is_punct}
    if subtree - inside or inside - subtree - {t.i for t in reading.doc[first:last] if t.dep_ in {"cc", "mark"}}:
        return None
    marks = {c.lower_ for c in top.children if c.dep_ in {"mark", "advmod"}}
    if (
        top.dep_ == "advcl"
        and not marks & _REASONS
        and any(c.lower_ in _UNREAL for c in top.head.children if c.dep_ == "aux")
    ):
        return ()  # "it would be with you" says nothing without its condition
    if top.dep_ == "prep" and (top.head.lemma_ == "be" or top.head.pos_ not in _MAIN):
        return None
    if top.dep_ != "prep" and any(c.dep_ == "aux" and c.lower_ == "to" for c in top.children):
        return None  # "to sign up" is asked for by what stands before it
    comma = reading.doc[first - 1].text in {",", "-", "–", "—", "("} if first > sentence.first else False
    some = any(c.lower_ in {"a", "an", "some"} for c in top.head.children if c.dep_ == "det")
    if top.dep_ in {"relcl", "acl"} and not comma and not (some and top.dep_ == "relcl"):
        return None
    if first == sentence.first or all(t.is_space for t in reading.doc[sentence.first : first]):
        rest = reading.doc[last : sentence.last]
        following = next((t for t in rest if not t.is_space and t.lower_ not in {",", "then"}), None)
        clausal = top.head.pos_ in _MAIN and top.head.i > top.i and following is not None
        return (_new_head(reading, sentence, following),) if clausal and following is not None else None
    return _closed(reading, sentence, first - comma, last)


def _without_tail(reading: Reading, sentence: Sentence, inside: set[int]) -> tuple[Edit, ...] | None:
    """ "X happened, Y" without Y, where a comma alone joins them and X is a sentence by itself."""
    words = _words(reading, sentence)
    first = min(inside)
    rest = [t for t in words if t.i < first]
    if any(t.i > first and t.i not in inside for t in words) or not rest:
        return None
    link = reading.doc[first - 1]
    if link.text not in {",", ";", "-", "\u2013", "\u2014"}:
        return None
    heads = [t for t in rest if t.head.i not in {r.i for r in rest} or t.head == t]
    finite = [
        t for t in heads if t.pos_ in _MAIN and _has_subject(t) and t.dep_ in {"ROOT", "ccomp", "parataxis", "conj"}
    ]
    marked = any(c.dep_ == "mark" for t in heads for c in t.children)
    needed = [t for t in words if t.i in inside and t.head in rest and t.dep_ not in _LOOSE]
    if (
        len(finite) != 1
        or marked
        or needed
        or any(t != finite[0] and t.dep_ not in {"cc", "advmod", "intj"} for t in heads)
    ):
        return None
    return _closed(reading, sentence, first - 1, max(inside) + 1)


def _closed(reading: Reading, sentence: Sentence, first: int, last: int) -> tuple[Edit, ...] | None:
    """Cuts the tokens `[first, last)` with the space before them; what follows must be an end or a comma."""
    doc = reading.doc
    following = next((t for t in doc[last : sentence.last] if not t.is_space), None)
    if following is not None and not following.is_punct and following.dep_ != "cc":
        return None
    before = [t for t in _words(reading, sentence) if t.i < first]
    if len(before) < _LEAST_WORDS or before[-1].dep_ in {"mark", "cc", "aux", "det", "poss", "prep", "nsubj"}:
        return None
    end = doc[last - 1].idx + len(doc[last - 1])
    kept = doc[first - 1]
    if following is not None and following.text.startswith("?") and not any(t.tag_ in {"WP", "WRB"} for t in before):
        marks = [t for t in doc[following.i : sentence.last] if t.is_punct]
        return (Edit(kept.idx + len(kept), marks[-1].idx + len(marks[-1]), "."),)
    return (Edit(kept.idx + len(kept), end),)

"""Trims: the least that can go from a flawed sentence so that the rest of it stays as it is.

A trim takes out an opening ("To be fair,"), an adverb, an aside, a subordinate clause or one of two joined clauses, or lifts
a clause out of the frame around it ("It must be said that"). It never takes a whole sentence: that is a cut.
"""

import itertools
from collections.abc import Iterator, Sequence

from spacy.tokens import Span, Token

from apology_rules.reading import Reading
from apology_rules.reading.layout import Role
from apology_rules.reading.parsed import Sentence
from apology_rules.review import Category
from apology_rules.rewrite import cuts
from apology_rules.rewrite.adjacent import before
from apology_rules.rewrite.case import Case, Mend
from apology_rules.rewrite.edits import Edit
from apology_rules.rewrite.flaws import Flaw
from apology_rules.rewrite.pointing import leans

_TOLD = "Takes out the words that make it a flaw; the rest stays."
_LIFTED = "Says it without the words around it."
_JOINS = frozenset({",", ";", "-", "\u2013", "\u2014"})
_ADVERBS = frozenset(
    "just only also already indeed actually really very quite rather simply somewhat however still anyway though perhaps "
    "maybe even".split()
)
_KEEPING = frozenset(
    "only early daily weekly monthly fully partially partly nearly hardly barely scarcely exactly approximately roughly "
    "currently recently previously wrongly incorrectly badly poorly late twice really".split()
)
"""Adverbs on -ly, and others, without which the sentence would say something else."""

_LOADED = frozenset(
    "unprecedented unforeseen unforeseeable exceptional extraordinary overwhelming unusual sophisticated outstanding robust "
    "modest minor slight small little tiny usual isolated rare genuine honest simple mere unfortunate".split()
)
_CAUSES = frozenset({"because", "due", "owing", "given", "thanks", "despite", "amid", "following", "as", "since"})
_FRAMES = frozenset(
    "say know appreciate think note see assure believe remember add mention point stress feel understand recognise recognize "
    "remind realise realize accept regret guess suppose bear emphasise emphasize advise inform confirm notice get see hear "
    "tell report".split()
)
_SUBJECTS = ("nsubj", "expl", "csubj")
_UNITS = frozenset({"advcl", "relcl", "acl", "appos", "parataxis", "npadvmod", "prep", "advmod", "intj"})
_LEAST_LEFT = 3
_HOT = 0.5


def trims(case: Case) -> Iterator[Mend]:
    """Ways to take less than a sentence, each once, those that reach the words that carry the flaw."""
    seen: set[tuple[Edit, ...]] = set()
    reading = case.reading
    if not case.tokens:
        return
    numbers = {reading.sentence_at(t.i).number for t in case.tokens}
    others = tuple(place for place in case.doomed if not (place[0] < case.end and case.begin < place[1]))
    open_ = case.flaw is Flaw.HALF
    for number in sorted(numbers):
        sentence = reading.sentences[number]
        if sentence.role is Role.SUBJECT:
            continue
        for first, last in (*_own_words(case, sentence), *_units(reading, sentence)):
            if not _reaches(case, sentence, first, last) or (_conditional(reading, first, last) and not open_):
                continue
            edits = _taken_out(reading, sentence, first, last, others)
            if edits and edits not in seen:
                seen.add(edits)
                yield Mend(edits=edits, told=_TOLD)
        edits = _lifted(case, sentence)
        if edits and edits not in seen:
            seen.add(edits)
            yield Mend(edits=edits, told=_LIFTED)


def _conditional(reading: Reading, first: int, last: int) -> bool:
    """Whether the run says under which condition the rest holds."""
    return any(t.dep_ in {"mark", "advmod"} and t.lower_ in _IFS for t in reading.doc[first : min(last, first + 3)])


_IFS = frozenset({"if", "unless", "should", "when", "once", "until", "whenever"})


def _units(reading: Reading, sentence: Sentence) -> Iterator[tuple[int, int]]:
    """Runs of tokens `[first, last)` that the sentence can do without."""
    doc = reading.doc
    for token in doc[sentence.first : sentence.last]:
        if token.is_space or token.is_punct:
            continue
        first, last = _bounds(token, sentence)
        if (token.dep_ == "advmod" and _idle(token)) or (
            token.dep_ == "amod" and token.lower_ in _LOADED and token.n_lefts == token.n_rights == 0
        ):
            yield token.i, token.i + 1
        if token.dep_ in _UNITS and (_set_off(reading, sentence, first, last) or _excuses(token)):
            yield first, last
        elif (
            token.dep_ == "conj"
            and _complete(token.head, token)
            and token.pos_ in {"VERB", "AUX"}
            and token.head.pos_ in {"VERB", "AUX"}
        ):
            yield first, last
            chained = token.head.dep_ in {"ROOT", "conj"} or token.doc[first - 1].lower_ == "but"
            if chained and first > sentence.first and any(c.dep_.startswith(_SUBJECTS) for c in token.children):
                yield from _heads(reading, sentence, first)
    yield from _brackets(reading, sentence)
    yield from _tails(reading, sentence)


def _complete(verb: Token, second: Token) -> bool:
    """Whether a verb says something without the one joined to it: not so "is" in "is, and will always be, our aim"."""
    return verb.lemma_ != "be" or any(c.i > verb.i and c.i < second.i and c.dep_ in _COMPLEMENTS for c in verb.children)


_COMPLEMENTS = frozenset({"attr", "acomp", "prep", "advmod", "ccomp", "xcomp", "oprd"})


def _own_words(case: Case, sentence: Sentence) -> Iterator[tuple[int, int]]:
    """The finding itself, where it is a phrase that opens the sentence ("due to high demand")."""
    first, last = case.tokens[0], case.tokens[-1]
    inside = sentence.first <= first.i and last.i < sentence.last
    verbs = any(t.pos_ in {"VERB", "AUX"} and t.tag_ not in {"VBG", "VBN"} for t in case.tokens)
    if inside and not verbs and first.dep_ in {"prep", "advmod", "mark"}:
        yield first.i, last.i + 1


def _heads(reading: Reading, sentence: Sentence, second: int) -> Iterator[tuple[int, int]]:
    """All before "but we did", where a clause with its own subject follows."""
    doc, begin = reading.doc, cuts.behind_greeting(reading, sentence)
    first = next((t.i for t in doc[sentence.first : second] if t.idx >= begin and not t.is_space), second)
    last = second
    while last > first and (doc[last - 1].dep_ == "cc" or doc[last - 1].is_punct or doc[last - 1].is_space):
        last -= 1
    if first < last < second:
        yield first, last


def _bounds(token: Token, sentence: Sentence) -> tuple[int, int]:
    """The words of its subtree, without marks and a joining "and" at the edges."""
    first, last = max(token.left_edge.i, sentence.first), min(token.right_edge.i + 1, sentence.last)
    doc = token.doc
    while last > first and (doc[last - 1].is_punct or doc[last - 1].is_space):
        last -= 1
    while first < last and (doc[first].is_punct or doc[first].is_space):
        first += 1
    return first, last


def _idle(token: Token) -> bool:
    """Whether an adverb says nothing that the sentence needs."""
    if token.n_lefts or token.n_rights or token.lower_ in _KEEPING:
        return False
    return token.lower_ in _ADVERBS or token.lower_.endswith("ly")


def _set_off(reading: Reading, sentence: Sentence, first: int, last: int) -> bool:
    """Whether marks part the words from the rest: they open the sentence before a comma, or stand behind one."""
    doc = reading.doc
    before, after = _before(reading, sentence, first), doc[last] if last < sentence.last else None
    closes = after is None or after.text in _JOINS or _ends(reading, sentence, last)
    if before is None:
        return after is not None and (after.text in {",", "-", "\u2013", "\u2014"} or after.lower_ == "then")
    return before.text in _JOINS and closes


def _excuses(token: Token) -> bool:
    """ "because of the rain", "due to high demand"."""
    if token.dep_ == "advcl":
        return any(c.dep_ == "mark" and c.lower_ in _CAUSES for c in token.children)
    return token.dep_ == "prep" and token.lower_ in _CAUSES - {"as", "since", "following"} and token.head.lemma_ != "be"


def _brackets(reading: Reading, sentence: Sentence) -> Iterator[tuple[int, int]]:
    doc, begin = reading.doc, None
    for token in doc[sentence.first : sentence.last]:
        if token.text == "(":
            begin = token.i
        elif token.text == ")" and begin is not None:
            yield begin, token.i + 1
            begin = None


def _tails(reading: Reading, sentence: Sentence) -> Iterator[tuple[int, int]]:
    """What follows a dash or a comma to the end of the sentence, where a full clause stands before it."""
    doc = reading.doc
    for token in doc[sentence.first + 1 : sentence.last - 1]:
        head = [t for t in doc[sentence.first : token.i] if t.pos_ in {"VERB", "AUX"}]
        full = any(
            t.head == t and any(c.dep_.startswith(_SUBJECTS) and c.i < token.i for c in t.children) for t in head
        )
        if token.text in {"-", "\u2013", "\u2014", ";", ","} and full:
            behind = doc[token.i + 1 : sentence.last]
            crossing = any(
                t.i < token.i and t.head.i > token.i for t in doc[sentence.first : token.i] if not t.is_punct
            )
            needed = any(t.head.i < token.i and t.dep_ in {"dobj", "attr", "acomp", "ccomp", "xcomp"} for t in behind)
            end = _last_word(reading, sentence)
            if not crossing and not needed and token.i + 1 < end:
                yield token.i + 1, end
        if token.text == ";" and _says(doc[sentence.first : token.i]) and _says(doc[token.i + 1 : sentence.last]):
            yield token.i + 1, _last_word(reading, sentence)
            yield from _heads(reading, sentence, token.i + 1)


def _says(words: Span) -> bool:
    """Whether words are a clause that can stand by itself: a finite verb with its subject, and nothing that joins it."""
    first = next((t for t in words if not t.is_space and not t.is_punct), None)
    if first is None or first.dep_ in {"cc", "mark"} or leans(first):
        return False
    return any(
        t.tag_ in _FINITE and any(c.dep_.startswith(_SUBJECTS) and c in words for c in t.children) for t in words
    )


_FINITE = frozenset({"VBD", "VBP", "VBZ", "MD"})


def _last_word(reading: Reading, sentence: Sentence) -> int:
    last = sentence.last
    while last > sentence.first and (reading.doc[last - 1].is_punct or reading.doc[last - 1].is_space):
        last -= 1
    return last


def _before(reading: Reading, sentence: Sentence, first: int) -> Token | None:
    """The token before a run, leading "and" and space apart; none where the run opens the sentence."""
    begin = cuts.behind_greeting(reading, sentence)
    for token in reversed(reading.doc[sentence.first : first]):
        if token.idx < begin:
            return None
        if not token.is_space and not (token.dep_ == "cc" and token.i == sentence.first):
            return token
    return None


def _ends(reading: Reading, sentence: Sentence, last: int) -> bool:
    return all(t.is_punct or t.is_space for t in reading.doc[last : sentence.last])


def _taken_out(
    reading: Reading, sentence: Sentence, first: int, last: int, doomed: Sequence[tuple[int, int]]
) -> tuple[Edit, ...] | None:
    """The edit that takes the tokens `[first, last)` out with the marks that set them off.

    None where hardly a word would be left that is not `doomed` to go as well.
    """
    doc = reading.doc
    left = [t for t in doc[sentence.first : sentence.last] if not t.is_punct and not t.is_space]
    left = [t for t in left if not first <= t.i < last and not any(a <= t.idx < b for a, b in doomed)]
    if len(left) < _LEAST_LEFT or not any(t.pos_ in {"VERB", "AUX"} for t in left):
        return None
    following = doc[last] if last < sentence.last else None
    before = _before(reading, sentence, first)
    if before is None:
        return _head_off(reading, sentence, first, last)
    joined = any(t.dep_ == "conj" and not first <= t.head.i < last for t in doc[first:last])
    while joined and before.dep_ == "cc":  # "and" goes with what it joins
        if before.i == sentence.first:
            return None
        before = doc[before.i - 1]
    marked = before.text in _JOINS or before.is_space
    kept = before
    while marked and kept.i > sentence.first and (kept.text in _JOINS or kept.is_space):
        kept = doc[kept.i - 1]
    begin = kept.idx + len(kept)
    end = doc[last - 1].idx + len(doc[last - 1])
    if following is None or _ends(reading, sentence, last):
        if kept.dep_ in {"cc", "mark", "aux", "det", "poss", "prep", "nsubj"}:
            return None
        return (Edit(begin, end),)
    if marked and following.text == ",":
        behind = doc[last + 1] if last + 1 < sentence.last else None
        apart = kept.dep_.startswith(_SUBJECTS) or kept.pos_ == "AUX"
        return (Edit(begin, following.idx + 1 if apart and behind is not None else end),)
    if following.is_punct:
        return (Edit(begin, end),)
    if doc[first].dep_ in {"amod", "advmod"} and last == first + 1 and not marked:
        return _without_word(doc[first], following)
    if following.dep_ == "cc" or not marked:
        return (Edit(begin, end),)
    return None


def _without_word(token: Token, following: Token) -> tuple[Edit, ...]:
    """One word goes; an article before it fits the next."""
    article = before(token)
    if article is not None and article.lower_ in {"a", "an"}:
        if following.pos_ not in {"NOUN", "ADJ", "PROPN"}:
            return ()
        right = "an" if following.text[0].lower() in "aeio" else "a"
        right = right if article.text[0].islower() else right.capitalize()
        return (Edit(article.idx, following.idx, f"{right} "),)
    return (Edit(token.idx, following.idx),)


def _head_off(reading: Reading, sentence: Sentence, first: int, last: int) -> tuple[Edit, ...] | None:
    """The opening goes, and what follows begins the sentence."""
    doc = reading.doc
    rest = [t for t in doc[last : sentence.last] if not t.is_space]
    start = next((t for t in rest if t.text not in _JOINS and t.lower_ != "then" and t.dep_ != "cc"), None)
    if start is None or start.is_punct or leans(start):
        return None
    if start.dep_ == "prep" and any(leans(t) and t.dep_ == "pobj" for t in start.children):
        return None  # "for that I am sorry"
    begin = cuts.behind_greeting(reading, sentence)
    opening = doc[first]
    if opening.idx < begin:
        return None
    return (new_head(reading, opening.idx, start),)


def new_head(reading: Reading, begin: int, first: Token) -> Edit:
    """Cuts from `begin` to the token `first`, which takes over the capital. A number is not touched."""
    old, letter = reading.text[begin], first.text[0]
    if old.isupper() and letter.islower():
        return Edit(begin, first.idx + 1, letter.upper())
    return Edit(begin, first.idx)


def _lifted(case: Case, sentence: Sentence) -> tuple[Edit, ...]:
    """ "It must be said that the van was late" becomes "The van was late"; a frame within a frame goes as well."""
    doc, last = case.reading.doc, None
    begin = cuts.behind_greeting(case.reading, sentence)
    for verb in doc[sentence.first : sentence.last]:
        words = _framed(case, verb)
        lead = [t for t in doc[sentence.first : words[0].i] if t.idx >= begin and not t.is_space] if words else []
        nested = any(t.dep_ in {"relcl", "advcl"} or (t.pos_ in {"VERB", "AUX"} and t.dep_ == "conj") for t in lead)
        if lead and not nested and len(lead) <= _LONGEST_FRAME and words[-1].i + 1 >= verb.right_edge.i:
            last = (new_head(case.reading, lead[0].idx, words[0]),)
    return last or ()


_SAYINGS = frozenset("say mention tell report note think feel believe suppose add stress".split())
_SPEAKERS = frozenset({"i", "we", "it", "what"})


def _framed(case: Case, verb: Token) -> list[Token]:
    """The words of the clause that a verb only holds up."""
    inner = next((c for c in verb.children if c.dep_ == "ccomp" and c.i > verb.i), None)
    denied = any(c.dep_ == "neg" for c in verb.children)
    played_down = case.finding.category is Category.MINIMISING and verb.lemma_ == "be"
    speaker = next((c for c in verb.children if c.dep_.startswith(_SUBJECTS)), None)
    if speaker is not None and speaker.lower_ not in _SPEAKERS and verb.lemma_.lower() in _SAYINGS:
        return []  # "you say that we lied" is theirs to say
    if inner is None or not (played_down or (verb.lemma_.lower() in _FRAMES and not denied)):
        return []
    words = list(itertools.dropwhile(lambda t: t.dep_ == "mark" or t.is_space or t.is_punct, inner.subtree))
    subject = any(c.dep_.startswith(_SUBJECTS) for c in inner.children)
    open_ = any(c.dep_ == "mark" and c.lower_ != "that" for c in inner.children)
    if not words or words[0].i < verb.i or not subject or open_ or words[0].tag_ in {"WP", "WRB", "WDT"}:
        return []
    return words


_LONGEST_FRAME = 12


def _reaches(case: Case, sentence: Sentence, first: int, last: int) -> bool:
    """Whether the run holds most of the words that, by the trained reader, carry the flaw; else some of the finding.

    A reason carries what it is the reason for: without it, a request is a request.
    """
    doc, notes = case.reading.doc, case.reading.notes
    begin, end = doc[first].idx, doc[last - 1].idx + len(doc[last - 1])
    if not (begin < case.end and case.begin < end):
        return False
    if notes is None or (doc[first].dep_ == "mark" and doc[first].lower_ in _CAUSES):
        return True
    carrying = _carrying(case, sentence)
    if not carrying:
        return True
    inside = [weight for place, weight in carrying if begin <= place < end]
    return sum(inside) >= _HOT * sum(weight for _, weight in carrying)


def _carrying(case: Case, sentence: Sentence) -> list[tuple[int, float]]:
    """Where the words of the finding stand in a sentence that carry the flaw, with how likely each does."""
    notes = case.reading.notes
    label = case.finding.category.name.lower()
    if notes is None or label not in notes.cuts:
        return []
    end = cuts.end_of(case.reading, sentence)
    _, lower = notes.cuts[label]
    pieces = notes.pieces(max(sentence.begin, case.begin), min(end, case.end))
    weighed = [(begin, notes.probability(label, begin, last)) for begin, last in pieces]
    return [(begin, weight) for begin, weight in weighed if weight >= lower]

"""Mends for unwilling apologies: the sigh goes, a pity becomes an apology."""

from collections.abc import Iterator

from spacy.tokens import Token

from apology_rules.reading.clauses import Agent
from apology_rules.rewrite import cuts
from apology_rules.rewrite.adjacent import word_after, word_before
from apology_rules.rewrite.case import Case, Mend
from apology_rules.rewrite.edits import Edit, overlap
from apology_rules.rewrite.trims import new_head
from apology_rules.rewrite.words import raised

_TOLD = "Leaves out that it is unwilling."


def grudging(case: Case) -> Iterator[Mend]:
    """The sigh goes, the apology stays; a retort goes altogether."""
    yield from _pity(case)
    willing, apology = _willing(case), case.apology
    if willing is not None:
        yield from _without_retort(case, willing)
    edits = _without_sighs(case, willing)
    left = [c for c in case.clauses if not any(e.begin <= c.root.idx < e.end for e in edits)]
    admits = any(c.doer is not Agent.SECOND and c.subject is not None for c in left)
    if any(t.text in _EYE_ROLLS and not any(e.begin <= t.idx < e.end for e in edits) for t in case.tokens):
        return
    if edits and (apology is not None or willing is not None or admits):
        yield Mend(edits=tuple(sorted(edits)), told=_TOLD)
        sorry = f"{raised(case.voice.subject)} {case.voice.be} sorry."
        behind = cuts.behind(case.reading, case.tokens[-1].i, sorry) if not case.reading.real_apologies else None
        if behind is not None:
            yield Mend(edits=tuple(sorted([*edits, behind])), told=_TOLD)
    if apology is None or not case.begin <= apology.head.idx < case.end:
        found = cuts.cut(case.reading, case.begin, case.end)
        if found:
            yield Mend(edits=found, told=_TOLD)


def _without_sighs(case: Case, willing: Edit | None) -> list[Edit]:
    """The edits that take the sighs out of the sentence and make the apology that it only speaks of."""
    doc, sentence = case.reading.doc, case.reading.sentence_at(case.tokens[0].i)
    edits: list[Edit] = []
    for first, last in case.reading.ranges("grudging"):
        if not sentence.first <= first < sentence.last:
            continue
        condition = doc[first]
        if condition.dep_ == "mark" and condition.lower_ == "if":  # "if it makes you happy"
            words = doc[last : condition.head.right_edge.i + 1]
            last = next((t.i for t in words if t.lower_ in {"i", "we"}), max(last, condition.head.right_edge.i + 1))
        if first and doc[first - 1].pos_ == "AUX":
            continue  # "they are to Mr Rao", "I have been sorry" would be left
        if any(t.dep_.startswith("nsubj") and not first <= t.head.i < last for t in doc[first:last]):
            continue  # "said it" would be left
        edit = _without_phrase(case, first, last, sentence.first)
        if edit is None or (case.apology is not None and first <= case.apology.head.i < last):
            edits = []
            break
        edits.append(edit)
    lead = case.tokens[0]
    if lead.lower_ in {"fine", "ok", "okay", "alright", "ugh"} and not any(e.begin <= lead.idx < e.end for e in edits):
        edit = _without_phrase(case, lead.i, lead.i + 1, sentence.first)
        edits += [edit] if edit is not None else []
    if willing is not None and not overlap(edits, (willing,)):
        edits.append(willing)
        edits += [edit for edit in _so_i_do(case) if not overlap(edits, (edit,))]
    if edits and case.text[edits[-1].end :].startswith("?") and not edits[-1].new:  # "sorry, happy now?"
        edits[-1] = Edit(edits[-1].begin, edits[-1].end + 1, ".")
    return edits


def _without_retort(case: Case, willing: Edit) -> Iterator[Mend]:
    """ "We'd say sorry, but you should have seen it coming" becomes "We are sorry"."""
    but = next((t for t in case.tokens if t.lower_ == "but" and t.idx > willing.end), None)
    retort = cuts.cut(case.reading, but.idx, case.end) if but is not None else None
    if retort and not overlap(retort, (willing,)):
        yield Mend(edits=tuple(sorted([willing, *retort])), told=_TOLD)


def _so_i_do(case: Case) -> Iterator[Edit]:
    """ "I ought to apologise, so I do": what the apology, once made, says twice."""
    words = case.tokens[-4:]
    if [t.lower_ for t in words[-3:-1]] in (["so", "i"], ["so", "we"]) and words[-1].lower_ in {"do", "am", "are"}:
        begin = words[0] if words[0].text == "," else words[-3]
        before_it = case.reading.doc[begin.i - 1] if begin.i else begin
        yield Edit(before_it.idx + len(before_it), words[-1].idx + len(words[-1]))


def _pity(case: Case) -> Iterator[Mend]:
    """ "It's a shame that you waited" becomes "We are sorry that you waited"."""
    for clause in case.clauses:
        root = clause.root
        subject = next((t for t in root.lefts if t.dep_.startswith(("nsubj", "expl"))), None)
        pity = next((t for t in root.children if t.lemma_.lower() in _PITIES and t.dep_ in {"attr", "acomp"}), None)
        that = next((t for t in root.subtree if t.dep_ == "mark" and t.lower_ == "that"), None)
        if subject is None or subject.lower_ != "it" or pity is None or that is None or that.i != pity.i + 1:
            continue
        opens = case.reading.sentence_at(subject.i).begin == subject.idx
        sorry = f"{case.voice.subject} {case.voice.be} sorry"
        new = Edit(subject.idx, pity.idx + len(pity), raised(sorry) if opens and subject.text[0].isupper() else sorry)
        yield Mend(edits=(new,), told="Says sorry for it.")


def _willing(case: Case) -> Edit | None:
    """ "We are happy to apologise" becomes "we apologise", "I have been told to say sorry" "I am sorry"."""
    for verb in case.tokens[0].sent if case.tokens else ():
        sorry = next((c for c in verb.children if c.lower_ == "sorry" and c.i == verb.i + 1), None)
        says = verb.lemma_.lower() == "say" and sorry is not None
        if (says or _apologises(verb)) and (edit := _unmade(case, verb, sorry)) is not None:
            return edit
        held = verb.head
        if held.lower_ not in _WILLINGLY | _BIDDEN or word_before(verb) != "to":
            continue
        be = held.head if held.pos_ == "ADJ" else held
        helping = [c for c in (*be.lefts, be) if c.pos_ == "AUX" or c.dep_ in {"aux", "auxpass"}]
        subject = _subject(be)
        plain = helping and not any(c.tag_ == "MD" or c.dep_ == "neg" for c in be.children)
        if subject is None or subject.lower_ not in {"i", "we"} or not plain or not (says or _apologises(verb)):
            continue
        said = _said(case, subject, sorry or verb)
        return said or _made(case, subject, helping[0], verb, sorry)
    return None


def _unmade(case: Case, verb: Token, sorry: Token | None) -> Edit | None:
    """ "I ought to apologise", "we'd say sorry" become "I apologise", "we are sorry"."""
    ought = verb.head if verb.head.lower_ == "ought" else None  # it takes a verb of its own to the parser
    modal = ought or next((c for c in verb.lefts if c.tag_ == "MD"), None)
    subject = _subject(ought or verb)
    if _qualified(case, verb, ought) or (modal is not None and subject is not None and modal.i < subject.i):
        return None
    if modal is None or modal.lower_ not in _OUGHT or subject is None or subject.lower_ not in {"i", "we"}:
        return None
    return _made(case, subject, modal, verb, sorry)


def _qualified(case: Case, verb: Token, ought: Token | None) -> bool:
    """Whether it is no apology that only needs to be made: "should have apologised", "apologise more", "you think I should"."""
    held = ought or verb
    helped = any(c.dep_ == "neg" or (c.dep_ == "aux" and c.lemma_ == "have") for c in (*verb.children, *held.children))
    measured = any(c.lower_ in _RATHER_OR_LATER for c in verb.rights) or any(c.dep_ == "advcl" for c in held.children)
    sigh = held.head.lemma_.lower() in {"suppose", "guess", "know"} and _says_i(held.head)
    made = held.head == held or held.dep_ == "conj" or sigh or held.head.lemma_ == "do"  # "so I do"
    return helped or measured or verb.tag_ not in {"VB", "VBP"} or not made


def _says_i(verb: Token) -> bool:
    return any(c.dep_ == "nsubj" and c.lower_ in {"i", "we"} for c in verb.children)


_RATHER_OR_LATER = frozenset({"more", "less", "often", "sooner", "earlier", "again", "better"})
_OUGHT = frozenset({"ought", "should", "could", "would", "'d", "might"})


def _made(case: Case, subject: Token, first: Token, verb: Token, sorry: Token | None) -> Edit:
    """The apology made, in the place of the words from `first` to its verb."""
    be = "am" if subject.lower_ == "i" else "are"
    new = verb.text if sorry is None else "apologise" if word_after(sorry) == "to" else f"{be} sorry"
    end = sorry or verb
    return Edit(first.idx, end.idx + len(end), new if case.text[first.idx - 1].isspace() else f" {new}")


def _said(case: Case, subject: Token, behind: Token) -> Edit | None:
    """ "I've been told to say sorry, so sorry" becomes "Sorry": the apology that follows is enough."""
    rest = case.reading.doc[behind.i + 1 : behind.sent.end]
    again = next((t for t in rest if t.lower_ in _APOLOGIES), None)
    if again is None or any(t.pos_ in {"VERB", "AUX", "PRON"} for t in rest[: again.i - behind.i - 1]):
        return None
    return new_head(case.reading, subject.idx, again)


_APOLOGIES = frozenset({"sorry", "soz", "apologies"})


def _apologises(verb: Token) -> bool:
    return verb.lemma_.lower() in {"apologise", "apologize"}


def _subject(verb: Token) -> Token | None:
    """Its subject, or that of the verb it is joined to: "we regret it and are happy to"."""
    own = next((c for c in verb.lefts if c.dep_.startswith("nsubj")), None)
    return _subject(verb.head) if own is None and verb.dep_ == "conj" else own


_WILLINGLY = frozenset({"happy", "willing", "prepared", "content", "glad", "pleased", "ready"})
_BIDDEN = frozenset(
    {"asked", "told", "advised", "instructed", "required", "obliged", "forced", "made", "bound", "supposed"}
)
_EYE_ROLLS = frozenset({"\U0001f644", "\U0001f612", "\U0001f643", "\U0001f937"})
_PITIES = frozenset({"shame", "pity", "unfortunate", "regrettable", "sad"})


def _opens(token: Token) -> bool:
    """ "That I should" behind "I suppose"."""
    return token.lower_ == "that" and token.dep_ == "mark"


def _without_phrase(case: Case, first: int, last: int, start: int) -> Edit | None:
    doc = case.reading.doc
    while first > start and doc[first - 1].is_space:
        first -= 1
    at_start = all(t.is_space for t in doc[start:first])
    follows = doc[last] if last < len(doc) else None
    if at_start:
        while follows is not None and (follows.text in {",", "-", "–", "—"} or follows.is_space or _opens(follows)):
            last += 1
            follows = doc[last] if last < len(doc) else None
        if follows is None or follows.is_punct:
            return None
        return Edit(
            doc[first].idx,
            follows.idx + 1,
            raised(follows.text[0]) if doc[first].text[0].isupper() else follows.text[0],
        )
    if doc[first - 1].text in {",", "-", "–", "—"} and (follows is None or follows.is_punct or follows.is_space):
        first -= 1
        joins = last + 1 < len(doc) and doc[last + 1].dep_ in {"mark", "cc"}  # "sorry, though it was late"
        called = all(t.is_title or t.is_space for t in doc[start:first])  # "Sandra, fine, sorry"
        if follows is not None and follows.text == "," and called:
            return Edit(doc[first].idx, doc[last - 1].idx + len(doc[last - 1]))
        if follows is not None and follows.text == "," and not joins:
            last += 1
    kept = doc[first - 1]
    if follows is None or follows.is_punct or follows.is_space or doc[first].text == ",":
        return Edit(kept.idx + len(kept), doc[last - 1].idx + len(doc[last - 1]))
    return Edit(doc[first].idx, follows.idx)

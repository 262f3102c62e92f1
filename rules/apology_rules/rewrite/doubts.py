"""Mends for doubt: what may have been, seems to have been or is said to have been is stated as fact."""

import itertools
from collections.abc import Iterable, Iterator, Sequence

from spacy.tokens import Token

from apology_rules.reading import lexicon
from apology_rules.reading.clauses import Agent, Clause, Voice
from apology_rules.rewrite import cuts
from apology_rules.rewrite.adjacent import after, before, word_after
from apology_rules.rewrite.case import Case, Mend
from apology_rules.rewrite.edits import Edit, overlap
from apology_rules.rewrite.flaws import Flaw
from apology_rules.rewrite.ownership import in_active, nobody, own_part
from apology_rules.rewrite.trims import new_head
from apology_rules.rewrite.words import past, present, raised, was

_MAYBE = frozenset({"apparently", "allegedly", "possibly", "perhaps", "potentially", "reportedly", "supposedly"})
_MAYBE_HEADS = frozenset(word[:4] for word in _MAYBE)
DOUBTS = frozenset({"may", "might"})
CERTAIN = "States it as fact; take it only if you know that it is so."


def stated(case: Case) -> Iterator[Mend]:
    """ "Mistakes may have been made" becomes "We made mistakes"."""
    yield from everyone(case)
    certain = [*_as_certain(case), *nobody(case)]
    adverbs = [t for t in case.tokens if t.lower_ in _MAYBE]
    certain += [Mend(edits=(_without_adverb(case, t),), told=CERTAIN) for t in adverbs]
    together: list[Edit] = []
    for mend in certain:
        if not overlap(together, mend.edits):
            together += mend.edits
    if len(together) > 1:  # "apparently it may have": every doubt at once
        certain = [Mend(edits=tuple(sorted(together)), told=CERTAIN)]
    elif _frames(case):
        return  # half of them would be left
    doubted = any(t.lower_ in DOUBTS | {"could"} for t in case.tokens)
    certain = [m for m in certain if not (doubted and case.text[m.edits[0].begin :][:4].lower() in _MAYBE_HEADS)]
    yield from certain
    yield from _without_aside(case)
    for mend in certain:
        beside = own_part(case)
        if beside is not None and mend.edits[-1].end <= beside.begin:
            yield Mend(edits=(*mend.edits, beside), told="States it as fact and asks what you could have done.")


def states(case: Case, mend: Mend) -> bool:
    """Whether no word of doubt is left by a mend of words in doubt."""
    return case.flaw is Flaw.DOUBT and bool(_doubts(case)) and not leaves_some(case, mend)


def leaves_some(case: Case, mend: Mend) -> bool:
    """Whether some words of doubt are left by a mend that takes others."""
    gone = [any(e.begin <= t.idx < e.end for e in mend.edits) for t in _doubts(case)]
    return case.flaw is Flaw.DOUBT and not all(gone)


def drops_news(case: Case, mend: Mend) -> bool:
    """Whether a mend of words in doubt drops a whole clause that tells something: what is in doubt is stated, not hidden."""
    if case.flaw is not Flaw.DOUBT:
        return False
    told = [c for c in case.clauses if c.modals & DOUBTS and c.dependency in _TOLD and not _frames_what_is_told(c)]
    gone = [(c.root, edit.new.lower()) for c in told for edit in mend.edits if edit.begin <= c.root.idx < edit.end]
    return any(root.lower_[:_STEM] not in new and root.lemma_.lower()[:_STEM] not in new for root, new in gone)


_TOLD = frozenset({"ROOT", "conj", "ccomp"})
_STEM = 3


def _frames_what_is_told(clause: Clause) -> bool:
    """ "You may have noticed that", "it may be said that": the news stand in what hangs on it."""
    lemma, subject = clause.root.lemma_.lower(), clause.subject
    nobody = subject is None or subject.lower_ in lexicon.FIRST_PRONOUNS | lexicon.SECOND_PRONOUNS | {"it", "there"}
    return lemma in lexicon.SEEMING_VERBS | {"be"} or (nobody and lemma in _NOTICING | _HEARSAY)


def _doubts(case: Case) -> list[Token]:
    said = (t for t in case.tokens if t.lower_ in DOUBTS | _MAYBE or t.lemma_.lower() in lexicon.SEEMING_VERBS)
    return [t for t in said if t.lower_ != "might" or case.reading.clause_at(t).mark not in {"as", "than"}]


def _as_certain(case: Case) -> Iterator[Mend]:
    yield from _without_frame(case)
    for clause in (*_frames(case), *case.clauses):
        yield from _without_may(case, clause)
        yield from _without_seeming(case, clause)
        yield from _without_alleging(clause)
        yield from _without_hearsay(case, clause)


def _frames(case: Case) -> list[Clause]:
    """The "it seems" before words in doubt that stands outside them."""
    held = [case.reading.clause_at(c.root.head) for c in case.clauses if c.dependency == "ccomp"]
    held = [c for c in held if c not in case.clauses and c.root.lemma_.lower() in lexicon.SEEMING_VERBS]
    return [c for c in held if c.subject is not None and c.subject.lower_ == "it"]


def _without_frame(case: Case) -> Iterator[Mend]:
    """ "It may be that X", "it has been put to us that X", "we have had reports that X" become "X"."""
    for number in sorted({case.reading.sentence_at(t.i).number for t in case.tokens}):
        sentence = case.reading.sentences[number]
        begin = cuts.behind_greeting(case.reading, sentence)
        own = (t for t in case.reading.doc[sentence.first : sentence.last] if t.idx >= begin and not t.is_space)
        words = list(itertools.dropwhile(lambda t: t.is_punct, own))
        place = next((n for n, t in enumerate(words[:_LONGEST_FRAME]) if _opens_what_is_said(t)), 0)
        lead, rest = words[:place], words[place + 1 :]
        if not lead or not rest or _quoted(rest) or rest[0].lower_ in {"what", "who", "how", "whether"}:
            continue
        doubted = any(
            case.begin <= t.idx < case.end or t.lemma_.lower() in lexicon.SEEMING_VERBS | DOUBTS for t in lead
        )
        if doubted and _reports(lead):  # "it was on the news that" beside words in doubt is news
            yield Mend(edits=(new_head(case.reading, lead[0].idx, rest[0]),), told=CERTAIN)


def _opens_what_is_said(token: Token) -> bool:
    """ "Reports that it failed", "suggesting that version 3 failed": the parser takes some for "that version"."""
    verb = before(token)
    return token.lower_ == "that" and (token.dep_ == "mark" or (verb is not None and verb.tag_ == "VBG"))


def _reports(lead: Sequence[Token]) -> bool:
    """Whether words before a "that" say that nobody in particular says so, or that it may be so."""
    lemmas = {t.lemma_.lower() for t in lead}
    named = any(t.pos_ == "PROPN" or t.lower_ in lexicon.SECOND_PRONOUNS or t.dep_ in {"neg", "mark"} for t in lead)
    maybe = lemmas >= {"it", "be"} and bool(lemmas & DOUBTS)
    subject = next((t for t in lead if t.dep_.startswith(("nsubj", "expl"))), None)
    unnamed = subject is not None and not any(c.dep_ in {"poss", "det"} and c.lower_ != "a" for c in subject.children)
    return unnamed and not named and (maybe or bool(lemmas & _RUMOURS))


def admits_a_charge(case: Case, mend: Mend) -> bool:
    """Whether the frame goes and what stands in it in a critic's own words stays: "it is said that we 'robbed' you"."""
    if case.flaw is not Flaw.DOUBT:
        return False
    doc, tokens = case.reading.doc, case.tokens
    sentence = case.reading.sentence_at(tokens[0].i)
    left = [t for t in doc[sentence.first : sentence.last] if not any(e.begin <= t.idx < e.end for e in mend.edits)]
    saying = [t for t in tokens if t not in left and t.lemma_.lower() in _HEARSAY | _NOTICING]
    return bool(saying) and _quoted(left)


def _quoted(words: Iterable[Token]) -> bool:
    """Whether critics say it in their own words, in which the sender does not admit it."""
    return any(t.text in _QUOTES for t in words)


_LONGEST_FRAME = 14
_QUOTES = frozenset({'"', "``", "''", "\u201c", "\u201d"})
_RUMOURS = frozenset(
    "allege allegation attention aware bring complaint gather hear mention notice point put raise report rumour say suggest "
    "suggestion tell".split()
)
_HEARSAY = frozenset("tell inform suggest say report allege hear gather understand believe bring mention".split())
_NOTICING = frozenset("notice see hear know realise realize spot read gather".split())


def _without_hearsay(case: Case, clause: Clause) -> Iterator[Mend]:
    """ "I am told that X" becomes "X"; "X, I was told, Y" becomes "X Y"."""
    root, doc = clause.root, case.reading.doc
    lemma = root.lemma_.lower()
    noticed = lemma in _NOTICING and bool(clause.modals & DOUBTS)
    speaker = next((t for t in reversed(list(root.lefts)) if t.dep_ in {"nsubj", "nsubjpass"}), None)
    unnamed = clause.doer in {Agent.FIRST, Agent.NOBODY} or (speaker is not None and speaker.pos_ == "NOUN")
    if not noticed and not (lemma in _HEARSAY and unnamed):
        return
    if root.dep_ in {"parataxis", "ccomp"} and clause.first > root.sent.start and clause.last < len(doc):
        before, after = doc[clause.first - 1], doc[clause.last]
        if before.text == "," and after.text == ",":
            yield Mend(edits=(Edit(before.idx, after.idx + len(after)),), told=CERTAIN)
        return
    inner = next((c for c in root.children if c.dep_ == "ccomp" and c.i > root.i), None)
    if inner is None or root.head != root or clause.negated:
        return
    rest = [t for t in inner.subtree if not (t.dep_ == "mark" and t.head == inner)]
    begin = cuts.behind_greeting(case.reading, case.reading.sentence_at(root.i))
    start = next(t for t in doc[clause.first :] if t.idx >= begin and not t.is_space)
    if rest and not _quoted(rest) and rest[0].i > root.i and rest[0].lower_ not in {"what", "who", "how", "whether"}:
        letter = rest[0].text[0]
        new = letter.upper() if start.text[0].isupper() else letter
        yield Mend(edits=(Edit(start.idx, rest[0].idx + 1, new),), told=CERTAIN)


def _without_aside(case: Case) -> Iterator[Mend]:
    """ "As you may have noticed, the pay was short" becomes "The pay was short"."""
    for clause in case.reading.clauses_of(case.reading.sentence_at(case.tokens[0].i).number) if case.tokens else ():
        doubted = clause.modals & DOUBTS and clause.dependency in {"advcl", "parataxis"}
        if doubted and case.begin <= clause.root.idx < case.end:
            words = [t for t in clause.root.subtree if not t.is_punct and not t.is_space]
            first, last = words[0], words[-1]
            found = cuts.cut(case.reading, first.idx, last.idx + len(last)) or _opening_gone(case, first, last)
            if found:
                yield Mend(edits=found, told="Takes the doubt out.")


def _opening_gone(case: Case, first: Token, last: Token) -> tuple[Edit, ...]:
    """The words `first` to `last` go where they open a sentence and a comma parts them from the rest."""
    sentence = case.reading.sentence_at(first.i)
    following = [t for t in case.reading.doc[last.i + 1 : sentence.last] if not t.is_space][:2]
    opens = first.idx == sentence.begin and len(following) > 1 and following[0].text == ","
    return (new_head(case.reading, first.idx, following[1]),) if opens else ()


def _without_may(case: Case, clause: Clause) -> Iterator[Mend]:
    edits = in_the_past(case, clause)
    if clause.root.lemma_.lower() in lexicon.SEEMING_VERBS and clause.words & {"so", "way"}:
        return  # "it appeared so" admits nothing
    noticing = clause.root.lemma_.lower() in _NOTICING and clause.voice is not Voice.PASSIVE
    noticing = noticing and not _met_with(clause)
    compares = bool({t.lower_ for t in case.reading.doc[max(0, clause.first - 1) : clause.first + 1]} & {"as", "than"})
    if not edits or noticing or (compares and "might" in clause.modals):  # "not as good as it might have been"
        return
    if clause.voice is Voice.PASSIVE:
        active = in_active(case, clause, past_tense=True)
        if active is not None:
            yield Mend(edits=(active,), told="Says who did it, as fact; take it only if it was so.")
    if clause.dependency != "relcl" or case.apology is None:
        yield Mend(edits=edits, told=CERTAIN)


def _met_with(clause: Clause) -> bool:
    """ "Some members may have seen two debits": what came upon them; "you may have noticed the delay" tells them so."""
    met = any(c.dep_ == "dobj" and c.pos_ in {"NOUN", "PROPN"} for c in clause.root.rights)
    return met and clause.doer is not Agent.SECOND


def in_the_past(case: Case, clause: Clause) -> tuple[Edit, ...]:
    """The edits that state what may have been as what was; none where it cannot be told: "may have been" becomes "was"."""
    may = next((t for t in clause.own if t.tag_ == "MD" and t.lower_ in DOUBTS), None)
    have = next((t for t in clause.root.children if t.dep_ == "aux" and t.lower_ == "have"), None)
    if may is not None and have is None:
        return _in_the_present(clause, may)
    if may is None or have is None or may.i > have.i:
        return ()
    been = next((c for c in clause.root.children if c.dep_ == "auxpass"), None)
    denied = any(c.dep_ == "neg" and may.i < c.i < clause.root.i for c in clause.root.children)
    if denied and any(
        t.lower_ == "never" or t.lower_ in _HOW_OFTEN for t in case.reading.doc[may.i : clause.root.i + 2]
    ):
        return ()  # "we may not always have been fair" denies less than "we were not fair"
    if denied and been is None and clause.root.lemma_ != "be":
        helping = {"neg", "aux"}
        told = case.reading.doc[may.i + 1 : clause.root.i]
        adverbs = [t.text for t in told if t.dep_ not in helping and t.lower_ not in _MAYBE]
        return (Edit(may.idx, clause.root.idx + len(clause.root), " ".join(("did not", *adverbs, clause.root.lemma_))),)
    not_ = " not" if denied else ""
    if been is not None:
        new, end = f"{was(_subject(clause))}{not_}", been.idx + len(been)
    elif clause.root.lemma_ == "be" or (clause.root.lemma_ in _LOOKING and _says_how(clause.root)):
        new, end = f"{was(_subject(clause))}{not_}", clause.root.idx + len(clause.root)
    else:
        between = [t.text for t in case.reading.doc[have.i + 1 : clause.root.i] if t.lower_ not in _MAYBE]
        new = " ".join((*between, past(clause.root.text)))
        end = clause.root.idx + len(clause.root)
    every = (Edit(t.idx, t.idx + len(t) + 1) for t in clause.own if t.lower_ == "any" and t.idx > end)
    return (Edit(may.idx, end, new), *every)


_HOW_OFTEN = frozenset("always quite entirely fully well completely ever".split())


def _subject(clause: Clause) -> Token | None:
    """Its subject; "some said some bags in the van may have been wet" the parser reads as a saying that has been wet."""
    said = next((c for c in clause.root.lefts if c.dep_ in {"csubj", "ccomp"}), None)
    torn = next((c for c in said.rights if c.dep_ in {"dobj", "nsubj"}), None) if said is not None else None
    return torn if torn is not None else clause.subject


def _says_how(verb: Token) -> bool:
    """ "Seemed slow"."""
    return any(c.dep_ in {"acomp", "oprd"} and c.i == verb.i + 1 for c in verb.children)


_LOOKING = frozenset({"seem", "appear", "look"})


def _in_the_present(clause: Clause, may: Token) -> tuple[Edit, ...]:
    """ "May be affected" becomes "is affected"; what may come is left open."""
    be = next((t for t in clause.own if t.lower_ == "be" and t.i > may.i), None)
    between = may.doc[may.i + 1 : be.i] if be is not None else ()
    if be is None or not all(t.lower_ in _MAYBE for t in between):
        return ()
    if word_after(be) == "that" and clause.words & {"it"}:
        return ()  # "it is that the door was open"
    return (Edit(may.idx, be.idx + len(be), present("be", clause.subject)),)


def _without_seeming(case: Case, clause: Clause) -> Iterator[Mend]:
    """ "It appears that X" becomes "X", "it seems to have slipped" becomes "it slipped"."""
    root = clause.root
    if root.lemma_.lower() not in {"appear", "seem"}:
        return
    held = [c for c in root.children if c.dep_ in {"ccomp", "xcomp", "oprd"}]
    inner = next((c for c in held if c.i > root.i), None)
    if inner is None:
        return
    if clause.subject is not None and clause.subject.lower_ == "it" and inner.dep_ == "ccomp":
        rest = [t for t in inner.subtree if not (t.dep_ == "mark" and t.head == inner)]
        start = case.reading.doc[clause.first]
        if rest and rest[0].i > root.i and rest[0].lower_ not in {"as", "like"}:
            letter = rest[0].text[0]
            new = letter.upper() if start.text[0].isupper() else letter
            yield Mend(edits=(Edit(start.idx, rest[0].idx + 1, new),), told=CERTAIN)
        return
    aux = [c for c in inner.children if c.dep_ == "aux"]
    if root.tag_ in {"VBZ", "VBP"} and {c.lower_ for c in aux} == {"to", "have"} and inner.tag_ in {"VBN", "VBD"}:
        passive = next((c for c in inner.children if c.dep_ == "auxpass"), None)
        subject = next((c for c in root.children if c.dep_ == "nsubj"), None)
        end = passive.idx + len(passive) if passive is not None else inner.idx + len(inner)
        new = was(subject) if passive is not None else past(inner.text)
        yield Mend(edits=(Edit(root.idx, end, new),), told=CERTAIN)
    elif root.tag_ in {"VBZ", "VBP"} and {c.lower_ for c in aux} == {"to"} and inner.tag_ == "VB":
        subject = next((c for c in reversed(list(root.lefts)) if c.dep_ in {"nsubj", "expl"}), None)
        meant = subject if subject is None or subject.tag_ not in {"WDT", "WP", "EX"} else _meant_by(root)
        new = present(inner.text, meant)
        yield Mend(edits=(Edit(root.idx, inner.idx + len(inner), new),), told=CERTAIN)


def _without_alleging(clause: Clause) -> Iterator[Mend]:
    """ "Patients are alleged to have needed help" becomes "patients needed help"."""
    root = clause.root
    passive = next((c for c in root.children if c.dep_ == "auxpass" and c.tag_ in {"VBP", "VBZ"}), None)
    inner = next((c for c in root.children if c.dep_ == "xcomp" and c.i > root.i), None)
    if root.lemma_.lower() not in _ALLEGING or passive is None or inner is None or clause.negated:
        return
    aux = [c for c in inner.children if c.dep_ in {"aux", "auxpass"}]
    subject = next((c for c in root.children if c.dep_ == "nsubjpass"), None)
    meant = subject if subject is None or subject.tag_ not in {"WDT", "WP"} else _meant_by(root)
    if [c.lower_ for c in aux] == ["to", "have"] and inner.tag_ in {"VBN", "VBD"}:
        new, end = past(inner.text), inner.idx + len(inner)
    elif [c.lower_ for c in aux] == ["to", "have", "been"]:
        new, end = was(meant), aux[-1].idx + len(aux[-1])
    else:
        return
    yield Mend(edits=(Edit(passive.idx, end, new),), told=CERTAIN)


_ALLEGING = frozenset({"allege", "say", "report", "believe", "think", "understand", "claim", "rumour", "suppose"})


def _meant_by(verb: Token) -> Token | None:
    """What "which" stands for, or what "there" seems to be."""
    if verb.dep_ == "relcl":
        return verb.head
    return next((t for t in verb.subtree if t.dep_ == "attr" and t.pos_ in {"NOUN", "PROPN"}), verb)


def _without_adverb(case: Case, token: Token) -> Edit:
    begin, end = token.idx, token.idx + len(token)
    text = case.text
    if text[end : end + 1] == ",":
        end += 1
        if text[:begin].rstrip().endswith(","):
            begin = len(text[:begin].rstrip()) - 1
            return Edit(begin, end)
    if token.i == token.sent.start or not text[:begin].strip() or text[:begin].rstrip(" ")[-1:] in "\n.!?":
        following = after(token)
        following = after(following) if following is not None and following.text == "," else following
        if following is None:
            return Edit(begin, end)
        return Edit(
            begin, following.idx + 1, raised(following.text[0]) if token.text[0].isupper() else following.text[0]
        )
    return Edit(begin, min(len(text), end + 1))


_REACTIONS = lexicon.FEELING_WORDS | {"exception", "offence", "offense", "umbrage", "mind", "minded"}
_ALL = {"anyone": "everyone", "anybody": "everyone", "any": "those"}


def everyone(case: Case) -> Iterator[Mend]:
    """ "Sorry to anyone who may have been hurt" becomes "Sorry to everyone who was hurt"."""
    numbers = {case.reading.sentence_at(t.i).number for t in case.tokens}
    sentences = [case.reading.sentences[number] for number in sorted(numbers)]
    for token in (t for s in sentences for t in case.reading.doc[s.first : s.last]):
        who = next((c for c in token.subtree if c.dep_ == "relcl" and case.begin <= c.idx < case.end), None)
        addressed = token.dep_ == "pobj" and token.head.lower_ == "to"
        if who is None or not addressed or token.lower_ not in _ALL or who.lemma_ == "feel":
            continue
        clause = case.reading.clause_at(who)
        if clause.words & _REACTIONS:
            continue  # to all who minded is no better than to any who did
        certain = in_the_past(case, clause)
        if certain or not clause.modals:
            yield Mend(edits=(Edit(token.idx, token.idx + len(token), _ALL[token.lower_]), *certain), told=CERTAIN)

"""Mends for blame: the passive gets its owner, a cause gets ownership beside it, the charge against them goes."""

from collections.abc import Iterator, Mapping, Set

from spacy.tokens import Token

from apology_rules.reading import lexicon
from apology_rules.reading.clauses import Agent, Clause, Voice
from apology_rules.reading.failures import fails
from apology_rules.review import Category, ComponentKind, FindingSource
from apology_rules.rewrite import cuts
from apology_rules.rewrite.case import Case, Mend, spared
from apology_rules.rewrite.edits import Edit
from apology_rules.rewrite.flaws import Flaw
from apology_rules.rewrite.words import as_object, lowered, past, raised, was

OWN_PART_ALONE = "Speaks of your own part alone."
_WHO = "Says who did it; take it only if it was you."
_FOLLOWING = frozenset({"ROOT", "conj", "ccomp", "parataxis"})


def nobody(case: Case) -> Iterator[Mend]:
    """ "Mistakes were made" becomes "We made mistakes"."""
    found: list[Mend] = []
    for clause in case.clauses:
        unable = clause.modals == {"could"} and clause.negated
        if clause.voice is Voice.PASSIVE and ((clause.past and not clause.modals) or unable):
            edit = in_active(case, clause)
            if edit is not None:
                found.append(Mend(edits=(edit,), told=_WHO))
        elif clause.root.lemma_ in _COMING_ABOUT:
            found += _made(case, clause)
        elif clause.root.lemma_ == "go" and "missing" in clause.words and clause.root.tag_ == "VBD":
            found += _lost(case, clause)
    if len(found) > 1:
        yield Mend(edits=tuple(sorted(edit for mend in found for edit in mend.edits)), told=found[0].told)
    yield from found


def _made(case: Case, clause: Clause) -> Iterator[Mend]:
    """ "An error occurred in the draw", "there was a mistake in the draw" become "we made an error in the draw"."""
    root, there = clause.root, any(c.dep_ == "expl" for c in clause.root.children)
    noun = next((c for c in root.children if c.dep_ in {"nsubj", "attr"} and c.lemma_.lower() in _MADE), None)
    if noun is None or clause.modals or clause.negated or root.tag_ != "VBD" or clause.dependency not in _FOLLOWING:
        return
    if there != (root.lemma_ == "be") or any(
        c.dep_ in {"poss", "relcl"} or c.lower_ in {"no", "the"} for c in noun.children
    ):
        return
    first = next(c for c in root.children if c.dep_ == "expl") if there else noun.left_edge
    if not there and any(
        not t.is_punct and t.dep_ not in {"aux"} for t in case.reading.doc[noun.right_edge.i + 1 : root.i]
    ):
        return
    thing = case.text[noun.left_edge.idx : noun.right_edge.idx + len(noun.right_edge)]
    opens = _opens(case, first.idx)
    who = raised(case.voice.subject) if opens and first.text[0].isupper() else case.voice.subject
    thing = lowered(thing, noun.left_edge) if noun.left_edge == first and opens else thing
    end = noun.right_edge if there else root
    yield Mend(
        edits=(Edit(first.idx, end.idx + len(end), f"{who} made {thing}"),),
        told=_WHO,
    )


_COMING_ABOUT = frozenset({"be", "occur", "happen", "arise"})
_MADE = frozenset({"blunder", "error", "miscalculation", "misjudgement", "misjudgment", "mistake", "slip"})


def _lost(case: Case, clause: Clause) -> Iterator[Mend]:
    subject = clause.subject
    missing = next((t for t in clause.own if t.lower_ == "missing"), None)
    if subject is None or missing is None or missing.i != clause.root.i + 1 or subject.i > clause.root.i:
        return
    noun, begin = _noun(case, subject)
    who = raised(case.voice.subject) if case.text[begin].isupper() and _opens(case, begin) else case.voice.subject
    yield Mend(
        edits=(Edit(begin, missing.idx + len(missing), f"{who} lost {noun}"),),
        told=_WHO,
    )


def in_active(case: Case, clause: Clause, *, past_tense: bool = False) -> Edit | None:
    """The words from the subject to the verb of an agentless passive, with the sender as the one who does it."""
    root = clause.root
    children = list(root.children)
    subject = next((c for c in children if c.dep_ == "nsubjpass"), None)
    passive = next((c for c in children if c.dep_ == "auxpass"), None)
    shared = subject is None and clause.dependency == "conj" and clause.subject is not None
    if (
        (subject is None and not shared)
        or passive is None
        or clause.doer is not Agent.NOBODY
        or clause.dependency not in _FOLLOWING
    ):
        return None
    subject = subject or clause.subject
    if subject is None or not (_own_failing(clause, subject) or (_seen(case) and _may_be_own(clause, subject))):
        return None
    if (
        subject.lower_ in {"which", "that", "who", "what", "there", "i", "we", "us", "me", "nobody", "none", "nothing"}
        or root.head.lower_ == "shows"
    ):
        return None
    if any(
        c.dep_ == "conj"
        and c.pos_ in {"VERB", "AUX"}
        and c.tag_ == "VBN"
        and not any(g.dep_.startswith("nsubj") for g in c.children)
        for c in children
    ):
        return None
    told = root.head if clause.dependency == "conj" else root  # "it finds that X was lost and Y was missed"
    if told.dep_ == "ccomp" and not _reported_by_us(told.head):
        return None
    if subject.i > passive.i:  # "why was it cancelled?"
        return None
    noun, begin = _noun(case, subject)
    if shared:
        first = next(t for t in case.reading.doc[subject.i + 1 :] if t in children or t == passive)
        first = min((c for c in children if c.dep_ in {"aux", "auxpass"}), key=lambda c: c.i, default=first)
        noun, begin = ("them" if was(subject) == "were" else "it"), first.idx
        if subject.lower_ in {"you", "he", "she"}:
            return None
    have = next((c.lower_ for c in children if c.dep_ == "aux" and c.lemma_ == "have"), "")
    could = any(c.dep_ == "aux" and c.lower_ == "could" for c in children)
    not_ = [c for c in children if c.dep_ == "neg" and c.lower_ != "never"]
    between = [
        t
        for t in case.reading.doc[(passive.i if shared else subject.right_edge.i) + 1 : root.i]
        if t.dep_ not in {"aux", "auxpass"} and t not in not_ and not t.is_space
    ]
    if any(t.is_punct for t in between):
        return None
    adverbs = " ".join(t.text for t in between)
    if not_:
        verb = f"{'could' if could else 'did'} not {adverbs + ' ' if adverbs else ''}{root.lemma_.lower()}"
    elif have and not past_tense:
        verb = f"{'had' if have == 'had' else 'have'} {adverbs + ' ' if adverbs else ''}{root.text}"
    else:
        verb = f"{adverbs + ' ' if adverbs else ''}{past(root.text)}"
    who = raised(case.voice.subject) if case.text[begin].isupper() and _opens(case, begin) else case.voice.subject
    return Edit(begin, root.idx + len(root), f"{who} {verb} {noun}")


_DONE_BY_OTHERS = frozenset(
    "access breach hack attack steal infect suggest say report compromise intercept require allow permit expect need "
    "oblige".split()
)


def _seen(case: Case) -> bool:
    """Whether the trained reader, too, sees the sender's own act told as if nobody had done it."""
    omitted = case.flaw is Flaw.NOBODY and FindingSource.READER in case.finding.sources
    return omitted and case.finding.confidence >= _RATHER_LIKELY


_RATHER_LIKELY = 0.4


def _own_failing(clause: Clause, subject: Token) -> bool:
    """Whether it is a failure that the sender may have done."""
    fails_here = fails(clause) or subject.lemma_.lower() in lexicon.FAILURE_NOUNS
    return fails_here and _may_be_own(clause, subject)


def _may_be_own(clause: Clause, subject: Token) -> bool:
    """Whether the sender may have done it: no burglary, no hearsay, no pain felt, and nothing that hangs on it."""
    lemma = clause.root.lemma_.lower()
    behind = clause.root.rights
    if any(
        t.tag_ == "VBG" or t.lower_ in {"your", "their"} for part in behind if part.dep_ == "prep" for t in part.subtree
    ):
        return False  # "at your end"; "in spite of having been cancelled" would be said of the sender
    if lemma in _DONE_BY_OTHERS | _FOUND_OUT or any(c.dep_ in {"ccomp", "csubj"} for c in clause.root.children):
        return False
    if lemma in lexicon.FEELING_VERBS or clause.root.lower_ in lexicon.FEELING_WORDS:
        return False
    if _is_state(clause.root) or subject.lemma_.lower() in _SUFFERED.get(lemma, ()):
        return False
    hanging = (t for t in subject.subtree if t.dep_ in {"mark", "advcl", "parataxis", "punct"} and not t.is_quote)
    return next(hanging, None) is None and not spared(clause)


def _is_state(verb: Token) -> bool:
    """ "Was stuck", "was broken for six days": how a thing was, not what somebody did to it."""
    lasted = any(c.dep_ == "prep" and c.lower_ == "for" and any(t.like_num for t in c.subtree) for c in verb.rights)
    return verb.lemma_ in {"stick", "bear"} or (lasted and verb.lemma_ in {"block", "break", "freeze", "jam"})


_SUFFERED: Mapping[str, Set[str]] = {
    "lose": frozenset("appetite day enjoyment evening holiday hour income night sleep temper time weekend".split()),
    "make": frozenset({"complaint", "objection", "request"}),
    "miss": frozenset("bus concert connection ferry film flight funeral match party plane show train wedding".split()),
}
"""What is lost, made or missed by those whom the failure met: "your train was missed"."""


_FOUND_OUT = frozenset("confirm detect discover establish identify notice resolve trace".split())
"""What the sender did about the failure is no failure of theirs: "the cause was identified"."""


def _reported_by_us(verb: Token) -> bool:
    subject = next((c for c in verb.children if c.dep_ in {"nsubj", "expl"}), None)
    if verb.lemma_.lower() in _NOTING:
        return False  # what is noted is others' doing
    return subject is not None and (subject.lower_ in {"we", "i"} or subject.dep_ == "expl" or verb.lemma_ in _SEEMING)


_NOTING = frozenset("conclude establish find hear note notice record report say see show state understand".split())
_SEEMING = frozenset({"seem", "appear", "happen", "turn"})


def _noun(case: Case, subject: Token) -> tuple[str, int]:
    """The subject as an object, and where it begins."""
    first, last = subject.left_edge, subject.right_edge
    words = case.text[first.idx : last.idx + len(last)]
    return as_object(lowered(words, first) if _opens(case, first.idx) else words), first.idx


def _opens(case: Case, begin: int) -> bool:
    """Whether a sentence begins here."""
    first = case.reading.token_from(begin)
    return first is not None and case.reading.sentence_at(first.i).begin == begin


def cause(case: Case) -> Iterator[Mend]:
    """A true cause stays, and a placeholder for the sender's part stands beside it."""
    if not _tells_of_failure(case):
        return
    yield from _without_excuse(case)
    beside = own_part(case)
    if beside is not None:
        yield Mend(edits=(beside,), told="Keeps the cause and asks beside it what you could have done.")
    found = cuts.cut(case.reading, case.begin, case.end) or ()
    sentence = case.reading.sentence_at(case.tokens[0].i)
    if beside is None or not found or any(e.begin <= sentence.begin and e.end >= beside.begin for e in found):
        return
    yield Mend(edits=found, told="Takes the excuse out.")
    if found[-1].end < beside.begin:
        yield Mend(edits=(*found, beside), told="Asks what you could have done in place of the excuse.")


def _without_excuse(case: Case) -> Iterator[Mend]:
    """ "Due to high demand, your order is late": what is put beside it to excuse it goes, and the sender's part is asked for."""
    beside = own_part(case)
    for head in (t for t in case.tokens if t.dep_ == "prep" and t.lower_ in _EXCUSING):
        end = head.right_edge.idx + len(head.right_edge)
        inside = case.begin <= head.left_edge.idx and end <= case.end
        found = cuts.cut(case.reading, head.left_edge.idx, end) if inside else None
        if found and beside is not None and found[-1].end <= beside.begin:
            partial = sum(e.end - e.begin for e in found) < len(case.words)
            if partial:
                yield Mend(edits=(*found, beside), told="Asks what you could have done in place of the excuse.")


_EXCUSING = frozenset({"due", "owing", "because", "given", "thanks"})


def own_part(case: Case) -> Edit | None:
    """What the sender could have done, joined to the last sentence of the words or behind it; none where neither can be.

    It stands right there, and further behind only where it would part sentences and cannot be joined.
    """
    if not case.tokens:
        return None
    reading, last, clause = case.reading, case.tokens[-1].i, case.voice.own_clause
    behind = cuts.behind(reading, last, case.voice.own_part, unparted=True)
    parts = behind is not None and behind != cuts.behind(reading, last, case.voice.own_part)
    return (
        cuts.joined(reading, last, clause)
        or (cuts.joined(reading, last, clause, again=True) if parts else None)
        or behind
    )


def _tells_of_failure(case: Case) -> bool:
    """Whether a cause stands here at all; the trained reader alone may point at less."""
    if case.finding.category is not Category.BLAME_SHIFTING:
        return False
    if case.flaw is Flaw.NOBODY:
        return True
    if case.flaw in {Flaw.CHARGE, Flaw.PLEA}:
        return case.only_telling
    if FindingSource.GRAMMAR in case.finding.sources and case.finding.confidence >= _LIKELY:
        return True
    explained = ComponentKind.EXPLANATION in case.shown(case.begin, case.end)
    others = case.finding.confidence >= _LIKELY
    return (
        explained
        or case.only_telling
        or any(
            fails(c) or case.reading.has("causal", c) or (others and c.doer is Agent.OTHER and c.past and not c.negated)
            for c in case.clauses
        )
    )


_LIKELY = 0.5
"""What others did is praise or news as often as blame, where the trained reader is less sure than this."""


def blame(case: Case) -> Iterator[Mend]:
    """The charge against the recipient goes, and so does a plea of good intentions."""
    if case.tells:
        yield from _without_excuse(case)
    found = cuts.cut(case.reading, case.begin, case.end, case.doomed)
    if found:
        yield Mend(edits=found, told="Takes it out; the apology stands without it.")


def shared(case: Case) -> Iterator[Mend]:
    """ "We both said things" becomes "I said things"; "on both sides" becomes "on my side"."""
    tokens = case.tokens
    for index, token in enumerate(tokens[:-1]):
        following = tokens[index + 1]
        if token.lower_ == "we" and following.lower_ == "both" and not any(t.lower_ in {"our", "us"} for t in tokens):
            new = "I"
            yield Mend(edits=(Edit(token.idx, following.idx + len(following), new),), told=OWN_PART_ALONE)
        if token.lower_ == "both" and following.lower_ in {"sides", "parts", "ends"}:
            new = f"{case.voice.possessive} {following.text.removesuffix('s')}"
            yield Mend(edits=(Edit(token.idx, following.idx + len(following), new),), told=OWN_PART_ALONE)
    yield from blame(case)

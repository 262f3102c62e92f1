"""Mends that take nothing: the words stay, and what they leave open is asked for beside them.

They are for blame that is a true cause. The question stands behind the very sentence, or is joined to it, so that "it" has a
meaning; never beside a heading, a list, a quotation, a question, or words that tell of nothing that has happened.
"""

import itertools
from collections.abc import Iterator, Sequence

from apology_rules.reading import lexicon
from apology_rules.reading.clauses import Agent, Clause
from apology_rules.reading.layout import Role
from apology_rules.reading.parsed import Sentence
from apology_rules.review import Category, ComponentKind
from apology_rules.rewrite import cuts
from apology_rules.rewrite.case import Case, Mend, accuses, disowns, spared
from apology_rules.rewrite.edits import Edit
from apology_rules.rewrite.flaws import Flaw
from apology_rules.rewrite.general import fills, stretch, told_beside
from apology_rules.rewrite.losses import sent_away
from apology_rules.rewrite.ownership import own_part
from apology_rules.rewrite.trims import trims

_PART = "Keeps what it tells and asks beside it what you could have done."
_INSTEAD = "Asks what you could have done in place of the excuse."


def beside(case: Case) -> Iterator[Mend]:
    """Sentences beside the words, the plainest first."""
    blames = case.finding.category is Category.BLAME_SHIFTING
    if not case.tokens or case.charges or (sent_away(case) and not (case.tells and blames)):
        return  # what has no place in an apology is not answered
    if case.flaw is Flaw.SHARE and case.names_the_act:
        yield from _in_place_of_all(case)
    if blames and _tells_what_happened(case):
        if not sent_away(case):
            yield from _in_place_of_excuse(case)
        yield from _own_part(case, _PART)


def owned(case: Case) -> Iterator[Mend]:
    """The words stay, and the sender owns up to their part behind them."""
    if explains(case):
        yield from _own_part(case, _PART)


def asked(case: Case) -> Iterator[Mend]:
    """The words stay, and the sender's part is asked for behind them, where something came about that can have one."""
    main = [c for c in case.clauses if c.dependency != "relcl"]
    if case.tokens and case.happened and not _refused(case, main) and not any(spared(c) for c in main):
        yield from _own_part(case, _PART)


def explains(case: Case) -> bool:
    """Whether the words tell what went wrong or why, so that owning up beside them makes a cause of the excuse."""
    told = case.tells or ComponentKind.EXPLANATION in case.shown(case.begin, case.end)
    told = told or (case.flaw is Flaw.NOBODY and case.happened)
    if not case.tokens or not told or case.charges or (sent_away(case) and not case.tells):
        return False
    main = [c for c in case.clauses if c.dependency != "relcl"]
    spares = bool(main) and all(spared(c) for c in main)
    return _tells_what_happened(case) and not spares and not _refused(case, main)


def _refused(case: Case, main: Sequence[Clause]) -> bool:
    """Whether words disown the failure or only accuse somebody, so that owning up beside them makes no sense."""
    return any(disowns(case.reading, c) for c in case.clauses) or (not case.tells and any(accuses(c) for c in main))


def _tells_what_happened(case: Case) -> bool:
    """Whether the words tell what went wrong or why, so that "your part in it" has a meaning."""
    if ComponentKind.EXPLANATION in case.shown(case.begin, case.end):
        return True
    if any(_by_nobody(c) for c in case.clauses):
        return False
    if case.tells:
        return True
    last = case.reading.sentence_at(case.tokens[-1].i).number
    return any(_happened(c) for c in case.reading.clauses_of(last))


def _happened(clause: Clause) -> bool:
    """Whether something came about that can have a cause: not what they said, nor what the sender felt, nor what nobody did."""
    if not clause.actual or clause.quoted or _by_nobody(clause) or _judges(clause):
        return False
    lemma = clause.root.lemma_.lower()
    if clause.doer in {Agent.FIRST, Agent.NOBODY}:
        return lemma not in lexicon.RECEPTION_VERBS | lexicon.FEELING_VERBS
    return clause.doer is not Agent.SECOND or clause.negated or lemma in lexicon.FAILURE_VERBS


def _judges(clause: Clause) -> bool:
    """ "It was but a picnic", "there is no rule": it says how things stand, not what came about."""
    return clause.root.lemma_ == "be" and (clause.subject is None or clause.subject.lower_ in {"it", "there", "this"})


def _by_nobody(clause: Clause) -> bool:
    """ "Nobody was trapped", "no one was hurt": it has not happened."""
    subject = clause.subject
    return subject is not None and any(t.lower_ in {"nobody", "none", "no"} for t in (subject, *subject.lefts))


def _last_sentence(case: Case) -> Sentence | None:
    """The last sentence of the words, where it is one of prose: no heading, list, quotation or question."""
    sentence = case.reading.sentence_at(case.tokens[-1].i)
    text = case.text[sentence.begin : cuts.end_of(case.reading, sentence)]
    verbs = any(t.tag_ in {"VBD", "VBP", "VBZ", "MD"} for t in case.reading.doc[sentence.first : sentence.last])
    prose = verbs and "\n" not in text.strip() and not cuts.is_item(case.reading, sentence)
    own = sentence.role is Role.BODY and not text.rstrip().endswith(("?", '"', "\u201d", ":"))
    quoted = all(c.quoted for c in case.reading.clauses_of(sentence.number))
    return sentence if prose and own and not quoted else None


def _own_part(case: Case, told: str) -> Iterator[Mend]:
    edit = own_part(case) if _last_sentence(case) is not None else None
    if edit is not None:
        yield Mend(edits=(edit,), told=told)


def _in_place_of_excuse(case: Case) -> Iterator[Mend]:
    """The least that takes the excuse out, where the failure is still told, with the sender's part behind it."""
    if not (case.tells or told_beside(case)):
        return
    single = (m for m in trims(case) if len(m.edits) == 1 and (case.flaw is Flaw.PLEA or _excuses(case, m)))
    for trim in itertools.islice(single, 1):
        for own in _own_part(case, _INSTEAD):
            if trim.edits[-1].end <= own.edits[0].begin:
                yield Mend(edits=(*trim.edits, *own.edits), told=_INSTEAD)


def _in_place_of_all(case: Case) -> Iterator[Mend]:
    """ "Crossed wires all round": a sentence that gives the recipient a share, and tells nothing else, gives way."""
    here = stretch(case)
    if here is not None and not here.greeted and fills(case, here):
        yield Mend(edits=(Edit(here.begin, here.end, case.voice.own_part),), told=_INSTEAD, sure=True)


def _excuses(case: Case, trim: Mend) -> bool:
    """Whether what goes is a phrase that names a bare cause ("due to high demand"), or says how the world is."""
    doc = case.reading.doc.char_span(trim.edits[0].begin, trim.edits[0].end, alignment_mode="contract")
    words = [t for t in doc if not t.is_punct and not t.is_space] if doc is not None else []
    verbs = {t.lemma_ for t in words if t.tag_ in {"VBD", "VBN", "VBP", "VBZ", "MD"}}
    present = not any(t.tag_ in {"VBD", "VBN", "MD"} or t.pos_ in {"PROPN", "NUM"} for t in words)
    slogan = verbs == {"be"} and present and not any(t.lower_ in lexicon.FIRST_PRONOUNS for t in words)
    return bool(words) and ((words[0].lower_ in _CAUSES and not verbs) or slogan)


_CAUSES = frozenset({"due", "owing", "because", "given", "thanks", "amid", "despite"})

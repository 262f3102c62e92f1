"""What a clause does in an apology: owns, explains, repairs, shows what it meant, prevents, gives contact.

Each test reads one clause (or sentence) and says whether it does the act in full or weakly. The categories are the
components of the coding scheme of Blum-Kulka & Olshtain 1984 as the codebook of this project defines them.
"""

import re
from enum import IntEnum

from apology_rules.reading import lexicon
from apology_rules.reading.clauses import Agent, Clause, Voice


class Strength(IntEnum):
    """How fully an act is done."""

    NONE = 0
    WEAK = 1
    FULL = 2


_PHONE = re.compile(r"(?<![\w£$€.,/-])\+?\(?\d(?:[\s().-]?\d){6,14}(?![\w%])")
_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.I)
_NO_REPLY = re.compile(r"\bno-?\s?reply|\bdo[ -]?not[ -]reply|\bdonotreply|please (?:do )?not (?:answer|reply)", re.I)


def fails(clause: Clause) -> bool:
    """Whether the clause reports a failing act or event."""
    if clause.future or clause.quoted or clause.doer is Agent.SECOND:
        return False
    if clause.root.lemma_.lower() in lexicon.FAILURE_VERBS and not clause.negated:
        return True
    if clause.past and any(t.pos_ == "NOUN" and t.lemma_.lower() in lexicon.FAILURE_NOUNS for t in clause.own):
        return True
    return (clause.negated and clause.past) or bool(
        clause.words
        & {
            "wrong",
            "wrongly",
            "incorrectly",
            "late",
            "badly",
            "twice",
            "mistakenly",
            "without",
            "unprepared",
            "missing",
            "astray",
            "unanswered",
            "unread",
        }
        and clause.past
    )


def repairs(clause: Clause) -> bool:
    """Whether the clause is about putting something right, and not about the failure."""
    return clause.root.lemma_.lower() in lexicon.STRONG_REMEDY_VERBS and not clause.negated


def timed(clause: Clause) -> bool:
    """Whether the clause names a time."""
    return bool((clause.words | clause.lemmas) & lexicon.TIME_WORDS)


def agentless(clause: Clause) -> bool:
    """Whether a failure happens in the clause with nobody doing it."""
    if clause.voice is Voice.PASSIVE:
        return clause.doer is Agent.NOBODY
    return clause.doer in {Agent.THING, Agent.NOBODY}


def phone_or_mail(text: str) -> bool:
    """Whether `text` holds a telephone number or a mail address that somebody reads."""
    return bool(_PHONE.search(text)) or any(not _NO_REPLY.search(m.group()) for m in _EMAIL.finditer(text))


def refuses_reply(text: str) -> bool:
    """Whether `text` says that nobody reads an answer."""
    return bool(_NO_REPLY.search(text))

"""Failure events: which clauses tell of the failure, and whether anybody does it there."""

from apology_rules.reading import lexicon
from apology_rules.reading.clauses import Agent, Clause, Voice


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


def ranks(clause: Clause) -> bool:
    """Whether it says how the failure compares with others of the sender's: "the worst leak we have had". That is a fact."""
    failures = [t for t in clause.own if t.lemma_.lower() in lexicon.FAILURE_NOUNS]
    worst = any((t.tag_ == "JJS" and t.lower_ not in _LEAST) or t.lower_ == "most" for n in failures for t in n.lefts)
    bounds = {t.lower_ for noun in failures for t in noun.subtree}
    return worst and bool(bounds & {"we", "i", "our", "my", "year", "years", "since"})


_LEAST = frozenset({"least", "fewest", "lowest", "slightest", "smallest", "shortest"})


def undoes(clause: Clause) -> bool:
    """Whether the clause is about putting something right, and not about the failure."""
    return clause.root.lemma_.lower() in lexicon.STRONG_REMEDY_VERBS and not clause.negated


def agentless(clause: Clause) -> bool:
    """Whether a failure happens in the clause with nobody doing it."""
    if clause.voice is Voice.PASSIVE:
        return clause.doer is Agent.NOBODY
    return clause.doer in {Agent.THING, Agent.NOBODY}

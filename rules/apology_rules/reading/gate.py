"""The gate: is the text an apology at all?

A check that sees every mail must stay silent on the ones that only say "sorry" in passing: courtesy, condolence,
refusal, complaint, notice. Evidence for and against is weighed; the weights are judgement, checked on labelled drafts.
"""

from apology_rules.reading.apologies import Force
from apology_rules.reading.clauses import Agent
from apology_rules.reading.parsed import ParsedDraft

_APOLOGY, _REGRET, _OWNED, _FAILURE, _SECOND = 2.0, 0.8, 1.2, 0.4, 0.3
_AGAINST = {"complaint": 2.5, "decline": 2.0, "condolence": 1.5}
_THRESHOLD = 1.9


def is_apology(reading: ParsedDraft, owned_sentences: frozenset[int]) -> bool:
    """Whether the sender apologises, or ought to, for a failure of their own."""
    heads = reading.real_apologies
    score = _APOLOGY * min(2, sum(a.force is Force.APOLOGY for a in heads))
    score += _REGRET * min(2, sum(a.force is Force.REGRET for a in heads))
    score += _OWNED * min(2, len(owned_sentences))
    score += _FAILURE * min(4, len(reading.failures))
    score += _SECOND * min(3, sum(c.doer is Agent.SECOND for c in reading.body_clauses))
    score -= sum(weight * min(2, reading.count(concept)) for concept, weight in _AGAINST.items())
    return score >= _THRESHOLD

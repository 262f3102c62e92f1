"""Mends that take nothing: the words stay, and what they leave open is asked for beside them.

They are for words that tell something: blame that is a true cause, a failure played down, a fact in doubtful words. Where a
finding is unsure, they are what it costs least to offer.
"""

import itertools
from collections.abc import Iterator

from apology_rules.reading.clauses import Agent
from apology_rules.review import Category, ComponentKind
from apology_rules.rewrite import cuts
from apology_rules.rewrite.case import Case, Mend
from apology_rules.rewrite.edits import Edit
from apology_rules.rewrite.general import told_beside
from apology_rules.rewrite.losses import sent_away
from apology_rules.rewrite.trims import trims
from apology_rules.rewrite.words import lowered, raised

_FACTUAL = frozenset({"insincere-hedging.doubt", "minimising.downscale", "blame-shifting.agent-omission"})
_CUT = frozenset({"minimising.bolster", "minimising.silver-lining", "premature-selling"})
"""Praise and offers, beside which no word of one's own fault makes sense."""

_OPEN = 0.7
_CLEAR = 0.85
"""From this confidence on, words of the trained reader's are a flaw whatever stands beside them."""

_PART = "Keeps what it tells and asks beside it for your own part."
_COST = "Keeps what it tells and asks beside it what it meant for them."
_KNOWN = "Keeps what it tells and asks beside it for what you know."


def beside(case: Case) -> Iterator[Mend]:
    """Sentences beside the words, those that answer to the flaw first; none beside what has no place in an apology."""
    who, mine = case.voice.subject, case.voice.possessive
    category = case.finding.category
    part = f"{raised(who)} [your own part in it] because [the cause], and that was {mine} mistake."
    mistake = f"The mistake was {'mine' if who == 'I' else 'ours'}: {who} [what you did or failed to do]."
    if case.finding.rule_id in _CUT or category is Category.OVERLONG_DRAMA or (sent_away(case) and not _tells(case)):
        return
    if category is Category.BLAME_SHIFTING:
        if _tells(case):
            yield from _behind(case, part, _PART)
        for mend in _without_excuse(case):
            for also in _behind(case, part, _PART):
                if mend.edits[-1].end <= also.edits[0].begin:
                    yield Mend(edits=(*mend.edits, *also.edits), told="Puts your own part in place of the excuse.")
    elif category is Category.MINIMISING and _tells(case):
        yield from _behind(case, "What it meant for you is this: [what it cost you].", _COST)
    elif case.finding.rule_id == "insincere-hedging.doubt":
        yield from _behind(case, f"What {who} know for certain is this: [what you know of it].", _KNOWN)
    if case.finding.rule_id in _FACTUAL:
        yield from _led_in(case)
    if case.finding.confidence >= _CLEAR:
        return
    because = f"{mistake[:-1]} because [the cause]."
    yield from _behind(case, mistake, _PART)
    yield from _behind(case, because, _PART)
    yield from _before(case, mistake, _PART)
    if case.finding.confidence < _OPEN:
        yield from _before(case, because, _PART)
    if case.finding.rule_id == "insincere-hedging.doubt":
        yield from _before(case, f"What {who} know for certain is this: [what you know of it].", _KNOWN)


def _led_in(case: Case) -> Iterator[Mend]:
    """ "What we know is this: " before the sentence: it says of the words what they are, and takes none of them."""
    reading = case.reading
    if not case.tokens:
        return
    sentence = reading.sentence_at(case.tokens[0].i)
    first = next((t for t in reading.doc[sentence.first : sentence.last] if not t.is_space), None)
    if first is None or cuts.before(reading, first.i, "") is None or first.text[:1] in "\"'(-*\u2022":
        return
    if first.lower_ in _LEANING or ":" in case.text[sentence.begin : sentence.end] or first.pos_ in {"VERB", "INTJ"}:
        return
    who = case.voice.subject
    root = next((c for c in reading.clauses_of(sentence.number) if c.dependency == "ROOT"), None)
    if root is None or root.root.tag_ not in {"VBD", "VBZ", "VBP", "VBN", "VBG"} or root.quoted:
        return
    did = root.doer is Agent.FIRST and root.past
    leads = [f"What {who} did is this:"] if did else [f"What {who} know is this:", "What happened is this:"]
    for lead in leads if root.past or not did else ():
        words = lowered(first.text, first)
        yield Mend(edits=(Edit(first.idx, first.idx + len(first), f"{lead} {words}"),), told=_LED)


_LED = "Says plainly that it is told as a fact; nothing goes."
_LEANING = frozenset("and but so there it this that or also please however yet then which what who how".split())


def _without_excuse(case: Case) -> Iterator[Mend]:
    """The least that takes the excuse out, where the failure is still told."""
    if case.tells or told_beside(case):
        yield from itertools.islice((m for m in trims(case) if len(m.edits) == 1), 1)


def _tells(case: Case) -> bool:
    """Whether the words say what went wrong, or why, so that "it" beside them has a meaning."""
    told = {c.root.idx for c in case.reading.body_clauses if c.past and not c.conditional}
    failed = any(case.begin <= place < case.end and place in told for place in case.failures)
    return failed or ComponentKind.EXPLANATION in case.shown(case.begin, case.end)


def _behind(case: Case, words: str, told: str) -> Iterator[Mend]:
    edit = cuts.behind(case.reading, case.tokens[-1].i, words) if case.tokens else None
    if edit is not None:
        yield Mend(edits=(edit,), told=told)


def _before(case: Case, words: str, told: str) -> Iterator[Mend]:
    edit = cuts.before(case.reading, case.tokens[0].i, words) if case.tokens else None
    if edit is not None:
        yield Mend(edits=(edit,), told=told)

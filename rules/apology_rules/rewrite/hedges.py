"""Mends for hedged apologies: conditions, reactions, nameless objects, doubts, unwillingness."""

import itertools
from collections.abc import Iterator

from spacy.tokens import Token

from apology_rules.reading import lexicon
from apology_rules.reading.apologies import Apology
from apology_rules.reading.clauses import Agent, Clause, Voice
from apology_rules.rewrite import cuts, doubts
from apology_rules.rewrite.case import Case, Mend
from apology_rules.rewrite.edits import Edit
from apology_rules.rewrite.words import named_noun, raised, was

_ANYONE = frozenset({"anyone", "anybody", "whoever", "somebody", "someone", "people", "some", "certain"})
_SEEM = frozenset({"seem", "sound", "appear"})
_OVER = frozenset({"by", "at", "about", "with", "over", "from"})

_UNCONDITIONAL = "Drops the condition; it now states as fact what was left open."
_FOR_THE_ACT = "Apologises for what was done, not for how it was felt."
_NAMES_IT = "Names what the apology is for."


def conditional(case: Case) -> Iterator[Mend]:
    """ "We apologise if anyone was upset by the delay" becomes "We apologise for the delay"."""
    apology = case.apology
    if apology is None:
        yield from _sorry_if(case)
        return
    condition = apology.condition or next(
        (
            c
            for c in case.reading.clauses_of(apology.clause.sentence)
            if c.conditional and case.begin <= c.root.idx < case.end
        ),
        None,
    )
    if condition is None:
        return
    if condition.first < apology.head.i:
        yield from _leading_condition(case, apology, condition)
        return
    mark = next((t for t in condition.own if t.lower_ == "if"), None)
    if mark is not None and _can_be_fact(condition):
        yield Mend(edits=_as_fact(condition, mark), told=_UNCONDITIONAL)
    noun = _wrong_in(condition)
    held = apology.object is None or apology.object.lower_ == "it"  # "we regret it if"
    if noun is not None and held and apology.complement is None:
        yield Mend(edits=(_tail(case, apology, f" for {_phrase(case, noun)}"),), told=_UNCONDITIONAL)
    first = condition.first
    kept = case.reading.doc[first - 1]
    told = case.names_the_act or any(place >= case.end for place in case.failures)
    if case.tokens[0].lower_ == "if" and kept == apology.head and told:  # the words themselves, no more
        yield Mend(edits=(Edit(kept.idx + len(kept), _end_of_words(case)),), told="Drops the condition.")
    plain = Mend(edits=(Edit(kept.idx + len(kept), _end(case, condition)),), told="Drops the condition.")
    if (
        apology.complement is not None
        or (apology.object is not None and named_noun(apology.object))
        or case.names_the_act
    ):
        yield plain
    else:
        yield from nameless(case)
        yield plain


def _sorry_if(case: Case) -> Iterator[Mend]:
    """ "The board is sorry if some were upset about the fee" becomes "The board is sorry about the fee"."""
    first = case.tokens[0].i if case.tokens else 0
    for token, following in itertools.pairwise((*case.reading.doc[max(0, first - 1) : first], *case.tokens)):
        if token.lower_ == "sorry" and following.lower_ == "if":
            about = next(
                (t for t in case.tokens if t.dep_ == "pobj" and t.head.lower_ == "about" and named_noun(t)), None
            )
            what = f" about {_phrase(case, about)}" if about is not None else " for [what you did]"
            yield Mend(edits=(Edit(token.idx + len(token), _end_of_words(case), what),), told=_NAMES_IT)


def _end_of_words(case: Case) -> int:
    """Where the last word of the finding ends; an emoji behind it stays."""
    last = next(t for t in reversed(case.tokens) if t.is_alpha or t.like_num)
    return last.idx + len(last)


def _leading_condition(case: Case, apology: Apology, condition: Clause) -> Iterator[Mend]:
    """ "If our post hurt you, we apologise" becomes "We apologise for our post"."""
    begin = case.reading.doc[apology.clause.first].idx
    start = min(t.idx for t in condition.own)
    if apology.clause.first < condition.first or start >= begin:
        return
    head = next(
        (
            t
            for t in case.reading.doc[condition.last : apology.head.i + 1]
            if not t.is_punct and not t.is_space and t.lower_ != "then"
        ),
        None,
    )
    if head is None or apology.complement is not None:
        return
    capital = case.text[start].isupper()
    lead = Edit(start, head.idx + 1, head.text[0].upper() if capital else head.text[0])
    noun = _wrong_in(condition)
    if apology.object is not None:
        it = apology.object
        if noun is not None and it.lower_ in {"it", "this", "that"}:
            yield Mend(edits=(lead, Edit(it.idx, it.idx + len(it), _phrase(case, noun))), told=_UNCONDITIONAL)
        return
    end = apology.head.idx + len(apology.head)
    follows = case.reading.doc[apology.head.i + 1] if apology.head.i + 1 < len(case.reading.doc) else None
    bare = follows is None or follows.is_punct or follows.is_space
    if noun is not None and bare:
        yield Mend(edits=(lead, Edit(end, end, f" for {_phrase(case, noun)}")), told=_UNCONDITIONAL)
    if case.names_the_act or not bare:
        yield Mend(edits=(lead,), told="Drops the condition.")
    else:
        yield Mend(edits=(lead, Edit(end, end, " for [what you did]")), told=_NAMES_IT)


def _can_be_fact(condition: Clause) -> bool:
    """Whether "if" may become "that": somebody definite did something, in a finite past."""
    finite = condition.root.tag_ == "VBD" or any(
        c.dep_ == "aux" and c.lower_ in {"has", "have", "'ve", "did"} for c in condition.root.children
    )
    if condition.modals or not finite or condition.words & _ANYONE or condition.words & {"ever", "at all"}:
        return False
    if (
        condition.voice is Voice.PASSIVE
        or condition.subject is None
        or condition.root.lemma_.lower() in lexicon.FEELING_VERBS
    ):
        return False
    if condition.doer is Agent.FIRST:
        return condition.root.lemma_.lower() not in _SEEM - {"seem", "sound"}
    definite = condition.subject.lower_ in {"this", "that"} or named_noun(condition.subject)
    return condition.doer is Agent.THING and definite and condition.root.lemma_.lower() not in _SEEM | {"be", "come"}


def _as_fact(condition: Clause, mark: Token) -> tuple[Edit, ...]:
    edits = [Edit(mark.idx, mark.idx + len(mark), "that")]
    root = condition.root
    if root.lemma_.lower() in _SEEM and root.tag_ == "VBD":
        edits.append(Edit(root.idx, root.idx + len(root), was(condition.subject)))
    edits += [Edit(t.idx, t.idx + len(t) + 1) for t in condition.own if t.lower_ == "any" and t.i > mark.i]
    return tuple(edits)


def _wrong_in(condition: Clause) -> Token | None:
    """What the condition itself names as the wrong: "upset by the delay", "our tone caused"."""
    if (
        condition.voice is not Voice.PASSIVE
        and condition.doer in {Agent.THING, Agent.OTHER}
        and named_noun(condition.subject)
    ):
        return condition.subject
    for token in condition.own if condition.doer is not Agent.FIRST else ():
        if token.dep_ == "pobj" and token.head.lower_ in _OVER and named_noun(token):
            return token
    return None


def _phrase(case: Case, noun: Token) -> str:
    words = list(noun.subtree)
    text = case.text[words[0].idx : words[-1].idx + len(words[-1])].rstrip(" ,;")
    return text[0].lower() + text[1:] if words[0].lower_ in {"the", "this", "these", "my", "our"} else text


def _tail(case: Case, apology: Apology, new: str) -> Edit:
    """Everything behind the apology's head, and behind those whom it names, to the end of the finding."""
    named = _to_whom(apology) or apology.head
    begin = named.idx + len(named)
    if apology.head.lemma_.lower() == "regret":
        new = new.replace(" for ", " ", 1)
    edit = Edit(begin, max(case.end, begin), new)
    for part in (apology.object, apology.complement.root if apology.complement is not None else None):
        last = part.right_edge if part is not None else None
        while last is not None and last.i > apology.head.i and (last.is_punct or last.is_space):
            last = case.reading.doc[last.i - 1]
        if last is not None and not _closes(case, edit):
            edit = Edit(begin, max(edit.end, last.idx + len(last)), new)
    return edit


def _to_whom(apology: Apology) -> Token | None:
    """The last word of "to Ms Lorimer" behind the apology's head; whom it does not name need not stay."""
    to = next((c for c in apology.head.children if c.dep_ in {"prep", "dative"} and c.lower_ == "to"), None)
    named = to is not None and to.i == apology.head.i + 1 and any(t.pos_ == "PROPN" for t in to.subtree)
    clause = to is None or any(t.pos_ in {"VERB", "AUX"} for t in to.subtree)
    return to.right_edge if to is not None and named and not clause else None


def _closes(case: Case, edit: Edit) -> bool:
    """Whether a sentence or a further clause begins where the edit ends."""
    following = next((t for t in case.reading.doc if t.idx >= edit.end and not t.is_space), None)
    return following is None or following.is_punct or following.dep_ == "cc" or following.is_sent_start is True


def _end(case: Case, clause: Clause) -> int:
    last = case.reading.doc[clause.last - 1]
    return max(case.end, last.idx + len(last)) if last.idx >= case.end else case.end


def reaction(case: Case) -> Iterator[Mend]:
    """ "Sorry you feel that way" becomes an apology for the act, or asks for it."""
    yield from _as_it_was(case)
    apology = case.apology
    if apology is None:
        yield from _sorry_about(case)
    if apology is None or apology.head.idx < case.begin:
        return
    yield from _leading_feeling(case, apology)
    noun = _wrong_felt(case, apology)
    if noun is not None:
        yield Mend(edits=(_tail(case, apology, f" for {_phrase(case, noun)}"),), told=_FOR_THE_ACT)
    yield from nameless(case, told=_FOR_THE_ACT)


_FINDING = frozenset("find think feel consider deem".split())


def _as_it_was(case: Case) -> Iterator[Mend]:
    """ "I was sorry to hear you found the reply rude" becomes "I am sorry that the reply was rude"."""
    sorry = next((t for t in case.tokens if t.lower_ == "sorry"), None)
    for verb in case.tokens if sorry is not None else ():
        judged = next((c for c in verb.children if c.dep_ in {"ccomp", "oprd"} and c.pos_ in {"ADJ", "ADV"}), None)
        if sorry is None or judged is None or verb.lemma_.lower() not in _FINDING or not sorry.i < verb.i < judged.i:
            continue
        thing = next(
            (c for c in (*judged.children, *verb.children) if c.dep_ in {"nsubj", "dobj"} and c.i > verb.i), None
        )
        if thing is None or thing.pos_ == "PRON" or thing.right_edge.i > judged.i:
            continue
        what = case.text[thing.left_edge.idx : thing.right_edge.idx + len(thing.right_edge)]
        how = case.text[judged.idx : case.end]
        edits = [Edit(sorry.idx + len(sorry), case.end, f" that {what} {was(thing)} {how}")]
        if sorry.head.lower_ in {"was", "were"}:
            one = any(t.lower_ == "i" for t in sorry.head.lefts)
            edits.insert(0, Edit(sorry.head.idx, sorry.head.idx + len(sorry.head), "am" if one else "are"))
        yield Mend(edits=tuple(edits), told=_FOR_THE_ACT)


def _sorry_about(case: Case) -> Iterator[Mend]:
    """ "Shame you're upset about Tuesday" becomes "I am sorry about Tuesday"."""
    apologises = any(t.lemma_.lower() in {"apologise", "apologize", "apology"} for t in case.tokens)
    if not case.tokens or apologises or not cuts.opens(case.text, case.begin):
        return
    for token in case.tokens:
        if token.dep_ == "pobj" and token.head.lower_ in _OVER - {"with"} and _felt(token.head.head):
            last = token.right_edge
            if last.idx + len(last) == case.end:
                about = case.text[token.left_edge.idx : case.end]
                sorry = f"{raised(case.voice.subject)} {case.voice.be} sorry about {about}"
                yield Mend(edits=(Edit(case.begin, case.end, sorry),), told=_FOR_THE_ACT)


def _wrong_felt(case: Case, apology: Apology) -> Token | None:
    """ "For how our message was received": the message. "Upset by the delay": the delay."""
    for token in case.tokens:
        if token.i <= apology.head.i:
            continue
        if (
            token.dep_ in {"nsubj", "nsubjpass"}
            and named_noun(token)
            and (token.head.lemma_.lower() in lexicon.RECEPTION_VERBS or _own(token))
        ):
            return token
        if (
            token.dep_ == "pobj"
            and token.head.lower_ in _OVER - {"with"}
            and named_noun(token)
            and _felt(token.head.head)
        ):
            return token
    return None


def _own(noun: Token) -> bool:
    """ "Our play", "my post": what the sender made."""
    return any(c.dep_ == "poss" and c.lower_ in lexicon.FIRST_PRONOUNS for c in noun.children)


def _leading_feeling(case: Case, apology: Apology) -> Iterator[Mend]:
    """ "To those who felt let down by the answer, we are sorry" becomes "We are sorry for the answer"."""
    first = case.reading.doc[apology.clause.first] if apology.clause.first <= apology.head.i else apology.head
    first = next((t for t in apology.clause.root.lefts if t.dep_.startswith("nsubj")), first)
    for token in case.tokens:
        over = token.dep_ == "pobj" and token.head.lower_ in _OVER - {"with", "from"} and named_noun(token)
        if over and token.i < first.i and apology.object is None and apology.complement is None:
            begin = case.tokens[0]
            lead = Edit(begin.idx, first.idx + 1, raised(first.text[0]) if begin.text[0].isupper() else first.text[0])
            end = apology.head.idx + len(apology.head)
            edits = (lead, Edit(end, end, f" for {_phrase(case, token)}"))
            yield Mend(edits=edits, told=_FOR_THE_ACT)
            return


def _felt(token: Token) -> bool:
    """Upset, hurt, put out: not "found out about the change"."""
    return token.pos_ == "ADJ" or token.tag_ == "VBN" or token.lower_ in lexicon.FEELING_WORDS


def nameless(case: Case, *, told: str = _NAMES_IT) -> Iterator[Mend]:
    """The object goes where the draft says elsewhere what was done; else the fact, or a placeholder, stands there."""
    apology = case.apology
    if apology is None:
        yield from _sorry_about(case)
    if apology is None or not (apology.head.idx >= case.begin or _within_object(case, apology)) or _quoted(apology):
        return
    if not _closes(case, _tail(case, apology, "")) or apology.head.tag_ == "VBN":  # "any inconvenience is regretted"
        return
    yield from _without_whatever(case, apology)
    about = _about(apology)
    if about is not None:
        yield Mend(edits=(_tail(case, apology, f" for {_phrase(case, about)}"),), told=told)
    fact = case.reading.context.facts.what_happened.strip()
    for words in _what_happened(case, fact) if fact else ():
        yield Mend(edits=(_tail(case, apology, words),), told=told)
    if case.names_the_act and apology.head.lemma_.lower() != "regret":
        yield Mend(edits=(_tail(case, apology, ""),), told="Apologises plainly; the draft says elsewhere for what.")
    yield Mend(edits=(_tail(case, apology, " for [what you did]"),), told=told)


def _without_whatever(case: Case, apology: Apology) -> Iterator[Mend]:
    """ "Sorry for the scratch and for whatever else we did" becomes "Sorry for the scratch"."""
    words = [t for t in case.tokens if t.i > apology.head.i]
    for place, joint in enumerate(words[:-2]):
        following = [t.lower_ for t in words[place + 1 : place + 3]]
        if joint.dep_ == "cc" and following[0] == "for" and following[1] in _WHATEVER:
            if place and not any(t.lower_ in _WHATEVER for t in words[:place]):
                kept = words[place - 1]
                yield Mend(edits=(Edit(kept.idx + len(kept), case.end),), told=_NAMES_IT)
            return


_WHATEVER = frozenset({"any", "whatever"})


def _about(apology: Apology) -> Token | None:
    """What a nameless thing is about: "the confusion around the double charge"."""
    noun = apology.object
    if noun is None:
        return None
    for preposition in noun.children:
        if preposition.dep_ == "prep" and preposition.lower_ in {"around", "about", "over", "regarding", "concerning"}:
            return next((t for t in preposition.children if t.dep_ == "pobj" and named_noun(t)), None)
    return None


def _quoted(apology: Apology) -> bool:
    """Whether the words are only quoted: "words like 'sorry'"."""
    head = apology.head
    return apology.clause.quoted or (head.i > 0 and head.nbor(-1).text in {"'", "\u2018", '"', "\u201c", "``"})


def _within_object(case: Case, apology: Apology) -> bool:
    """ "Any inconvenience this may have caused": the finding is part of what the apology is for."""
    noun = apology.object
    return noun is not None and bool(case.tokens) and noun.i < case.tokens[0].i <= noun.right_edge.i


def _what_happened(case: Case, fact: str) -> Iterator[str]:
    """The writer's fact as the object of an apology: "that we lost it", "for the late train"."""
    doc = case.parse(fact)
    if len(list(doc.sents)) != 1:
        return
    root = next(t for t in doc if t.head == t)
    words = fact.rstrip(" .!")
    first = doc[0]
    lower = words if first.lower_ in {"i", "i'm"} or first.pos_ == "PROPN" else words[0].lower() + words[1:]
    subject = next((c for c in root.children if c.dep_.startswith("nsubj")), None)
    if root.pos_ in {"VERB", "AUX"} and subject is not None:
        yield f" that {lower}"
    elif root.pos_ in {"NOUN", "PROPN"} and root.tag_ != "VBG":
        yield f" for {lower}"


def somebody(case: Case) -> Iterator[Mend]:
    """ "To anyone who took offence at my remarks" becomes "for my remarks"."""
    apology = case.apology
    if apology is None or apology.head.idx < case.begin:
        yield from doubts.everyone(case)
        return
    for token in case.tokens:
        if token.i > apology.head.i and token.dep_ == "pobj" and token.head.lower_ in _OVER and named_noun(token):
            yield Mend(edits=(_tail(case, apology, f" for {_phrase(case, token)}"),), told=_FOR_THE_ACT)
    yield from doubts.everyone(case)
    yield from nameless(case)


def doubt(case: Case) -> Iterator[Mend]:
    """What is in doubt is stated as fact; where it is what the apology is for, it is named."""
    if case.apology is not None and case.begin > case.apology.head.idx:
        yield from nameless(case)
    else:
        yield from doubts.stated(case)

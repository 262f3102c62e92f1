"""Mends for hedged apologies: reactions, nameless objects, doubts."""

import itertools
from collections.abc import Iterator

from spacy.tokens import Token

from apology_rules.reading import lexicon
from apology_rules.reading.apologies import Apology
from apology_rules.reading.clauses import Agent, Clause
from apology_rules.reading.hedges import definite, names_one
from apology_rules.rewrite import cuts, doubts
from apology_rules.rewrite.adjacent import after, word_after, word_before
from apology_rules.rewrite.case import Case, Mend
from apology_rules.rewrite.edits import Edit
from apology_rules.rewrite.named import deed_called, failure_called, just_told
from apology_rules.rewrite.words import named_noun, raised, was

OVER = frozenset({"by", "at", "about", "with", "over", "from"})

_FOR_THE_ACT = "Apologises for what was done, not for how it was felt."
NAMES_IT = "Names what the apology is for."


def phrase(case: Case, noun: Token) -> str:
    words = list(noun.subtree)
    text = case.text[words[0].idx : words[-1].idx + len(words[-1])].rstrip(" ,;")
    if words[0].lower_ == "any":
        return f"the {text[len(words[0]) :].lstrip()}"
    return text[0].lower() + text[1:] if words[0].lower_ in {"the", "this", "these", "my", "our"} else text


def tail(case: Case, apology: Apology, new: str) -> Edit:
    """Everything behind the apology's head, and behind those whom it names, to the end of the finding."""
    named = to_whom(apology) or apology.head
    begin = named.idx + len(named)
    if regrets(apology):
        new = new.replace(" for ", " ", 1)
    words = [t for t in case.tokens if any(c.isalnum() for c in t.text)]  # a smile behind them closes the sentence
    end = min(words[-1].idx + len(words[-1]) if words else case.end, _joined(case, apology) or case.end)
    edit = Edit(begin, max(end, begin), new)
    for part in (apology.object, apology.complement.root if apology.complement is not None else None):
        last = part.right_edge if part is not None else None
        while last is not None and last.i > apology.head.i and (last.is_punct or last.is_space):
            last = case.reading.doc[last.i - 1]
        if last is not None and not _closes(case, edit):
            edit = Edit(begin, max(edit.end, last.idx + len(last)), new)
    return edit


def regrets(apology: Apology) -> bool:
    """Whether its head is the verb that wants an object: one regrets something, and apologises for it."""
    return apology.head.lemma_.lower() == "regret" and apology.head.pos_ == "VERB"


def _joined(case: Case, apology: Apology) -> int:
    """Where what is joined to the apology begins: "we regret it and wish you well"; 0 where nothing is."""
    for head in (apology.head, apology.clause.root):
        joined = next(
            (c for c in head.children if c.dep_ == "conj" and c.pos_ in {"VERB", "AUX"} and c.i > apology.head.i), None
        )
        if joined is not None:
            words = case.reading.doc[apology.head.i : joined.left_edge.i]
            kept = [t for t in words if t.dep_ != "cc" and not t.is_punct and not t.is_space]
            return kept[-1].idx + len(kept[-1])
    return 0


def to_whom(apology: Apology) -> Token | None:
    """The last word of "to Ms Lorimer", "to all parents" behind the apology's head; "to anyone" need not stay.

    What is said of them ("who may have been upset") is not theirs.
    """
    to = next((c for c in apology.head.children if c.dep_ in {"prep", "dative"} and c.lower_ == "to"), None)
    if to is None or to.i != apology.head.i + 1:
        return None
    whom = list(itertools.takewhile(lambda t: t.dep_ != "relcl" and t.tag_ not in {"WP", "WDT"}, to.subtree))
    named = any(t.pos_ in {"PROPN", "NOUN"} for t in whom) and not any(t.lower_ in _ANYBODY for t in whom)
    clause = any(t.pos_ in {"VERB", "AUX"} for t in whom)
    return whom[-1] if named and not clause else None


_ANYBODY = frozenset({"any", "anyone", "anybody", "some", "certain", "those"})


def _closes(case: Case, edit: Edit) -> bool:
    """Whether a sentence or a further clause begins where the edit ends."""
    following = case.reading.token_from(edit.end)
    following = after(following) if following is not None and following.is_space else following
    return following is None or following.is_punct or following.dep_ == "cc" or following.is_sent_start is True


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
        yield Mend(edits=(tail(case, apology, f" for {phrase(case, noun)}"),), told=_FOR_THE_ACT)
    about = next((t for t in case.tokens if t.dep_ == "pobj" and t.head.lower_ == "about" and names_one(t)), None)
    if about is not None:  # "that you feel so about your stay"
        yield Mend(edits=(tail(case, apology, f" about {phrase(case, about)}"),), told=_FOR_THE_ACT)
    yield from nameless(case, told=_FOR_THE_ACT)


def _beyond_doubt(case: Case, apology: Apology) -> Iterator[Mend]:
    """ "Sorry for any wait you may have had" becomes "sorry for the wait", "for the bags we may have lost" "we lost"."""
    noun = apology.object
    relative = next((c for c in noun.children if c.dep_ == "relcl"), None) if noun is not None else None
    if noun is None or relative is None:
        return
    clause = case.reading.clause_at(relative)
    article = next((c for c in noun.children if c.lower_ == "any"), None)
    the = (Edit(article.idx, article.idx + len(article), "the"),) if article is not None else ()
    if not clause.modals & doubts.DOUBTS or (noun.lemma_.lower() in _NAMELESS and not _names_what(clause)):
        return
    if relative.lemma_.lower() in _MEETING and clause.doer is Agent.SECOND and relative.right_edge.i == relative.i:
        yield Mend(edits=(*the, Edit(noun.idx + len(noun), relative.idx + len(relative))), told=_FOR_THE_ACT)
    past = doubts.in_the_past(case, clause)
    if past:
        yield Mend(edits=(*the, *past), told=doubts.CERTAIN)


def _named_cause(case: Case, apology: Apology) -> Iterator[Mend]:
    """ "Any worry our letter caused" becomes "the worry our letter caused": what brought it about is named."""
    for article in (t for t in case.tokens if t.i > apology.head.i and t.lower_ == "any" and t.dep_ == "det"):
        behind = case.reading.doc[article.head.i + 1 :][:2]
        first = next((t for t in behind if t.lower_ not in {"that", "which"}), None)
        for clause in case.clauses if first is not None else ():
            opens = clause.subject is not None and clause.subject.left_edge == first
            if opens and _names_what(clause) and clause.past and not clause.modals and not clause.negated:
                yield Mend(edits=(Edit(article.idx, article.idx + len(article), "the"),), told=doubts.CERTAIN)
                return


def _names_what(clause: Clause) -> bool:
    """ "The worry that our letter caused": not "the worry that this caused"."""
    return clause.subject is not None and names_one(clause.subject)


_MEETING = frozenset("encounter endure experience face feel find have meet notice see suffer".split())
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
    for verb in case.tokens if sorry is not None else ():
        if sorry is not None and sorry.i < verb.i and (what := _undergone(verb)):
            edit = Edit(sorry.idx + len(sorry), verb.idx + len(verb), f" that you {what}")
            yield Mend(edits=(edit,), told=_FOR_THE_ACT)


def _undergone(verb: Token) -> str:
    """What the recipient, unhappy with "being charged", "having to wait", went through: "were charged", "had to wait"."""
    preposition = verb.head
    felt = preposition.head
    of = [c for c in (*felt.lefts, *felt.head.lefts) if c.dep_.startswith("nsubj")]
    if (
        verb.dep_ != "pcomp"
        or preposition.lower_ not in OVER
        or not _feels(felt)
        or not of
        or of[-1].lower_ != "you"
        or any(c.dep_ == "conj" for c in of[-1].children)
    ):
        return ""
    first = verb.left_edge
    if verb.tag_ == "VBN" and first.lower_ == "being" and first.i == verb.i - 1:
        return f"were {verb.lower_}"
    held = word_after(verb) == "to" and any(c.dep_ == "xcomp" for c in verb.rights)
    return "had" if verb.lower_ == "having" and held else ""


def _sorry_about(case: Case) -> Iterator[Mend]:
    """ "Shame you're upset about Tuesday" becomes "I am sorry about Tuesday"."""
    apologises = any(t.lemma_.lower() in {"apologise", "apologize", "apology"} for t in case.tokens)
    if not case.tokens or apologises or not cuts.opens(case.text, case.begin):
        return
    for token in case.tokens:
        if token.dep_ == "pobj" and token.head.lower_ in OVER - {"with"} and _felt(token.head.head):
            last = token.right_edge
            if last.idx + len(last) == case.end:
                about = case.text[token.left_edge.idx : case.end]
                sorry = f"{raised(case.voice.subject)} {case.voice.be} sorry about {about}"
                yield Mend(edits=(Edit(case.begin, case.end, sorry),), told=_FOR_THE_ACT)


_NAMELESS = lexicon.VAGUE_OBJECTS | lexicon.FEELING_NOUNS


def _wrong_felt(case: Case, apology: Apology) -> Token | None:
    """ "For how our message was received": the message. "Upset by the delay": the delay."""
    for token in case.tokens:
        if token.i <= apology.head.i:
            continue
        if token.dep_ in {"nsubj", "nsubjpass"} and named_noun(token) and (_received(token) or _own(token)):
            return token
        held = token.head.head
        over = token.dep_ == "pobj" and token.head.lower_ in OVER and (token.head.lower_ != "with" or _feels(held))
        if over and names_one(token) and (_felt(held) or held.lemma_.lower() in _NAMELESS):
            return token
        judged = any(c.dep_ in {"oprd", "ccomp", "acomp"} for c in token.head.children)  # "find the day enjoyable"
        if token.dep_ == "dobj" and _held_by_feeling(token) and named_noun(token) and not judged:
            return token
    return None


def _received(noun: Token) -> bool:
    """ "How the memo was received", "came across": not whoever "took it personally"."""
    verb = noun.head
    taken = noun.dep_ == "nsubjpass" or not any(c.dep_ == "dobj" for c in verb.children)
    return verb.lemma_.lower() in lexicon.RECEPTION_VERBS and taken


def _feels(token: Token) -> bool:
    """ "Unhappy with the repair", "your disappointment with it": not "happy with it", nor what somebody does with it."""
    return token.lower_ in lexicon.FEELING_WORDS or token.lemma_.lower() in lexicon.FEELING_NOUNS


def _held_by_feeling(noun: Token) -> bool:
    """ "That you felt the insult"."""
    return noun.head.lemma_.lower() in lexicon.FEELING_VERBS


def _own(noun: Token) -> bool:
    """ "Our play", "my post": what the sender made."""
    return any(c.dep_ == "poss" and c.lower_ in lexicon.FIRST_PRONOUNS for c in noun.children)


def _leading_feeling(case: Case, apology: Apology) -> Iterator[Mend]:
    """ "To those who felt let down by the answer, we are sorry" becomes "We are sorry for the answer"."""
    first = case.reading.doc[apology.clause.first] if apology.clause.first <= apology.head.i else apology.head
    first = next((t for t in apology.clause.root.lefts if t.dep_.startswith("nsubj")), first)
    for token in case.tokens:
        over = token.dep_ == "pobj" and token.head.lower_ in OVER - {"with", "from"} and named_noun(token)
        if over and token.i < first.i and apology.object is None and apology.complement is None:
            begin = case.tokens[0]
            lead = Edit(begin.idx, first.idx + 1, raised(first.text[0]) if begin.text[0].isupper() else first.text[0])
            end = apology.head.idx + len(apology.head)
            edits = (lead, Edit(end, end, f" for {phrase(case, token)}"))
            yield Mend(edits=edits, told=_FOR_THE_ACT)
            return


def _felt(token: Token) -> bool:
    """Upset, hurt, put out: not "found out about the change", nor "may have had at our desk"."""
    passive = token.tag_ == "VBN" and not any(c.dep_ == "aux" and c.lemma_ == "have" for c in token.children)
    return token.pos_ == "ADJ" or passive or token.lower_ in lexicon.FEELING_WORDS


def nameless(case: Case, *, told: str = NAMES_IT) -> Iterator[Mend]:
    """The object goes where the draft says elsewhere what was done; else the fact, or a placeholder, stands there."""
    apology = case.apology
    if apology is None:
        yield from _sorry_about(case)
    if apology is None or not (apology.head.idx >= case.begin or _within_object(case, apology)) or _quoted(apology):
        return
    if not _closes(case, tail(case, apology, "")) or apology.head.tag_ == "VBN":  # "any inconvenience is regretted"
        return
    yield from _beyond_doubt(case, apology)
    yield from _named_cause(case, apology)
    yield from _without_whatever(case, apology)
    if definite(case.reading, apology):
        return
    about = _about(apology)
    if about is not None:
        what = phrase(case, about)
        said = what if about.head.lower_ != "with" and _names_a_wrong(about) else f"what went wrong with {what}"
        yield Mend(edits=(tail(case, apology, f" for {said}"),), told=told)
    fact = case.reading.context.facts.what_happened.strip()
    for words in _what_happened(case, fact) if fact else ():
        yield Mend(edits=(tail(case, apology, words),), told=told)
    if called := failure_called(case) or deed_called(case):
        yield Mend(edits=(tail(case, apology, f" for {called}"),), told=told)
    if case.names_the_act:
        plain = "Apologises plainly; the draft says elsewhere for what."
        if not regrets(apology):
            yield Mend(edits=(tail(case, apology, just_told(case)),), told=plain)
        elif word_before(apology.head) in {"i", "we"}:
            whole = tail(case, apology, "")
            am = "am" if word_before(apology.head) == "i" else "are"
            yield Mend(edits=(Edit(apology.head.idx, whole.end, f"{am} sorry{just_told(case)}"),), told=plain)
    yield Mend(edits=(tail(case, apology, " for [what you did]"),), told=told)


def _without_whatever(case: Case, apology: Apology) -> Iterator[Mend]:
    """ "Sorry for the scratch and for whatever else we did" becomes "Sorry for the scratch"."""
    words = [t for t in case.tokens if t.i > apology.head.i]
    for place, joint in enumerate(words[:-2]):
        following = [t.lower_ for t in words[place + 1 : place + 3]]
        if joint.dep_ == "cc" and following[0] == "for" and following[1] in _WHATEVER:
            if place and not any(t.lower_ in _WHATEVER for t in words[:place]):
                kept = words[place - 1]
                yield Mend(edits=(Edit(kept.idx + len(kept), case.end),), told=NAMES_IT)
            return


_WHATEVER = frozenset({"any", "whatever"})


def _about(apology: Apology) -> Token | None:
    """What a nameless thing is about: "the confusion around the double charge"."""
    noun = apology.object
    if noun is None:
        return None
    for preposition in noun.children:
        if preposition.dep_ == "prep" and preposition.lower_ in _ABOUT:
            return next((t for t in preposition.children if t.dep_ == "pobj" and names_one(t)), None)
    return None


def _names_a_wrong(noun: Token) -> bool:
    """ "The double charge", "the delay": not "the keys", nor "your order"."""
    described = any(c.dep_ in {"amod", "compound", "nummod"} for c in noun.children)
    theirs = any(c.dep_ == "poss" and c.lower_ in lexicon.SECOND_PRONOUNS for c in noun.children)
    return not theirs and (described or noun.lemma_.lower() in lexicon.FAILURE_NOUNS)


_ABOUT = frozenset({"around", "about", "over", "regarding", "concerning", "with"})


def _quoted(apology: Apology) -> bool:
    """Whether the words are only quoted: "words like 'sorry'"."""
    head = apology.head
    return apology.clause.quoted or word_before(head) in {"'", "\u2018", '"', "\u201c", "``"}


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
        if token.i > apology.head.i and token.dep_ == "pobj" and token.head.lower_ in OVER and named_noun(token):
            yield Mend(edits=(tail(case, apology, f" for {phrase(case, token)}"),), told=_FOR_THE_ACT)
    yield from _whose(case)
    yield from doubts.everyone(case)
    yield from nameless(case)


def _whose(case: Case) -> Iterator[Mend]:
    """ "To any pupil who feels that their work was lost" becomes "to every pupil whose work was lost"."""
    for who in (t for t in case.tokens if t.lower_ == "who" and t.dep_ == "nsubj"):
        verb, doc = who.head, case.reading.doc
        inner = next((c for c in verb.children if c.dep_ == "ccomp" and c.i > verb.i), None)
        their = next((t for t in doc[verb.i + 1 : verb.i + 3] if t.lower_ in {"their", "they"}), None)
        any_ = next((c for c in verb.head.children if c.lower_ == "any"), None)
        plain = inner is not None and not any(c.tag_ == "MD" for c in inner.children)
        if not plain or their is None or verb.lemma_.lower() not in lexicon.FEELING_VERBS or verb.dep_ != "relcl":
            continue
        new = "whose" if their.lower_ == "their" else "who"
        edits = [Edit(who.idx, their.idx + len(their), new)]
        if any_ is not None:
            edits.insert(0, Edit(any_.idx, any_.idx + len(any_), "every"))
        yield Mend(edits=tuple(edits), told=_FOR_THE_ACT)


def doubt(case: Case) -> Iterator[Mend]:
    """What is in doubt is stated as fact; where it is what the apology is for, it is named."""
    if case.apology is not None and case.begin > case.apology.head.idx:
        yield from nameless(case)
    else:
        yield from doubts.stated(case)

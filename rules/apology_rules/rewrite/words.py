"""Words: the sender's voice, the forms of verbs, and how a piece of one sentence is put into another.

Verb forms are read off the parse; all that must be known is the past tense where it differs from the participle. The
libraries that inflect English (lemminflect, pyinflect) have had no release for years, and this is a short list.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from spacy.tokens import Token

from apology_rules.draft import Relation
from apology_rules.reading import Reading, lexicon
from apology_rules.reading.apologies import by_house
from apology_rules.reading.parsed import Sentence
from apology_rules.reading.signatures import STANDING

PLACEHOLDER = re.compile(r"\[[A-Za-z][^\[\]\n]{0,60}\]")
OWN_PART = "[what you could have done differently]"

_PAST = dict(
    pair.split(":")
    for pair in (
        "been:was become:became begun:began bitten:bit broken:broke chosen:chose come:came done:did drawn:drew driven:drove "
        "flown:flew sung:sang swum:swam begotten:begot beaten:beat ridden:rode risen:rose sewn:sewed got:got gotten:got "
        "eaten:ate fallen:fell forgotten:forgot forgiven:forgave frozen:froze given:gave gone:went grown:grew hidden:hid "
        "known:knew lain:lay mistaken:mistook misspoken:misspoke overdrawn:overdrew overseen:oversaw overtaken:overtook "
        "overthrown:overthrew proven:proved run:ran seen:saw shaken:shook shown:showed shrunk:shrank spoken:spoke "
        "stolen:stole sunk:sank sworn:swore taken:took thrown:threw torn:tore undertaken:undertook undone:undid "
        "withdrawn:withdrew woken:woke worn:wore written:wrote rewritten:rewrote misgiven:misgave redone:redid "
        "overrun:overran rung:rang drunk:drank misdone:misdid arisen:arose"
    ).split()
)

_OBJECTS = {"i": "me", "we": "us", "he": "him", "she": "her", "they": "them", "who": "whom"}


@dataclass(frozen=True, slots=True)
class Voice:
    """How the sender speaks of themselves."""

    subject: str
    be: str
    possessive: str
    object: str

    @property
    def s(self) -> str:
        """The ending of a verb of theirs in the present: "the club knows"."""
        return "s" if self.be == "is" else ""

    @property
    def own_part(self) -> str:
        """What the sender could have done, whoever else did what: left for them to say, and owned whatever they say."""
        return f"{raised(self.own_clause)}."

    @property
    def own_clause(self) -> str:
        """The same as a clause, to be joined to what is told."""
        return f"{self.subject} should have {OWN_PART}"


I_VOICE = Voice("I", "am", "my", "me")
WE_VOICE = Voice("we", "are", "our", "us")


def voice_of(reading: Reading) -> Voice:
    """I or we, as the draft says most; a firm says we and a friend I where the draft says neither.

    Where it says both as often, a firm says we; among friends and colleagues "we" is as likely the writer and the reader.
    """
    one, many = _speakers(reading, reading.body)
    if not one and not many and (house := _house(reading)):
        return Voice(house, "is", "its", "it")
    public = reading.relation in {Relation.CUSTOMER, Relation.PRESS}
    if public and not many:  # "leave us a review": a house speaks, whoever writes
        many = sum(t.lower_ in {"us", "our", "ours"} for s in reading.body for t in reading.doc[s.first : s.last])
    if one == many > 0 and not public:
        return I_VOICE
    if one == many:
        return I_VOICE if reading.relation is Relation.PERSONAL else WE_VOICE
    return I_VOICE if one > (2 * many if public else many) else WE_VOICE


def _house(reading: Reading) -> str:
    """Who apologises where nobody says I or we: "the University regrets"; empty where no house does."""
    for apology in reading.real_apologies:
        subject = apology.clause.subject
        words = [t for t in subject.subtree if t.i <= subject.i] if subject is not None else []
        if by_house(apology.clause) and words[0].lower_ == "the" and len(words) <= _SHORT_NAME:
            return " ".join(["the", *(t.text for t in words[1:])])
    return ""


_SHORT_NAME = 3


def voice_of_doing(reading: Reading, usual: Voice) -> Voice:
    """Who did what nobody is said to have done. Behind whoever signs for a house with "I", the house did it: "we"."""
    if usual != I_VOICE or reading.relation not in {Relation.CUSTOMER, Relation.PRESS}:
        return usual
    signed = {word.strip(".,").lower() for word in reading.signature.split()}
    house = any(_of_a_house(t) for s in reading.body for t in reading.doc[s.first : s.last])
    return WE_VOICE if house or signed & STANDING else usual


def _of_a_house(token: Token) -> bool:
    """ "We", "our staff": not "all of us"."""
    if token.lower_ == "our":
        return token.head.lemma_.lower() in lexicon.HOUSES
    return token.lower_ == "we" and token.dep_.startswith("nsubj")


def voice_in(reading: Reading, begin: int, end: int, usual: Voice) -> Voice:
    """I or we, as the sentences at `[begin, end)` say; the usual voice where they say both or neither."""
    one, many = _speakers(reading, [s for s in reading.sentences if s.begin < end and begin < s.end])
    if bool(one) == bool(many):
        return usual
    return I_VOICE if one else WE_VOICE


def _speakers(reading: Reading, sentences: Iterable[Sentence]) -> tuple[int, int]:
    """How often the sentences say I, and how often we."""
    tokens = [t for s in sentences for t in reading.doc[s.first : s.last]]
    subjects = [t.lower_ for t in tokens if t.dep_.startswith("nsubj") and t.lower_ in {"i", "we"}]
    owners = [t.lower_ for t in tokens if t.dep_ == "poss"]
    words = (subjects and subjects + owners) or [t.lower_ for t in tokens]
    one = sum(w in {"i", "i'm", "im", "me", "my", "mine"} for w in words)
    return one, sum(w in {"we", "us", "our", "ours"} for w in words)


def past(participle: str) -> str:
    """The past tense that goes with a past participle."""
    word = participle.lower()
    stem = next((word.removeprefix(p) for p in _PREFIXES if word.startswith(p) and word.removeprefix(p) in _PAST), word)
    return word.removesuffix(stem) + _PAST.get(stem, stem)


_PREFIXES = ("over", "under", "mis", "out", "re", "un")


def present(infinitive: str, subject: Token | None) -> str:
    """The present tense of a verb after a subject."""
    many = was(subject) == "were" or (subject is not None and subject.lower_ == "i")
    if many or infinitive in {"be", "have"}:
        return {"be": "are" if many else "is", "have": "have" if many else "has"}.get(infinitive, infinitive)
    if infinitive.endswith(("s", "x", "z", "ch", "sh", "o")):
        return f"{infinitive}es"
    return f"{infinitive[:-1]}ies" if infinitive[-1:] == "y" and infinitive[-2:-1] not in "aeiou" else f"{infinitive}s"


def was(subject: Token | None) -> str:
    """Was or were, after a subject."""
    if subject is None:
        return "was"
    if subject.dep_ == "expl":  # "there were letters"
        subject = next((t for t in subject.head.children if t.dep_ in {"attr", "nsubj"}), subject)
    many = subject.tag_ in {"NNS", "NNPS"} or subject.lower_ in {"we", "you", "they", "these", "those"}
    some = subject.lower_ in _PEOPLE and next(subject.rights, None) is None
    several = subject.lower_ in _COUNTED and any(
        t.tag_ in {"NNS", "NNPS"} or t.lower_ in _MANY for t in subject.subtree
    )
    return "were" if many or some or several or any(child.dep_ == "conj" for child in subject.children) else "was"


_PEOPLE = frozenset({"some", "many", "several", "few", "both", "others"})
"""Those who are meant where nothing says of what: "some were cold"."""

_MANY = frozenset({"you", "us", "them", "these", "those"})
_COUNTED = frozenset(
    "both several number handful couple few lot majority minority some many most all half rest % percent cent fraction share "
    "proportion percentage".split()
)
"""What takes its number from the things that it counts: "a number of letters were lost"."""


def as_object(words: str) -> str:
    """A pronoun in the place of an object; other words stay."""
    return _OBJECTS.get(words.lower(), words)


def lowered(words: str, first: Token) -> str:
    """Words from the head of a sentence, for use in its middle: the capital goes, save on names, "I" and acronyms."""
    named = first.pos_ == "PROPN" or first.ent_type_ in {"PERSON", "ORG", "GPE", "LOC", "FAC", "PRODUCT", "DATE"}
    small = {
        "the",
        "a",
        "an",
        "your",
        "our",
        "my",
        "this",
        "some",
        "it",
        "its",
        "they",
        "he",
        "she",
        "these",
        "those",
        "that",
    }
    if first.text in {"I", "I'm"} or (named and first.lower_ not in small) or (len(first) > 1 and first.text.isupper()):
        return words
    return words[:1].lower() + words[1:]


def raised(words: str) -> str:
    """Words with a capital at their head."""
    return words[:1].upper() + words[1:]


_SMALL_I, _LARGE_I = re.compile(r"\bi\b"), re.compile(r"\bI\b")
_HEAD = re.compile(r"\bI\b|(?:^|(?<=[.!?] ))[A-Z](?=[a-z])")


def in_the_hand_of(text: str, words: str) -> str:
    """New words with the kind of apostrophe that the draft has, and with its small letters where it writes no others."""
    if _SMALL_I.search(text) and not _LARGE_I.search(text) and text[:1].islower():
        words = _HEAD.sub(lambda m: m.group().lower(), words)
    return words.replace("'", "\u2019") if "\u2019" in text and "'" not in text else words


def named_noun(token: Token | None) -> bool:
    """Whether a noun phrase says which thing it means, and names no mere feeling ("the delay", "my remarks")."""
    if token is None or token.pos_ not in {"NOUN", "PROPN"}:
        return False
    if token.lemma_.lower() in lexicon.VAGUE_OBJECTS | lexicon.FEELING_NOUNS:
        return False
    pointers = {child.lower_ for child in token.children if child.dep_ in {"det", "poss"}}
    return bool(pointers & {"the", "this", "these", "my", "our"})

"""From labelled drafts to what the network learns from: where each label stands, and honest variations of a draft."""

import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from apology_rules.reader.wordpiece import WordPiece

COMPONENTS = {
    "responsibility": "missing_responsibility",
    "regret": "missing_regret",
    "explanation": "missing_explanation",
    "remedy": "absent_remedy",
    "empathy": "missing_empathy",
    "prevention": "missing_prevention",
    "contact": "missing_contact",
}
SUBTYPES: dict[str, list[str]] = {
    "blame_shifting": [
        "victim",
        "scapegoat",
        "third_party",
        "circumstance",
        "shared",
        "intent_defence",
        "agent_omission",
    ],
    "insincere_hedging": ["conditional", "reaction", "doubt", "blurred_object", "blurred_victim", "grudging"],
    "overlong_drama": ["self_focus", "self_vilify", "begging", "hyperbole", "stacking", "rehash"],
    "minimising": ["trivialise", "downscale", "normalise", "worse_case", "bolster", "silver_lining"],
    "premature_selling": [],
}
STATES = ("absent", "weak", "present")
RELATIONS = ("customer", "workplace", "personal", "press")
GRAVITIES = (1, 2, 3, 4)
TOKEN_LABELS = (
    *(f"{component}.present" for component in COMPONENTS),
    *(f"{component}.weak" for component in COMPONENTS),
    *SUBTYPES,
    *(f"{family}.{subtype}" for family, subtypes in SUBTYPES.items() for subtype in subtypes),
)
TASKS: dict[str, int] = {"is_apology": 1, **dict.fromkeys(COMPONENTS, 3), "relation": 4, "gravity": 4}
UNKNOWN = -1  # a document label that nobody gave, or that a variation made uncertain
START, END, MASK = 101, 102, 103  # pieces of the vocabulary
LONGEST = 512
CERTAIN = 2.0  # what a piece weighs that certainly carries no label
ASIDE_WEIGHT = 5.0  # what it weighs whether a piece is about something else, beside one label of many


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled draft. `marks` are (token label, begin, end) in code points; `states` one class per task.

    `aside` is where words about something else were put in: they certainly carry no label. `on_the_matter` is false where
    more of it may be about something else.
    """

    file: str
    id: str
    text: str
    marks: tuple[tuple[str, int, int], ...]
    states: Mapping[str, int]
    aside: tuple[int, int] = (0, 0)
    on_the_matter: bool = True


@dataclass(frozen=True, slots=True)
class Encoded:
    """An example as arrays: `ids` [n], `labels` and `weights` [n, token labels and aside], `states` [tasks]."""

    ids: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    states: np.ndarray


def read_corpus(folder: Path) -> list[Example]:
    return [
        _example(path.stem, json.loads(line))
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def _example(file: str, row: dict) -> Example:
    states = dict.fromkeys(TASKS, UNKNOWN)
    states["is_apology"] = int(row["is_apology"])
    states["relation"] = RELATIONS.index(row["relation"])
    states["gravity"] = GRAVITIES.index(row["gravity"])
    marks = []
    for component, label in COMPONENTS.items():
        state = row["doc"].get(label)
        if state not in STATES:
            continue
        states[component] = STATES.index(state)
        if state != "absent":
            marks += [(f"{component}.{state}", quote) for quote in row["evidence"].get(label, ())]
    for span in row["spans"]:
        marks.append((span["label"], span["quote"]))
        if span["subtype"] in SUBTYPES[span["label"]]:
            marks.append((f"{span['label']}.{span['subtype']}", span["quote"]))
    text = row["text"]
    places = tuple((label, text.find(quote), text.find(quote) + len(quote)) for label, quote in marks if quote in text)
    return Example(file, row["id"], text, places, states)


def encode(example: Example, pieces: WordPiece) -> Encoded:
    """Give every piece the labels whose span it begins in. What nobody labelled weighs nothing.

    Evidence is marked once where a writer saw enough, so an unmarked piece of a draft that has the component counts
    half. In a mail that is no apology only regret and responsibility are known to be missing.
    """
    tokens = list(pieces.read(example.text))[: LONGEST - 2]
    begins = np.array([-1, *(begin for _, begin, _ in tokens), -1])
    labels = np.zeros((len(begins), len(TOKEN_LABELS) + 1), np.float32)
    for label, begin, end in example.marks:
        labels[(begins >= begin) & (begins < end), TOKEN_LABELS.index(label)] = 1
    weights = np.ones_like(labels)
    for k, name in enumerate(TOKEN_LABELS[: 2 * len(COMPONENTS)]):
        component, state = name.split(".")
        given = example.states[component]
        if given == UNKNOWN:
            known = example.states["is_apology"] == 0 and component in ("regret", "responsibility")
            weights[:, k] = 0.5 if known else 0
        elif STATES[given] == "present":
            weights[:, k] = np.where(labels[:, k] > 0, 1, 0.5 if state == "present" else 0.25)
    aside = (begins >= example.aside[0]) & (begins < example.aside[1])
    weights[aside] = CERTAIN
    labels[aside, -1] = 1
    weights[:, -1] = np.where(aside | example.on_the_matter, ASIDE_WEIGHT, 0)
    weights[begins < 0] = 0
    ids = np.array([START, *(piece for piece, _, _ in tokens), END])
    return Encoded(ids, labels, weights, np.array([example.states[task] for task in TASKS]))


_OF_THE_MATTER = re.compile(
    r"(?i)[@\d`*]|://|\b(I|we|me|us|my|our|you|your|dear|sorry|apolog\w+|refund\w*|money|call|ring|mail)\b"
)


def read_asides(path: Path, others: Iterable[Example]) -> list[str]:
    """Sentences that have nothing to do with any failure: those of a file, and impersonal ones of other mails."""
    own = path.read_text(encoding="utf-8").split("\n")
    foreign = (
        sentence.strip()
        for other in others
        for sentence in re.split(r"(?<=[.!?])\s+|\n+", other.text)
        if sentence.strip().endswith(".") and 4 <= len(sentence.split()) <= 25
    )
    return [*filter(None, own), *(sentence for sentence in foreign if not _OF_THE_MATTER.search(sentence))]


def with_asides(example: Example, asides: list[str], rng: random.Random) -> Example:
    """Put sentences that have nothing to do with the matter between a draft's paragraphs or sentences, or at its end."""
    words = " ".join(rng.sample(asides, rng.choice((1, 1, 2, 3))))
    sentences = [m.end() for m in re.finditer(r"[.!?](?=\s)", example.text)]
    paragraphs = [begin for begin, _ in _paragraphs(example.text)]
    chance = rng.random()
    if chance < 0.45:
        place, words = len(example.text), f"\n\n{words}"
    elif chance < 0.75 or not sentences:
        place, words = rng.choice(paragraphs), f"{words}\n\n"
    else:
        place, words = rng.choice(sentences), f" {words}"
    if any(begin < place < end for _, begin, end in example.marks):
        place, words = len(example.text), f"\n\n{words.strip()}"
    marks = tuple(
        (label, begin + len(words) * (begin >= place), end + len(words) * (begin >= place))
        for label, begin, end in example.marks
    )
    text, aside = example.text[:place] + words + example.text[place:], (place, place + len(words))
    return replace(example, text=text, marks=marks, aside=aside)


def without_idle(example: Example, rng: random.Random) -> Example:
    """Leave out half of the sentences that do nothing: the rest does what it did."""
    idle = [s for s in _sentences(example.text) if not any(a < s[1] and s[0] < b for _, a, b in example.marks)]
    for begin, end in reversed(idle):
        if rng.random() < 0.5:
            example = _cut(example, begin, end)
    return example


def shortened(example: Example, rng: random.Random) -> Example:
    """Leave one to three sentences in a row, of an apology some with an expression of regret or of ownership.

    People write short messages about grave things as well, which no corpus of letters shows.
    """
    sentences = _sentences(example.text)
    said = [
        place
        for place, (begin, end) in enumerate(sentences)
        if example.states["is_apology"] == 0
        or any(label in _APOLOGETIC and begin <= first < end for label, first, _ in example.marks)
    ]
    if not said:
        return example
    first = max(0, rng.choice(said) - rng.choice((0, 0, 1)))
    kept = range(first, first + rng.choice((1, 2, 2, 3)))
    short = example
    for place in reversed(range(len(sentences))):
        if place not in kept:
            short = _cut(short, *sentences[place])
    apologises = any(label in _APOLOGETIC for label, _, _ in short.marks)
    states = dict(short.states) | ({"is_apology": 1} if apologises else {})
    if any(label.startswith("responsibility.") for label, _, _ in short.marks):
        states["gravity"] = example.states["gravity"]  # what was done is still told
    return replace(short, states=states)


_APOLOGETIC = ("regret.present", "responsibility.present")
Donors = Mapping[str, list[tuple[Example, int, int]]]
_SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?](?!\s)[^.!?\n]*)*[.!?]*[\"\u201d)]*")
MOVABLE = ("responsibility", "regret", "remedy", "prevention", "contact")
"""Components whose words make sense in a draft about something else."""


def _sentences(text: str) -> list[tuple[int, int]]:
    return [(m.start() + len(m[0]) - len(m[0].lstrip()), m.end()) for m in _SENTENCE.finditer(text) if m[0].strip()]


def _cut(example: Example, begin: int, end: int) -> Example:
    """Leave [begin, end) out, with the space after it. Marks that touch it go; a component that lost all is absent.

    One that lost some becomes unknown, and so does the gate with words of regret or responsibility.
    """
    end += len(example.text[end:]) - len(example.text[end:].lstrip(" "))
    size = end - begin
    marks = tuple(
        (label, first - size * (first >= end), last - size * (first >= end))
        for label, first, last in example.marks
        if last <= begin or first >= end
    )
    lost = {label.split(".")[0] for label, first, last in example.marks if first < end and last > begin}
    left = {label.split(".")[0] for label, _, _ in marks}
    states = dict(example.states)
    for name in lost & COMPONENTS.keys():
        states[name] = UNKNOWN if name in left else STATES.index("absent")
    if lost & {"regret", "responsibility"}:
        states["is_apology"] = UNKNOWN
    states["gravity"] = UNKNOWN
    return replace(example, text=example.text[:begin] + example.text[end:], marks=marks, states=states)


def without_component(example: Example, rng: random.Random) -> Example:
    """Leave out the sentences with the evidence of one component, so that good drafts and bad ones lack things alike."""
    shown = sorted({label.split(".")[0] for label, _, _ in example.marks} & COMPONENTS.keys())
    if not shown:
        return example
    name = rng.choice(shown)
    places = [(first, last) for label, first, last in example.marks if label.split(".")[0] == name]
    gone = [s for s in _sentences(example.text) if any(s[0] < last and first < s[1] for first, last in places)]
    if sum(end - begin for begin, end in gone) * 2 > len(example.text):
        return example
    for begin, end in reversed(gone):
        example = _cut(example, begin, end)
    return example


def with_foreign(example: Example, donors: Donors, rng: random.Random) -> Example:
    """Put in a sentence of another draft that does what this one lacks, or that has a flaw."""
    lacking = [name for name in MOVABLE if example.states[name] == STATES.index("absent")]
    name = rng.choice(lacking) if lacking and rng.random() < 0.5 else rng.choice(list(SUBTYPES))
    if not donors.get(name):
        return example
    donor, begin, end = rng.choice(donors[name])
    own = _sentences(example.text)
    starts = {first for _, first, last in example.marks} or {own[len(own) // 2][0]}
    after = [e for b, e in own if any(b <= first < e for first in starts)]
    place = rng.choice(after) if after else len(example.text)
    if any(first < place < last for _, first, last in example.marks):
        return example
    words = " " + donor.text[begin:end]
    moved = tuple(
        (label, max(first, begin) - begin + place + 1, min(last, end) - begin + place + 1)
        for label, first, last in donor.marks
        if first < end and last > begin
    )
    states = dict(example.states)
    for label in {label for label, _, _ in moved}:
        component, _, state = label.partition(".")
        if component in COMPONENTS and states[component] < STATES.index(state):
            states[component] = STATES.index(state) if component == name else UNKNOWN
    marks = tuple(
        (label, first + len(words) * (first >= place), last + len(words) * (first >= place))
        for label, first, last in example.marks
    )
    return replace(
        example, text=example.text[:place] + words + example.text[place:], marks=(*marks, *moved), states=states
    )


def read_donors(corpus: Iterable[Example]) -> dict[str, list[tuple[Example, int, int]]]:
    """Sentences to put into other drafts: by component the only evidence of it in its draft, and by family the flaws."""
    donors: dict[str, list[tuple[Example, int, int]]] = {}
    for example in corpus:
        sentences = _sentences(example.text)
        names = [
            label.split(".")[0]
            for label, _, _ in example.marks
            if not label.startswith(tuple(f"{f}." for f in SUBTYPES))
        ]
        for label, first, last in example.marks:
            name = label.split(".")[0]
            around = [s for s in sentences if s[0] <= first and last <= s[1]]
            if label in SUBTYPES or (name in MOVABLE and names.count(name) == 1):
                donors.setdefault(name, []).extend((example, *s) for s in around if 20 < s[1] - s[0] < 250)
    return donors


def vary(example: Example, others: list[Example], rng: random.Random) -> Example:
    """Change a draft in a way whose effect on the labels is known; `others` are mails that are no apologies."""
    example = _curl(example, rng) if rng.random() < 0.3 else example
    chance = rng.random()
    if chance < 0.2:
        return _drop_paragraph(example, rng)
    if chance < 0.45:
        return _among_other_matters(example, rng.choice(others), rng)
    return example


def _curl(example: Example, rng: random.Random) -> Example:
    """Swap straight and typographic apostrophes."""
    straight, curly = ("'", "\u2019") if rng.random() < 0.7 else ("\u2019", "'")
    return replace(example, text=example.text.replace(straight, curly))


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for part in text.split("\n\n"):
        yield begin, begin + len(part)
        begin += len(part) + 2


def _drop_paragraph(example: Example, rng: random.Random) -> Example:
    """Leave one paragraph out. A component that had evidence in it becomes unknown; so does the gate for its words."""
    parts = list(_paragraphs(example.text))
    if len(parts) < 2:
        return example
    begin, end = rng.choice(parts)
    end = min(end + 2, len(example.text))
    lost = {label.split(".")[0] for label, first, last in example.marks if first < end and last > begin}
    states = dict(example.states)
    for name in lost & COMPONENTS.keys():
        states[name] = UNKNOWN
    if lost & {"regret", "responsibility"}:
        states["is_apology"] = UNKNOWN
    states["gravity"] = UNKNOWN
    size = end - begin
    marks = tuple(
        (label, first - size * (first >= end), last - size * (first >= end))
        for label, first, last in example.marks
        if last <= begin or first >= end
    )
    return replace(example, text=example.text[:begin] + example.text[end:], marks=marks, states=states)


def _among_other_matters(example: Example, other: Example, rng: random.Random) -> Example:
    """Put a draft among the paragraphs of a mail about something else, which may bring a contact of its own."""
    paragraphs = [other.text[begin:end] for begin, end in _paragraphs(other.text)]
    cut = rng.choice((0, len(paragraphs), rng.randint(0, len(paragraphs))))
    before = "".join(f"{paragraph}\n\n" for paragraph in paragraphs[:cut])
    after = "".join(f"\n\n{paragraph}" for paragraph in paragraphs[cut:])
    states = dict(example.states)
    if other.states["relation"] != states["relation"]:
        states["relation"] = UNKNOWN
    if states["contact"] != STATES.index("present"):
        states["contact"] = UNKNOWN
    marks = tuple((label, begin + len(before), end + len(before)) for label, begin, end in example.marks)
    return replace(example, text=before + example.text + after, marks=marks, states=states, on_the_matter=False)


def batches(lengths: Iterable[int], budget: int, rng: random.Random) -> list[list[int]]:
    """Group examples of like length, at most `budget` pieces a group, in random order."""
    order = sorted(enumerate(lengths), key=lambda item: item[1] * rng.uniform(0.9, 1.1))
    groups: list[list[int]] = [[]]
    longest = 0
    for index, length in order:
        longest = max(longest, length)
        if groups[-1] and longest * (len(groups[-1]) + 1) > budget:
            groups.append([])
            longest = length
        groups[-1].append(index)
    rng.shuffle(groups)
    return groups

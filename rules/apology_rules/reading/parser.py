"""From text to reading: layout, one parse, one pass of the trained reader, one search for phrases."""

from itertools import pairwise

from spacy.language import Language
from spacy.tokens import Doc

from apology_rules.draft import Context
from apology_rules.reader import Reader
from apology_rules.reading import layout, lexicon
from apology_rules.reading.phrases import PhraseFinder
from apology_rules.reading.reading import Reading


class DraftParser:
    """Parses and reads drafts with one loaded pipeline and, where there is one, the trained reader."""

    def __init__(self, nlp: Language, reader: Reader | None = None) -> None:
        self._nlp = nlp
        self._reader = reader
        self._phrases = PhraseFinder(lexicon.CONCEPTS, nlp.make_doc)

    def read(self, text: str, context: Context) -> Reading:
        """The reading of `text`."""
        lines = layout.lines(text)
        own = layout.analysis_text(text, lines)
        doc = self._nlp(_with_line_breaks(self._nlp.make_doc(own), lines))
        return Reading(doc=doc, lines=lines, phrases=self._phrases.find(doc), context=context, reader=self._reader)


def _with_line_breaks(doc: Doc, lines: tuple[layout.Line, ...]) -> Doc:
    """Tells the parser where a sentence must end.

    With its paragraph, and with its line where the role changes; and after `_LONGEST_SENTENCE` tokens, so that the cost
    of a text without full stops grows with its length and no faster.
    """
    starts = set()
    for before, line in pairwise(lines):
        if line.paragraph != before.paragraph or line.role is not before.role or line.role is not layout.Role.BODY:
            starts.add(line.begin)
    pending, since = False, 0
    for token in doc:
        since = 0 if token.text in _STOPS else since + 1
        pending = pending or token.idx in starts or since > _LONGEST_SENTENCE
        if pending and not token.is_space:
            token.is_sent_start = True
            pending, since = False, 0
    return doc


_STOPS = frozenset({".", "!", "?"})
_LONGEST_SENTENCE = 150

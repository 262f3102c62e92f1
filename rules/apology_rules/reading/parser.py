"""From text to reading: layout, one parse of each paragraph, one search for phrases; the trained reader when asked."""

from spacy.language import Language

from apology_rules.draft import Context
from apology_rules.reader import Reader
from apology_rules.reading import compounds, layout, lexicon, paragraphs
from apology_rules.reading.paragraphs import ParagraphCache
from apology_rules.reading.phrases import PhraseFinder
from apology_rules.reading.reading import Reading


class DraftParser:
    """Parses and reads drafts with one loaded pipeline and, where there is one, the trained reader."""

    def __init__(self, nlp: Language, reader: Reader | None, cache: ParagraphCache) -> None:
        self._nlp = nlp
        self._reader = reader
        self._cache = cache
        self._phrases = PhraseFinder(lexicon.CONCEPTS, lambda phrase: compounds.joined(nlp.make_doc(phrase)))

    def read(self, text: str, context: Context, cache: ParagraphCache | None = None) -> Reading:
        """The reading of `text`; parsed paragraphs are looked up and kept in `cache`, the parser's own without it."""
        lines = layout.lines(text)
        plain = layout.analysis_text(text, lines)
        kept = self._cache if cache is None else cache
        doc = paragraphs.parse(self._nlp, plain, lines, kept)
        phrases = self._phrases.find(doc)
        return Reading(doc=doc, text=plain, lines=lines, phrases=phrases, context=context, reader=self._reader)

"""One draft in, one critique out: parse once, read, judge."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from importlib.metadata import version as package_version

from apology_rules import pipeline, score
from apology_rules.catalogue import QUESTIONS, RULES
from apology_rules.draft import Context, Draft
from apology_rules.errors import InvalidParameterError, UnknownRuleError
from apology_rules.hits import Hit, hits
from apology_rules.language import LANGUAGES, detect
from apology_rules.names import names
from apology_rules.options import Options, Sensitivity
from apology_rules.precedence import settle
from apology_rules.promises import promises
from apology_rules.readability import readability
from apology_rules.reader import Reader
from apology_rules.reading import DraftParser, Mark, Reading
from apology_rules.reading.acts import Strength
from apology_rules.reading.paragraphs import ParagraphCache
from apology_rules.review import (
    Category,
    Component,
    ComponentState,
    Finding,
    FindingSource,
    NotReviewedReason,
    Promise,
    Question,
    Review,
    Span,
    Verdict,
    Versions,
)
from apology_rules.rewrite import Judged, Rewriter
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.spans import DraftSpans
from apology_rules.weighing import weighed

DEFAULT_MAX_CHARACTERS = 20_000

_PROVING = 4
"""Lengths of the longest draft whose paragraphs are kept while the mends of one draft are proved."""

_PROVING_SECONDS = 600.0
_PLACEHOLDER_RULE = "placeholder-left"
_BY_ID = {rule.id: rule for rule in (*RULES, *QUESTIONS)}
_STATES = {
    Strength.FULL: ComponentState.PRESENT,
    Strength.WEAK: ComponentState.WEAK,
    Strength.NONE: ComponentState.ABSENT,
}


def check_options(options: Options) -> None:
    """Raises UnknownRuleError or InvalidParameterError when `options` do not fit the catalogue."""
    for rule_id in {*options.disabled_rules, *options.rule_parameters}:
        if rule_id not in _BY_ID:
            raise UnknownRuleError(f"there is no rule {rule_id!r}")
    for rule_id, values in options.rule_parameters.items():
        known = {parameter.name: parameter for parameter in _BY_ID[rule_id].parameters}
        for name, value in values.items():
            if name not in known:
                raise InvalidParameterError(f"rule {rule_id!r} has no parameter {name!r}")
            if not known[name].minimum <= value <= known[name].maximum:
                raise InvalidParameterError(
                    f"parameter {name!r} of rule {rule_id!r} is {value}, allowed are "
                    f"{known[name].minimum} to {known[name].maximum}"
                )


class Reviewer:
    """Reviews drafts with one loaded pipeline. Loading takes a second or two; a reviewer is not thread-safe.

    `pipeline_name` is an installed spaCy package; `max_characters` counts code points of body and subject together.
    Without `trained_reader` the rules judge alone, from grammar. Up to `cache_characters` of parsed paragraphs are kept in
    memory, each until nobody has asked for it for `cache_seconds`: they change nothing but the time that a second review
    of nearly the same draft takes. Raises PipelineNotFoundError when the pipeline is not installed.
    """

    def __init__(
        self,
        pipeline_name: str = pipeline.DEFAULT_PIPELINE,
        *,
        max_characters: int = DEFAULT_MAX_CHARACTERS,
        trained_reader: bool = True,
        cache_characters: int = 0,
        cache_seconds: float = 600.0,
    ) -> None:
        nlp = pipeline.load(pipeline_name)
        reader = Reader.load() if trained_reader else None
        self._cache = ParagraphCache(characters=cache_characters, seconds=cache_seconds)
        self._parser = DraftParser(nlp, reader, self._cache)
        self._max_characters, self._cache_characters = max_characters, cache_characters
        self.versions = Versions(
            package=package_version("apology-review"),
            rules=_rules_digest(),
            pipeline=pipeline.version(nlp),
            reader=reader.version if reader else "",
        )

    def review(self, draft: Draft, *, context: Context | None = None, options: Options | None = None) -> Review:
        """The critique of `draft`. Raises UnknownRuleError or InvalidParameterError for options that fit no rule."""
        options = options or Options()
        check_options(options)
        sha = hashlib.sha256(draft.text.encode(errors="surrogatepass")).hexdigest()
        length = len(draft.text) + len(draft.subject)
        if length > self._max_characters:
            return self._not_reviewed(
                sha,
                NotReviewedReason.TOO_LONG,
                f"the draft has {length} characters, the limit is {self._max_characters}",
            )
        if not re.search(r"\w", draft.text):
            return self._not_reviewed(sha, NotReviewedReason.EMPTY, "the draft has no words")
        return self._judge(draft, context or Context(), options, sha)

    def forget_old(self) -> None:
        """Drops the paragraphs whose time is up. Reviews do so too; this is for when there are none."""
        self._cache.forget_old()

    def _judge(self, draft: Draft, context: Context, options: Options, sha: str) -> Review:
        spans = DraftSpans(draft)
        kept = self._while_proving() if options.include_rewrite or options.opinion is not None else self._cache
        reading = self._parser.read(spans.whole, context, kept)
        own_words = reading.own_text()
        if not re.search(r"\w", own_words):
            return self._not_reviewed(sha, NotReviewedReason.EMPTY, "the draft has no words of the sender's own")
        language = detect(own_words)
        if language not in LANGUAGES:
            return self._not_reviewed(
                sha,
                NotReviewedReason.LANGUAGE_NOT_SUPPORTED,
                f"the draft seems to be in {language!r}; English is reviewed",
                language,
            )
        quiet = options.sensitivity is Sensitivity.QUIET
        if not (reading.is_surely_apology if quiet else reading.is_apology):
            return Review(verdict=Verdict.NOT_AN_APOLOGY, versions=self.versions, text_sha256=sha, language=language)
        review = self._judged(reading, spans, options, sha, language)
        if options.opinion is not None:
            review = _with_mends_of(options.opinion.first, review)
            if options.opinion.wordings:
                rewriter = self._rewriter(draft, reading, context, options, kept)
                review = rewriter.reworded(review, options.opinion.wordings)
        elif options.include_rewrite:
            review = self._rewriter(draft, reading, context, options, kept).rewritten(review)
        if options.include_names:
            review = replace(review, names=self._names(reading, context))
        return review

    def _names(self, reading: Reading, context: Context) -> tuple[str, ...]:
        """The names in the draft and in the writer's facts, each once."""
        facts = (getattr(context.facts, field.name) for field in fields(context.facts))
        told = [reading, *(self._parser.read(fact, Context()) for fact in facts if fact.strip())]
        return tuple(dict.fromkeys(name for one in told for name in names(one)))

    def _judged(self, reading: Reading, spans: DraftSpans, options: Options, sha: str, language: str) -> Review:
        """What the rules say of an apology that has been read."""
        settled = settle(hits(reading, options), reading.text)
        if options.opinion is not None:
            settled = weighed(settled, options.opinion, reading, spans, options)
        standing = [hit for hit in settled if not _allowed(spans.span(hit.mark), options.allowed_phrases)]
        flaws = [score.Flaw(hit.rule, _severity(hit), hit.mark.weak) for hit in standing]
        points = score.score(flaws)
        return Review(
            verdict=score.verdict(flaws, points),
            versions=self.versions,
            text_sha256=sha,
            language=language,
            score=points,
            findings=tuple(_finding(hit, spans) for hit in standing if _severity(hit) >= options.minimum_severity),
            components=tuple(_components(reading, spans)),
            promises=tuple(_promises(reading, spans, standing)),
            questions=tuple(_questions(reading, options, spans)),
            readability=readability(reading.own_text()),
            relation=reading.relation,
            channel=reading.channel,
            gravity=reading.gravity,
        )

    def _while_proving(self) -> ParagraphCache:
        """Keeps the paragraphs of one draft while its mends are proved: a second review parses what an edit changed."""
        if self._cache_characters:
            return self._cache
        return ParagraphCache(characters=_PROVING * self._max_characters, seconds=_PROVING_SECONDS)

    def _rewriter(
        self, draft: Draft, reading: Reading, context: Context, options: Options, kept: ParagraphCache
    ) -> Rewriter:
        """Proves by reviews that see every flaw, save the placeholders that a suggestion asks the writer to fill."""
        proving = replace(
            options,
            minimum_severity=Severity.INFORMATION,
            disabled_rules=options.disabled_rules | {_PLACEHOLDER_RULE},
            include_rewrite=False,
            opinion=None,
        )

        # What the words that are tried or the example of a placeholder speak of makes the case neither graver nor slighter.
        case = replace(context, relation=reading.relation, channel=reading.channel, gravity=reading.gravity)

        def judge(subject: str, body: str) -> Judged:
            spans = DraftSpans(replace(draft, subject=subject, text=body))
            again = self._parser.read(spans.whole, case, kept)
            return Judged(again, self._judged(again, spans, proving, "", ""), spans)

        spans = DraftSpans(draft)
        return Rewriter(
            first=Judged(reading, self._judged(reading, spans, proving, "", ""), spans),
            context=context,
            judge=judge,
            read=lambda fact: self._parser.read(fact, Context()),
        )

    def _not_reviewed(self, sha: str, reason: NotReviewedReason, detail: str, language: str = "") -> Review:
        return Review(
            verdict=Verdict.NOT_REVIEWED,
            versions=self.versions,
            text_sha256=sha,
            language=language,
            not_reviewed_reason=reason,
            not_reviewed_detail=detail,
        )


def _severity(hit: Hit) -> Severity:
    """One step less for what is there in a vague form, and for what a language model alone sees."""
    less = hit.mark.weak or hit.sources == (FindingSource.MODEL,)
    return Severity(max(Severity.MINOR, hit.rule.severity - 1)) if less else hit.rule.severity


def _with_mends_of(first: Review, review: Review) -> Review:
    """`review` of the same draft with the suggestions and the rewrite that the first one brought."""
    mends = {(f.rule_id, f.span): f.suggestions for f in first.findings}
    findings = tuple(replace(f, suggestions=mends.get((f.rule_id, f.span), ())) for f in review.findings)
    return replace(review, findings=findings, rewrite=first.rewrite)


def _allowed(span: Span | None, phrases: Iterable[str]) -> bool:
    if span is None:
        return False
    words = " ".join(span.text.split()).casefold()
    return any(words in " ".join(phrase.split()).casefold() for phrase in phrases)


def _promises(reading: Reading, spans: DraftSpans, standing: Iterable[Hit]) -> Iterator[Promise]:
    """The ledger, without what is said to sell: nobody is to keep "our sale starts on Friday"."""
    sold = [hit.mark for hit in standing if hit.rule.category is Category.PREMATURE_SELLING]

    def kept(mark: Mark) -> Span | None:
        return None if any(mark.overlaps(sale) for sale in sold) else spans.span(mark)

    return promises(reading, kept)


def _finding(hit: Hit, spans: DraftSpans) -> Finding:
    rule = hit.rule
    assert rule.category is not None, "questions are no findings"
    return Finding(
        rule_id=rule.id,
        category=rule.category,
        severity=_severity(hit),
        confidence=round(hit.confidence, 2),
        span=spans.span(hit.mark),
        message=rule.weak_message if hit.mark.weak else rule.message,
        why=rule.why,
        reference=rule.reference,
        sources=hit.sources,
    )


def _components(reading: Reading, spans: DraftSpans) -> Iterator[Component]:
    for kind, component in reading.components.items():
        state = _STATES[component.strength]
        if state is ComponentState.ABSENT and component.needed is Strength.NONE:
            state = ComponentState.NOT_EXPECTED
        yield Component(kind=kind, state=state, evidence=tuple(s for s in map(spans.span, component.evidence) if s))


def _questions(reading: Reading, options: Options, spans: DraftSpans) -> Iterator[Question]:
    for rule in QUESTIONS:
        if rule.id not in options.disabled_rules:
            for mark in rule.find(reading, **options.rule_parameters.get(rule.id, {})):
                yield Question(rule_id=rule.id, text=rule.message, why=rule.why, span=spans.span(mark))


def _rules_digest() -> str:
    """A digest of all that the catalogue says; the code behind it is told by the package version."""
    return hashlib.sha256("\n".join(_told(_BY_ID.values())).encode()).hexdigest()[:12]


def _told(rules: Iterable[Rule]) -> Sequence[str]:
    return [f"{r.id}|{r.severity}|{r.points}|{r.weak_points}|{r.message}|{r.bad}|{r.good}" for r in rules]

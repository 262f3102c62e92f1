"""A page to send around: every draft with its marks and what to do. It loads nothing and runs nothing."""

from collections.abc import Iterator
from html import escape
from itertools import pairwise

from apology.v1 import review_pb2
from apology_client import answers
from apology_client.command import output
from apology_client.command.inputs import Source
from apology_client.command.phrasing import promised, state, suggested, verdict
from apology_client.command.wording import told
from apology_client.enums import DraftPart
from apology_client.errors import ApologyReviewError
from apology_client.review import Finding, Review

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
section { margin-block: 3rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; border-inline-start: 3px solid #8888; padding-inline: 1rem; }
mark { color: inherit; background: #e8b40055; border-block-end: 2px solid #b58900; }
mark.major, mark.critical { background: #e0402044; border-color: #c03018; }
sup a { text-decoration: none; }
small { opacity: .75; display: block; }
li { margin-block: .5rem; }
.verdict { font-weight: 600; }
"""


class HtmlReport:
    """One page over all drafts."""

    def __init__(self) -> None:
        self._sections: list[str] = []

    def review(self, source: Source, message: review_pb2.Review, decided: str) -> None:
        number, review = len(self._sections) + 1, answers.review(message)
        text, subject = source.analysed(message)
        parts = [f"<h2>{escape(source.name)}</h2>", f'<p class="verdict">{escape(verdict(review, decided))}</p>']
        if review.findings or review.components:
            parts += [
                *_draft(text, subject, review, number),
                *_findings(review, text, subject, number),
                *_components(review),
            ]
            parts += _more(review)
        self._sections.append("\n".join(parts))

    def error(self, source: Source, error: ApologyReviewError) -> None:
        self._sections.append(
            f'<h2>{escape(source.name)}</h2>\n<p class="verdict">Not reviewed: {escape(told(error))}</p>'
        )
        output.complain(f"{source.name}: {told(error)}")

    def close(self) -> None:
        sections = "\n".join(f"<section>\n{section}\n</section>" for section in self._sections)
        page = (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            f"<title>Apology Review</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>Apology Review</h1>\n"
            f"{sections}\n</body>\n</html>\n"
        )
        output.document(page.encode(errors="replace"))


def _draft(text: str, subject: str, review: Review, number: int) -> Iterator[str]:
    found = list(enumerate(review.findings, start=1))
    if subject:
        inside = [(n, f) for n, f in found if f.span and f.span.part == DraftPart.SUBJECT]
        yield f"<p><strong>Subject:</strong> {_marked(subject, inside, number)}</p>"
    body = [(n, f) for n, f in found if f.span and f.span.part == DraftPart.BODY]
    yield f"<pre>{_marked(text, body, number)}</pre>"


def _marked(text: str, found: list[tuple[int, Finding]], number: int) -> str:
    """The text cut at every edge of a mark; marks may overlap."""
    edges = sorted({0, len(text), *(edge for _, f in found if f.span for edge in (f.span.begin, f.span.end))})
    parts = []
    for begin, end in pairwise(edges):
        over = [f for _, f in found if f.span and f.span.begin < end and begin < f.span.end]
        piece = escape(text[begin:end])
        parts.append(f'<mark class="{max(f.severity for f in over).words}">{piece}</mark>' if over else piece)
        parts += [f'<sup><a href="#f{number}-{n}">{n}</a></sup>' for n, f in found if f.span and f.span.end == end]
    return "".join(parts)


def _findings(review: Review, text: str, subject: str, number: int) -> Iterator[str]:
    if review.findings:
        yield "<ol>"
        for count, finding in enumerate(review.findings, start=1):
            quote = f" <q>{escape(finding.span.text)}</q>" if finding.span else ""
            about = "; ".join(filter(None, (finding.severity.words, finding.rule_id, finding.reference)))
            suggestions = "".join(f"<p>{escape(suggested(s, text, subject))}</p>" for s in finding.suggestions)
            yield (
                f'<li id="f{number}-{count}">{escape(finding.message)}{quote}<small>{escape(finding.why)}</small>'
                f"{suggestions}<small>{escape(about)}</small></li>"
            )
        yield "</ol>"


def _components(review: Review) -> Iterator[str]:
    if review.components:
        yield "<h3>What a good apology has</h3>\n<ul>"
        for component in review.components.values():
            sign, words = state(component)
            yield f"<li>{sign} {component.kind.words}{': ' + escape(words) if words else ''}</li>"
        yield "</ul>"


def _more(review: Review) -> Iterator[str]:
    lists = {
        "What you promise": [promised(promise) for promise in review.promises],
        "What only you can answer": [question.text for question in review.questions],
    }
    for title, items in lists.items():
        if items:
            yield f"<h3>{title}</h3>\n<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"
    if review.rewrite:
        yield f"<h3>A rewrite</h3>\n<pre>{escape(review.rewrite.text)}</pre>"

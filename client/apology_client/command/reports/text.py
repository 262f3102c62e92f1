"""A review as a writer likes to read it, on a terminal."""

from apology.v1 import review_pb2
from apology_client import answers
from apology_client.command import output
from apology_client.command.inputs import Source
from apology_client.command.layout import clean
from apology_client.command.page import Page
from apology_client.command.paint import paint
from apology_client.command.phrasing import verdict
from apology_client.command.wording import told
from apology_client.errors import ApologyReviewError


class TextReport:
    """For people."""

    def __init__(self, several: bool, *, quiet: bool, color: str) -> None:
        self._several, self._quiet = several, quiet
        self._paint, self._columns = paint(color), output.columns()

    def review(self, source: Source, message: review_pb2.Review, decided: str) -> None:
        review = answers.review(message)
        if self._quiet:
            output.line(f"{clean(source.name)}: {verdict(review, decided)}")
            return
        if self._several:
            output.line(self._paint.bold(clean(source.name)) + "\n")
        for line in Page(review, *source.analysed(message), decided, paint=self._paint, columns=self._columns).lines():
            output.line(line)
        if self._several:
            output.line("")

    def error(self, source: Source, error: ApologyReviewError) -> None:
        output.complain(f"{source.name}: {told(error)}")

    def close(self) -> None:
        """Nothing is left to say."""

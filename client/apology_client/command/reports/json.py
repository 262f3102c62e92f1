"""Reviews as proto3 JSON: one alone is an object, several are a line each, and so is what has no answer."""

from apology.v1 import review_pb2
from apology_client.command import output
from apology_client.command.inputs import Source
from apology_client.command.wording import told
from apology_client.errors import ApologyReviewError


class JsonReport:
    """For programs."""

    def __init__(self, several: bool) -> None:
        self._several = several

    def review(self, source: Source, message: review_pb2.Review, _decided: str) -> None:
        from apology_client.proto_json import to_dict

        review = to_dict(message)
        output.json(*(({"file": source.name, "review": review},) if self._several else (review, 2)))

    def error(self, source: Source, error: ApologyReviewError) -> None:
        output.json({"file": source.name, "error": output.error(error)})
        output.complain(f"{source.name}: {told(error)}")

    def close(self) -> None:
        """Nothing is left to say."""

"""The conversion of offsets, on any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apology.v1 import review_pb2 as pb
from apology_service.offsets import offsets

TEXTS = st.text(alphabet=st.characters(codec="utf-8"))


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [
        (pb.OFFSET_ENCODING_UTF8, "utf-8"),
        (pb.OFFSET_ENCODING_UTF16, "utf-16-le"),
        (pb.OFFSET_ENCODING_UTF32, "utf-32-le"),
    ],
)
@given(text=TEXTS)
def test_an_offset_is_the_length_of_what_stands_before_it(
    encoding: pb.OffsetEncoding.ValueType, codec: str, text: str
) -> None:
    at, width = offsets(text, encoding), len("a".encode(codec))
    assert [at(i) for i in range(len(text) + 1)] == [len(text[:i].encode(codec)) // width for i in range(len(text) + 1)]
